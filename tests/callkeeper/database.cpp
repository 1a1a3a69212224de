#include "callkeeper/database.hpp"

#include <sqlite3.h>

#include <stdexcept>

#include "destination/sqlite/sqlite.hpp"
#include "support/process.hpp"

namespace ringtail::test {

namespace {

class SqliteFile final : public CallDatabase {
  public:
    std::unique_ptr<Destination> connect(Clock& /*clock*/, Logger& log) override {
        return make_sqlite(file_, {}, log);
    }

    std::vector<Texts> rows(const std::string& select) override {
        sqlite3* handle = nullptr;
        const int opened = sqlite3_open_v2(file_.c_str(), &handle, SQLITE_OPEN_READONLY, nullptr);
        const std::unique_ptr<sqlite3, int (*)(sqlite3*)> database(handle, sqlite3_close);
        sqlite3_stmt* prepared = nullptr;
        if (opened != SQLITE_OK ||
            sqlite3_prepare_v2(handle, select.c_str(), -1, &prepared, nullptr) != SQLITE_OK)
            throw std::runtime_error(select + ": " + sqlite3_errmsg(handle));
        const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement(prepared,
                                                                              sqlite3_finalize);
        std::vector<Texts> rows;
        while (sqlite3_step(prepared) == SQLITE_ROW) {
            Texts& row = rows.emplace_back();
            for (int i = 0; i < sqlite3_column_count(prepared); ++i) {
                const void* text = sqlite3_column_text(prepared, i);  // numbers too
                const auto bytes = static_cast<std::size_t>(sqlite3_column_bytes(prepared, i));
                row.push_back(text == nullptr ? ""
                                              : std::string(static_cast<const char*>(text), bytes));
            }
        }
        return rows;
    }

    // A text there: to the last character.
    std::string time(const std::string& stored) const override { return stored; }

    std::int64_t foreign_keys() override {
        return std::stoll(rows("SELECT count(*) FROM sqlite_master m, pragma_foreign_key_list("
                               "m.name) WHERE m.type = 'table' AND m.name LIKE '%\\_facts' ESCAPE "
                               "'\\'")
                              .at(0)
                              .at(0));
    }

  private:
    TemporaryFolder folder_;
    const std::string file_ = folder_.path() + "/calls.db";
};

}  // namespace

std::unique_ptr<CallDatabase> make_sqlite_database() { return std::make_unique<SqliteFile>(); }

}  // namespace ringtail::test
