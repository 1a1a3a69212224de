#include "callkeeper/database.hpp"

#include "destination/sqlite/sqlite.hpp"
#include "sqlite/connection.hpp"
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

    void run(const std::string& statement) override { sqlite::Connection(file_).run(statement); }

  protected:
    Texts columns(const std::string& table) override {
        Texts names;
        for (const Texts& row : rows("SELECT name FROM pragma_table_info('" + table + "')"))
            names.push_back(row.at(0));
        return names;
    }

  private:
    TemporaryFolder folder_;
    const std::string file_ = folder_.path() + "/calls.db";
};

}  // namespace

void CallDatabase::damage(const std::string& table, const std::string& change,
                          const std::string& where) {
    run(change.empty() ? "DELETE FROM " + table + " WHERE " + where
                       : "UPDATE " + table + " SET " + change + " WHERE " + where);
}

void CallDatabase::copy(const std::string& table, const std::string& where,
                        const std::map<std::string, std::string>& changes) {
    std::string names, values;
    for (const std::string& column : columns(table)) {
        const auto change = changes.find(column);
        names += (names.empty() ? "" : ", ") + quoted(column);
        values += (values.empty() ? "" : ", ") +
                  (change == changes.end() ? quoted(column) : change->second);
    }
    run("INSERT INTO " + table + " (" + names + ") SELECT " + values + " FROM " + table +
        " WHERE " + where);
}

std::unique_ptr<CallDatabase> make_sqlite_database() { return std::make_unique<SqliteFile>(); }

}  // namespace ringtail::test
