#pragma once
#include <string>
#include <utility>
#include <vector>

#include "callkeeper/differences.hpp"
#include "support/sqlite_rows.hpp"

namespace ringtail::service {

// A SQLite file's rows.
class FileRows final : public test::CallTables {
  public:
    explicit FileRows(std::string file) : file_(std::move(file)) {}
    std::vector<test::Texts> rows(const std::string& select) override {
        return test::sqlite_rows(file_, select);
    }

  private:
    std::string file_;
};

}  // namespace ringtail::service
