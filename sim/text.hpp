#pragma once
#include <cstdint>
#include <string>
#include <string_view>

// Fast appenders. Milliseconds are since 1970-01-01T00:00:00Z.
namespace ringtail::sim {

inline constexpr std::int64_t kSecond = 1000, kMinute = 60 * kSecond, kHour = 60 * kMinute,
                              kDay = 24 * kHour;

void append_digits(std::string& out, std::uint64_t number,
                   unsigned width);  // zero-padded, `width` at most 20
void append_number(std::string& out, std::int64_t number);
void append_hex(std::string& out, std::uint64_t bits);  // 16 digits
void append_uuid(std::string& out, std::uint64_t a, std::uint64_t b);
void append_time(std::string& out, std::int64_t ms);  // 2024-03-05T10:03:27.481Z
void append_day(std::string& out, std::int64_t ms, char separator = '-');  // 2024-03-05
void append_symbols(std::string& out, std::uint64_t high,
                    std::uint64_t low);  // 16 of Dialfire's 32 symbols: 40 bits of each

// The text as a JSON string with its quotes. Bytes that are no UTF-8 are left as they are.
void append_json(std::string& out, std::string_view text);
std::string json(std::string_view text);

// The 2 × 40 bits of append_symbols; false when it is no such text.
bool read_symbols(std::string_view text, std::uint64_t& high, std::uint64_t& low);

}  // namespace ringtail::sim
