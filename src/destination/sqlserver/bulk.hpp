#pragma once
#include <string>
#include <vector>

#include "destination/relational/bulk.hpp"
#include "destination/sqlserver/session.hpp"

namespace ringtail::sqlserver {

// Rows into the stage: many of them in one JSON text, which OPENJSON takes apart at the server;
// where that is not to be had, as literals.
class Bulk final : public relational::Bulk {
  public:
    explicit Bulk(Session& session) : session_(session) {}
    std::uint64_t to_stage(const relational::SomeRows& rows) override;

  private:
    std::uint64_t fill(const relational::SomeRows& rows);
    std::uint64_t reject_twins(const relational::SomeRows& rows);
    void check(std::uint64_t arrived, std::uint64_t sent);

    Session& session_;
};

}  // namespace ringtail::sqlserver
