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

std::vector<std::string> Probe::columns(const std::string& table) {
    sqlite3_stmt* raw = nullptr;
    const int code = sqlite3_prepare_v2(handle_.get(), "SELECT name FROM pragma_table_info(?1)", -1,
                                        &raw, nullptr);
    const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> query(raw, sqlite3_finalize);
    if (code != SQLITE_OK) throw_error(handle_.get(), code, path_, "reading the tables");
    sqlite3_bind_text(query.get(), 1, table.data(), static_cast<int>(table.size()), SQLITE_STATIC);
    std::vector<std::string> names;
    int step = 0;
    while ((step = sqlite3_step(query.get())) == SQLITE_ROW) {
        const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(query.get(), 0));
        if (text != nullptr) names.emplace_back(text);
    }
    if (step != SQLITE_DONE) throw_error(handle_.get(), step, path_, "reading the tables");
    return names;
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
