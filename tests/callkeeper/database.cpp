#include "callkeeper/database.hpp"

#include "destination/sqlite/sqlite.hpp"
#include "support/process.hpp"
#include "support/sqlite_rows.hpp"

namespace ringtail::test {

namespace {

class SqliteFile final : public CallDatabase {
  public:
    std::unique_ptr<Destination> connect(Clock& /*clock*/, Logger& log) override {
        return make_sqlite(file_, {}, log);
    }

    std::vector<Texts> rows(const std::string& select) override {
        return sqlite_rows(file_, select);
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
