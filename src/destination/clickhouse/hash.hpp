#pragma once
#include <cstdint>
#include <string_view>

namespace ringtail::clickhouse {

// SipHash-2-4, 64 bits.
std::uint64_t sip_hash(std::string_view text, std::uint64_t key0 = 0, std::uint64_t key1 = 0);

// What tells an unchanged row: the sum over its values, each with its column's name, NULL counting
// nothing. So the order of columns does not matter, a new column leaves the hashes of rows that
// have nothing in it, and a value that moves can be taken out of the sum. Stored in _hash: it may
// never change.
class RowHash {
  public:
    // What a column's values are hashed with.
    static std::uint64_t column(std::string_view name) { return sip_hash(name); }

    void add(std::uint64_t column, std::string_view value) { sum_ += sip_hash(value, column, 1); }
    void remove(std::uint64_t column, std::string_view value) {
        sum_ -= sip_hash(value, column, 1);
    }
    std::uint64_t value() const { return sum_; }
    explicit RowHash(std::uint64_t from = 0) : sum_(from) {}

  private:
    std::uint64_t sum_;
};

}  // namespace ringtail::clickhouse
