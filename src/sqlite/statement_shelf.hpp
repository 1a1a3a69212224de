#pragma once
#include <cstddef>
#include <string_view>
#include <unordered_map>

struct sqlite3_stmt;

namespace ringtail::sqlite {

// Compiled statements of one connection that nobody uses just now: compiling one often takes longer
// than running it. Statements that the schema has outdated SQLite compiles again by itself.
class StatementShelf {
  public:
    StatementShelf() = default;
    ~StatementShelf() { clear(); }
    StatementShelf(const StatementShelf&) = delete;
    StatementShelf& operator=(const StatementShelf&) = delete;

    // One of this very text, ready to be bound and run; null: none is there.
    sqlite3_stmt* take(std::string_view sql);
    // Ends what it was doing; keeps it or finalizes it. Null is nothing.
    void put(sqlite3_stmt* statement);
    void clear();

  private:
    // By their texts, which live in them.
    std::unordered_multimap<std::string_view, sqlite3_stmt*> idle_;
};

}  // namespace ringtail::sqlite
