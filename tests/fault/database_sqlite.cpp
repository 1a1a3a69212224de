#include <filesystem>

#include "fault/database.hpp"
#include "sqlite/connection.hpp"

namespace ringtail::fault {
namespace {

class SqliteDatabase final : public Database {
  public:
    explicit SqliteDatabase(std::string file) : file_(std::move(file)) {}

    std::string url() const override { return "sqlite:///" + file_; }
    sql::NameRules names() const override { return {.folds_case = true}; }
    void run(const std::string& sql) override { sqlite::Connection(file_).run(sql); }
    // Types limit nothing here.
    void narrow(const std::string& table, const std::string& column, int chars) override {
        run("UPDATE " + table + " SET \"" + column + "\" = substr(\"" + column + "\", 1, " +
            std::to_string(chars) + ")");
    }
    void drop(const std::string& table) override {
        run("PRAGMA foreign_keys = OFF; DROP TABLE " + table);
    }

    contract::Dump dump(const std::string& table) override {
        contract::Dump dump;
        sqlite::Connection connection(file_);
        auto columns = connection.prepare("SELECT name FROM pragma_table_info(?) ORDER BY cid");
        columns.bind(1, table);
        while (columns.step()) dump.columns.emplace_back(columns.text(0));
        if (dump.columns.empty()) return dump;
        auto rows = connection.prepare("SELECT * FROM " + sql::quote_identifier(table));
        while (rows.step()) {
            auto& row = dump.rows.emplace_back();
            for (std::size_t i = 0; i < dump.columns.size(); ++i)
                row.push_back(rows.text_or_null(static_cast<int>(i)));
        }
        return dump;
    }

  private:
    std::string file_;
};

}  // namespace

std::unique_ptr<Database> make_sqlite_database(const std::string& file) {
    return std::make_unique<SqliteDatabase>(file);
}

}  // namespace ringtail::fault
