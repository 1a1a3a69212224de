#include "sqlite/probe.hpp"

#include "sqlite/error.hpp"

#include <sqlite3.h>

namespace ringtail::sqlite {

void Probe::Close::operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }

Probe::Probe(const std::string& path) : path_(path) {
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &handle,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    handle_.reset(handle);
    if (code != SQLITE_OK) throw_error(handle, code, path_, "opening");
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, 5'000);
}

Probe::~Probe() = default;

std::vector<Probe::Column> Probe::columns(const std::string& table) {
    std::string literal;
    for (const char c : table) literal += c == '\'' ? "''" : std::string(1, c);
    std::vector<Column> columns;
    each("SELECT name, type FROM pragma_table_info('" + literal + "')", [&](const auto& row) {
        columns.push_back({row[0], row[1]});
    });
    return columns;
}

void Probe::each(const std::string& sql,
                 const std::function<void(const std::vector<std::string>&)>& row) {
    sqlite3_stmt* raw = nullptr;
    const int code = sqlite3_prepare_v2(handle_.get(), sql.c_str(), -1, &raw, nullptr);
    const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> query(raw, sqlite3_finalize);
    if (code != SQLITE_OK) throw_error(handle_.get(), code, path_, "reading the tables");
    std::vector<std::string> values(static_cast<std::size_t>(sqlite3_column_count(query.get())));
    int step = 0;
    while ((step = sqlite3_step(query.get())) == SQLITE_ROW) {
        for (std::size_t i = 0; i < values.size(); ++i) {
            const int place = static_cast<int>(i);
            const auto* text =
                reinterpret_cast<const char*>(sqlite3_column_text(query.get(), place));
            const auto bytes = sqlite3_column_bytes(query.get(), place);
            values[i] = text == nullptr ? std::string()
                                        : std::string(text, static_cast<std::size_t>(bytes));
        }
        row(values);
    }
    if (step != SQLITE_DONE) throw_error(handle_.get(), step, path_, "reading the tables");
}

void Probe::try_changes() {
    run("BEGIN IMMEDIATE");
    try {
        run("CREATE TABLE ringtail_check (id TEXT PRIMARY KEY)");
        run("ALTER TABLE ringtail_check ADD COLUMN other TEXT");
        run("INSERT INTO ringtail_check VALUES ('1', '2')");
    } catch (...) {
        sqlite3_exec(handle_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
        throw;
    }
    run("ROLLBACK");
}

std::string Probe::version() { return sqlite3_libversion(); }

void Probe::run(const char* sql) {
    const int code = sqlite3_exec(handle_.get(), sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) throw_error(handle_.get(), code, path_, sql);
}

}  // namespace ringtail::sqlite
