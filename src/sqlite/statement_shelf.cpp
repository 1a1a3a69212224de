#include "sqlite/statement_shelf.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <array>

namespace ringtail::sqlite {
namespace {

// Some 5 KB each; the store of the service has fewer.
constexpr std::size_t kMost = 100;

// A PRAGMA may do its work when it is compiled; these only give a number of the file. Its page size
// never changes in WAL mode.
constexpr std::array<std::string_view, 4> kReading{
    "PRAGMA page_count", "PRAGMA page_size", "PRAGMA freelist_count", "PRAGMA schema_version"};

bool may_be_kept(std::string_view sql) {
    return !sql.starts_with("PRAGMA") || std::ranges::find(kReading, sql) != kReading.end();
}

}  // namespace

sqlite3_stmt* StatementShelf::take(std::string_view sql) {
    const auto found = idle_.find(sql);
    if (found == idle_.end()) return nullptr;
    sqlite3_stmt* const statement = found->second;
    idle_.erase(found);
    return statement;
}

void StatementShelf::put(sqlite3_stmt* statement) {
    if (statement == nullptr) return;
    const char* const sql = sqlite3_sql(statement);
    if (sql == nullptr || !may_be_kept(sql)) {
        sqlite3_finalize(statement);
        return;
    }
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    if (idle_.size() >= kMost) clear();
    idle_.emplace(sql, statement);
}

void StatementShelf::clear() {
    for (const auto& [sql, statement] : idle_) sqlite3_finalize(statement);
    idle_.clear();
}

}  // namespace ringtail::sqlite
