#pragma once
#include <sqlite3.h>
#include <stdlib.h>

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

#include "base/log.hpp"
#include "contract/subject.hpp"
#include "destination/sqlite/sqlite.hpp"

namespace ringtail::contract {

// A folder of its own, removed at the end.
class TemporaryFolder {
  public:
    TemporaryFolder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "ringtail-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr)
            throw std::runtime_error("mkdtemp failed for " + pattern);
        path_ = pattern;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::string& path() const { return path_; }

  private:
    std::string path_;
};

// SQLite as a user's program would use it, without any code of src/.
class PlainSqlite {
  public:
    explicit PlainSqlite(const std::string& path) {
        if (sqlite3_open(path.c_str(), &handle_) != SQLITE_OK)
            throw std::runtime_error("cannot open " + path);
        sqlite3_busy_timeout(handle_, 5'000);
    }
    ~PlainSqlite() { sqlite3_close(handle_); }
    PlainSqlite(const PlainSqlite&) = delete;
    PlainSqlite& operator=(const PlainSqlite&) = delete;

    void run(const std::string& sql) {
        if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
            throw std::runtime_error(sql + ": " + sqlite3_errmsg(handle_));
        }
    }

    // Rows as texts. Throws when the query fails.
    Dump query(const std::string& sql) {
        sqlite3_stmt* statement = nullptr;
        if (sqlite3_prepare_v2(handle_, sql.c_str(), -1, &statement, nullptr) != SQLITE_OK) {
            throw std::runtime_error(sql + ": " + sqlite3_errmsg(handle_));
        }
        Dump dump;
        const int width = sqlite3_column_count(statement);
        for (int i = 0; i < width; ++i)
            dump.columns.emplace_back(sqlite3_column_name(statement, i));
        while (sqlite3_step(statement) == SQLITE_ROW) {
            auto& row = dump.rows.emplace_back();
            for (int i = 0; i < width; ++i) {
                const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, i));
                const auto length = static_cast<std::size_t>(sqlite3_column_bytes(statement, i));
                row.push_back(text == nullptr ? std::nullopt
                                              : std::optional(std::string(text, length)));
            }
        }
        sqlite3_finalize(statement);
        return dump;
    }

    // The first value of the first row.
    std::string one(const std::string& sql) { return query(sql).rows.at(0).at(0).value_or("NULL"); }

  private:
    sqlite3* handle_ = nullptr;
};

inline std::string quoted(const std::string& name) {
    std::string text = "\"";
    for (const char c : name) text += c == '"' ? "\"\"" : std::string(1, c);
    return text + "\"";
}

class SqliteSubject final : public Subject {
  public:
    std::unique_ptr<Destination> open(const DestinationOptions& options) override {
        return make_sqlite(path(), options, log_);
    }
    Dump dump(const std::string& table) override {
        PlainSqlite db(path());
        if (db.one("SELECT count(*) FROM sqlite_schema WHERE name = '" + escaped(table) + "'") ==
            "0")
            return {};
        Dump dump = db.query("SELECT * FROM " + quoted(table));
        for (const auto& row :
             db.query("SELECT type FROM pragma_table_info('" + escaped(table) + "')").rows) {
            dump.types.push_back(row.at(0).value_or(""));
        }
        return dump;
    }
    void add_text_column(const std::string& table, const std::string& column) override {
        PlainSqlite(path()).run("ALTER TABLE " + quoted(table) + " ADD COLUMN " + quoted(column) +
                                " TEXT");
    }
    void expire_lease(const std::string& stream) override {
        PlainSqlite(path()).run(
            "UPDATE ringtail_checkpoints SET lease_until = '2000-01-01T00:00:00.000000Z' WHERE "
            "stream = '" +
            escaped(stream) + "'");
    }
    std::string path() const { return folder_.path() + "/ringtail.db"; }
    const std::string& folder() const { return folder_.path(); }

  private:
    static std::string escaped(const std::string& value) {
        std::string text;
        for (const char c : value) text += c == '\'' ? "''" : std::string(1, c);
        return text;
    }

    TemporaryFolder folder_;
};

}  // namespace ringtail::contract
