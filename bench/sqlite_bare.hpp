#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/batch.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace ringtail::bench {

// A value as SQLite takes it, nothing left to convert.
struct BareValue {
    enum class Kind : std::uint8_t { null, text, whole, real };
    Kind kind = Kind::null;
    std::string_view text;  // into the batch it was made from
    std::int64_t whole = 0;
    double real = 0;
};

// Rows of one table, one after the other.
struct BareRows {
    const Table* table = nullptr;
    std::size_t width = 0;
    std::vector<BareValue> values;
};
using BareLoad = std::vector<BareRows>;  // one transaction

BareRows bare_rows(const Batch& batch);

// What a careful programmer writes for these tables alone: the same settings, the same prepared
// upserts, one transaction per load with a checkpoint in it; no checks, no counts, no rejects. The
// tables must be there.
class BareLoader {
  public:
    explicit BareLoader(const std::string& path);
    ~BareLoader();
    BareLoader(const BareLoader&) = delete;
    BareLoader& operator=(const BareLoader&) = delete;
    // On disk when it returns.
    void load(const BareLoad& load, std::string_view changed, const std::string& checkpoint);

  private:
    sqlite3* db_ = nullptr;
    sqlite3_stmt* checkpoint_ = nullptr;
    std::map<const Table*, sqlite3_stmt*> upserts_;
};

}  // namespace ringtail::bench
