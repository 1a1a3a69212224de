#include "support/sqlite_rows.hpp"

#include <sqlite3.h>

#include <memory>
#include <stdexcept>

namespace ringtail::test {

std::vector<std::vector<std::string>> sqlite_rows(const std::string& file,
                                                  const std::string& select) {
    sqlite3* handle = nullptr;
    const int opened = sqlite3_open_v2(file.c_str(), &handle, SQLITE_OPEN_READONLY, nullptr);
    const std::unique_ptr<sqlite3, int (*)(sqlite3*)> database(handle, sqlite3_close);
    sqlite3_busy_timeout(handle, 5'000);
    sqlite3_stmt* prepared = nullptr;
    if (opened != SQLITE_OK ||
        sqlite3_prepare_v2(handle, select.c_str(), -1, &prepared, nullptr) != SQLITE_OK)
        throw std::runtime_error(select + ": " + sqlite3_errmsg(handle));
    const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement(prepared,
                                                                          sqlite3_finalize);
    std::vector<std::vector<std::string>> rows;
    while (sqlite3_step(prepared) == SQLITE_ROW) {
        auto& row = rows.emplace_back();
        for (int i = 0; i < sqlite3_column_count(prepared); ++i) {
            const void* text = sqlite3_column_text(prepared, i);  // numbers too
            const auto bytes = static_cast<std::size_t>(sqlite3_column_bytes(prepared, i));
            row.push_back(text == nullptr ? ""
                                          : std::string(static_cast<const char*>(text), bytes));
        }
    }
    return rows;
}

}  // namespace ringtail::test
