#include "destination/postgres/copy_binary.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>

#include "base/error.hpp"
#include "base/time_text.hpp"

namespace ringtail::postgres {
namespace {

using sql::Kind;

// As format_type() writes them, without lengths and precisions. Domains, arrays and other people's
// types have other names.
constexpr std::array<std::string_view, 11> kTypes{"text",
                                                  "character varying",
                                                  "bigint",
                                                  "integer",
                                                  "smallint",
                                                  "boolean",
                                                  "json",
                                                  "timestamp with time zone",
                                                  "timestamp without time zone",
                                                  "date",
                                                  "numeric"};

constexpr std::chrono::sys_days kEpoch{std::chrono::year(2000) / 1 / 1};

// In network byte order.
template <typename Number>
void put(Number number, std::string& out) {
    for (int shift = 8 * (static_cast<int>(sizeof number) - 1); shift >= 0; shift -= 8)
        out +=
            static_cast<char>(static_cast<std::uint64_t>(number) >> static_cast<unsigned>(shift));
}

// A field that is one number: its length, then itself.
template <typename Number>
void put_field(Number number, std::string& out) {
    put(static_cast<std::int32_t>(sizeof number), out);
    put(number, out);
}

[[noreturn]] void fail(std::string_view value) {
    throw Error(Fault::bug, "no value for COPY: " + std::string(value.substr(0, 100)));
}

void put_integer(std::string_view value, std::uint8_t bytes, std::string& out) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc() || end != value.data() + value.size()) fail(value);
    switch (bytes) {
        case 2:
            return put_field(static_cast<std::int16_t>(number), out);
        case 4:
            return put_field(static_cast<std::int32_t>(number), out);
        default:
            return put_field(number, out);
    }
}

void put_time(std::string_view value, bool is_date, std::string& out) {
    const auto instant = parse_time(value);
    if (!instant) fail(value);
    const auto since = *instant - kEpoch;
    if (!is_date) return put_field(std::int64_t{since.count()}, out);
    put_field(static_cast<std::int32_t>(std::chrono::floor<std::chrono::days>(since).count()), out);
}

// Groups of four decimal digits, the first of them times 10000^weight; how many digits are behind
// the point is kept beside them.
void put_decimal(std::string_view value, std::string& out) {
    constexpr std::size_t kGroup = 4;
    const bool negative = value.starts_with('-');
    std::string_view whole = value.substr(negative ? 1 : 0), fraction;
    if (const auto point = whole.find('.'); point != std::string_view::npos) {
        fraction = whole.substr(point + 1);
        whole = whole.substr(0, point);
    }
    whole.remove_prefix(std::min(whole.find_first_not_of('0'), whole.size()));
    std::string digits((kGroup - whole.size() % kGroup) % kGroup, '0');
    digits += whole;
    const std::size_t whole_groups = digits.size() / kGroup;
    digits += fraction;
    digits.append((kGroup - digits.size() % kGroup) % kGroup, '0');
    const std::size_t groups = digits.size() / kGroup;

    put(static_cast<std::int32_t>(2 * (4 + groups)), out);
    put(static_cast<std::uint16_t>(groups), out);
    put(static_cast<std::int16_t>(static_cast<std::int64_t>(whole_groups) - 1), out);
    put(static_cast<std::uint16_t>(negative ? 0x4000 : 0), out);
    put(static_cast<std::uint16_t>(fraction.size()), out);
    for (std::size_t at = 0; at < digits.size(); at += kGroup) {
        std::int16_t group = 0;
        const auto [end, error] = std::from_chars(&digits[at], digits.data() + at + kGroup, group);
        if (error != std::errc() || end != digits.data() + at + kGroup) fail(value);
        put(group, out);
    }
}

}  // namespace

bool has_binary_form(const relational::StoredColumn& column) {
    std::string type = column.type_text;
    if (const auto open = type.find('('); open != std::string::npos)
        type.erase(open, type.find(')', open) + 1 - open);
    return std::ranges::find(kTypes, type) != kTypes.end();
}

void append_field_count(std::size_t fields, std::string& out) {
    put(static_cast<std::int16_t>(fields), out);
}

void append_binary(std::string_view value, const sql::ColumnType& type, std::string& out) {
    switch (type.kind) {
        case Kind::boolean:
            return put_field(static_cast<std::uint8_t>(value == "1" ? 1 : 0), out);
        case Kind::integer:
            return put_integer(value, type.bytes, out);
        case Kind::decimal:
            return put_decimal(value, out);
        case Kind::timestamptz:
        case Kind::timestamp:
        case Kind::date:
            return put_time(value, type.kind == Kind::date, out);
        case Kind::text:
        case Kind::json:
            put(static_cast<std::int32_t>(value.size()), out);
            out.append(value);
            return;
        case Kind::float64:
        case Kind::other:
            break;
    }
    throw Error(Fault::bug, "a column without a binary form");
}

}  // namespace ringtail::postgres
