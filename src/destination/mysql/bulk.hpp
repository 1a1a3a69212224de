#pragma once
#include <functional>

#include "base/log.hpp"
#include "destination/mysql/connection.hpp"
#include "destination/relational/bulk.hpp"

namespace ringtail::mysql {

// Rows by LOAD DATA LOCAL, or by INSERT with many rows where the server forbids that.
class Bulk final : public relational::Bulk {
  public:
    Bulk(Connection& connection, Logger& log) : connection_(connection), log_(log) {}

    bool has_way_to_table() const override { return true; }
    std::uint64_t to_stage(const relational::SomeRows& rows) override;
    std::uint64_t to_table(const relational::SomeRows& rows,
                           const relational::Param& changed) override;

    std::optional<Upserted> upsert(const relational::SomeRows& rows,
                                   const relational::Param& changed) override;

  private:
    bool allows_infile();
    std::uint64_t write(const relational::SomeRows& rows, const std::string& table,
                        const relational::StoredColumn* changed, const relational::Param& value);
    std::uint64_t by_infile(const relational::SomeRows& rows, const std::string& sql);
    // `send` gets each statement without what is to stand behind its rows.
    using Send = std::function<void(std::string& statement)>;
    std::uint64_t by_insert(const relational::SomeRows& rows, const std::string& insert,
                            const std::string& tail, const Send& send);

    Connection& connection_;
    Logger& log_;
    bool told_ = false;  // that the server forbids LOAD DATA LOCAL
};

}  // namespace ringtail::mysql
