#include "sqlite/statement.hpp"

#include "sqlite/error.hpp"
#include "sqlite/statement_shelf.hpp"

#include <sqlite3.h>

#include <utility>

namespace ringtail::sqlite {

Statement::Statement(sqlite3* connection, StatementShelf& shelf, sqlite3_stmt* handle,
                     std::string doing)
    : connection_(connection), handle_(handle, Finalize{&shelf}), doing_(std::move(doing)) {}

void Statement::Finalize::operator()(sqlite3_stmt* handle) const { shelf->put(handle); }

void Statement::fail(int code) {
    const char* path = sqlite3_db_filename(connection_, "main");
    try {
        throw_error(connection_, code, path != nullptr ? path : "", doing_);
    } catch (...) {
        sqlite3_reset(handle_.get());
        throw;
    }
}

void Statement::clear() { sqlite3_clear_bindings(handle_.get()); }

void Statement::bind_null(int parameter) { check(sqlite3_bind_null(handle_.get(), parameter)); }

void Statement::bind(int parameter, std::int64_t value) {
    check(sqlite3_bind_int64(handle_.get(), parameter, value));
}

void Statement::bind(int parameter, double value) {
    check(sqlite3_bind_double(handle_.get(), parameter, value));
}

// A null pointer would bind NULL, not the empty text.
void Statement::bind(int parameter, std::string_view text) {
    check(sqlite3_bind_text64(handle_.get(), parameter, text.data() != nullptr ? text.data() : "",
                              text.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
}

void Statement::bind_static(int parameter, std::string_view text) {
    check(sqlite3_bind_text64(handle_.get(), parameter, text.data() != nullptr ? text.data() : "",
                              text.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void Statement::bind_blob(int parameter, std::string_view bytes) {
    check(sqlite3_bind_blob64(handle_.get(), parameter, bytes.data() != nullptr ? bytes.data() : "",
                              bytes.size(), SQLITE_TRANSIENT));
}

void Statement::bind_or_null(int parameter, std::string_view text) {
    if (text.empty())
        bind_null(parameter);
    else
        bind(parameter, text);
}

bool Statement::step() {
    const int code = sqlite3_step(handle_.get());
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) fail(code);
    sqlite3_reset(handle_.get());
    return false;
}

bool Statement::execute_unless_orphan() {
    const int code = sqlite3_step(handle_.get());
    if (code != SQLITE_DONE && code != SQLITE_CONSTRAINT_FOREIGNKEY) fail(code);
    sqlite3_reset(handle_.get());
    return code == SQLITE_DONE;
}

void Statement::reset() { sqlite3_reset(handle_.get()); }

bool Statement::is_null(int column) const {
    return sqlite3_column_type(handle_.get(), column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const {
    return sqlite3_column_int64(handle_.get(), column);
}

std::string_view Statement::text(int column) const {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(handle_.get(), column));
    if (text == nullptr) return {};
    return {text, static_cast<std::size_t>(sqlite3_column_bytes(handle_.get(), column))};
}

std::optional<std::string> Statement::text_or_null(int column) const {
    if (is_null(column)) return std::nullopt;
    return std::string(text(column));
}

}  // namespace ringtail::sqlite
