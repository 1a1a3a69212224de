#include "sql/sqlserver_types.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace ringtail::sql::sqlserver {
namespace {

constexpr std::string_view kMaxText = "nvarchar(max)";
constexpr std::string_view kPlainDecimal = "decimal(38,10)";
constexpr ColumnType kWidestDecimal{.kind = Kind::decimal, .precision = 38, .scale = 10};

std::string lower(std::string text) {
    for (char& c : text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return text;
}

void append(std::string& list, std::string_view between, std::string_view item) {
    if (!list.empty()) list += between;
    list += item;
}

ColumnType text_type(std::optional<std::uint32_t> length) {
    return {.kind = Kind::text, .max_chars = length, .counts_utf16 = true};
}

std::optional<std::uint32_t> limited(std::optional<std::int64_t> length) {
    if (!length || *length <= 0) return std::nullopt;
    return static_cast<std::uint32_t>(*length);
}

// "nvarchar" and its length.
Described text_column(const CatalogColumn& column, const std::string& name) {
    const bool lob = name == "text" || name == "ntext";
    const auto length = lob ? std::nullopt : limited(column.length);
    std::string text = name;
    if (!lob) text += "(" + (length ? std::to_string(*length) : "max") + ")";
    ColumnType type = text_type(length);
    // Of a code page; which letters it has is not asked.
    if (name == "varchar" || name == "char" || name == "text") type.last_char = 0x7F;
    return {text, type, true};
}

Described time_column(const CatalogColumn& column, const std::string& name) {
    const int digits = static_cast<int>(std::min<std::int64_t>(column.time_digits.value_or(7), 6));
    if (name == "datetime2" || name == "datetimeoffset") {
        const auto kind = name == "datetime2" ? Kind::timestamp : Kind::timestamptz;
        return {fmt::format("{}({})", name, column.time_digits.value_or(7)),
                {.kind = kind, .precision = digits, .plain_times = kind == Kind::timestamp}};
    }
    if (name == "date") return {name, {.kind = Kind::date}};
    // datetime counts in steps of 1/300 s: whole hundredths are exact.
    const int exact_digits = name == "datetime" ? 2 : -1;
    const bool small = name == "smalldatetime";
    return {name,
            {.kind = Kind::timestamp,
             .precision = exact_digits,
             .first_year = small ? 1900 : 1753,
             .last_year = small ? 2078 : 9999}};
}

Described number_column(const CatalogColumn& column, const std::string& name) {
    const auto integer = [&](std::uint8_t bytes) {
        return Described{name, {.kind = Kind::integer, .bytes = bytes}};
    };
    if (name == "bigint") return integer(8);
    if (name == "int") return integer(4);
    if (name == "smallint") return integer(2);
    if (name == "tinyint") return {name, {.kind = Kind::integer, .bytes = 1, .is_unsigned = true}};
    // Their ranges are no round number of digits: what is sure to fit.
    if (name == "money") return {name, {.kind = Kind::decimal, .precision = 18, .scale = 4}};
    if (name == "smallmoney") return {name, {.kind = Kind::decimal, .precision = 9, .scale = 4}};
    if (name == "real") return {name, {.kind = Kind::float64, .bytes = 4}};
    if (name == "float") {
        const bool small = column.precision.value_or(53) <= 24;
        return {small ? "real" : name,
                {.kind = Kind::float64, .bytes = static_cast<std::uint8_t>(small ? 4 : 8)}};
    }
    const auto precision = static_cast<int>(column.precision.value_or(18));
    const auto scale = static_cast<int>(column.scale.value_or(0));
    return {fmt::format("{}({},{})", name, precision, scale),
            {.kind = Kind::decimal, .precision = precision, .scale = scale}};
}

}  // namespace

std::string type_name(Type type, bool indexed) {
    switch (type) {
        case Type::boolean:
            return "bit";
        case Type::int64:
            return "bigint";
        case Type::decimal:
            return std::string(kPlainDecimal);
        case Type::timestamp:
            return "datetime2(3)";
        case Type::text:
        case Type::json:
            break;
    }
    return indexed ? fmt::format("nvarchar({})", kKeyChars) : std::string(kMaxText);
}

std::string attributes(Type type, bool indexed) {
    return indexed && type == Type::text ? "COLLATE " + std::string(kBinary) : "";
}

ColumnType column_type(Type type, bool indexed) {
    switch (type) {
        case Type::boolean:
            return {.kind = Kind::boolean};
        case Type::int64:
            return {.kind = Kind::integer, .bytes = 8};
        case Type::decimal:
            return kWidestDecimal;
        case Type::timestamp:
            return {.kind = Kind::timestamp, .precision = 3, .plain_times = true};
        case Type::json:
            return {.kind = Kind::json, .holds_nul = true};
        case Type::text:
            break;
    }
    return text_type(indexed ? std::optional(kKeyChars) : std::nullopt);
}

Described describe(const CatalogColumn& column, bool babelfish) {
    const std::string name = lower(column.data_type);
    constexpr std::array<std::string_view, 6> kTexts{"nvarchar", "nchar", "varchar",
                                                     "char",     "text",  "ntext"};
    constexpr std::array<std::string_view, 11> kNumbers{
        "bigint", "int",  "smallint", "tinyint",    "decimal", "numeric",
        "money",  "real", "float",    "smallmoney", "integer"};
    constexpr std::array<std::string_view, 5> kTimes{"datetime2", "datetimeoffset", "datetime",
                                                     "smalldatetime", "date"};
    const auto among = [&](const auto& names) {
        return std::find(names.begin(), names.end(), name) != names.end();
    };
    Described described{name, {.kind = Kind::other}, true};
    if (among(kTexts)) {
        described = text_column(column, name);
    } else if (among(kNumbers)) {
        described = number_column(column, name);
    } else if (among(kTimes)) {
        described = time_column(column, name);
    } else if (name == "bit") {
        described = {name, {.kind = Kind::boolean}};
    }
    // ALTER COLUMN would change what it does not name. Babelfish's names of collations are its own.
    const std::string collation = lower(column.collation);
    if (collation.find("bin2") != std::string::npos) {
        described.attributes = "COLLATE " + std::string(kBinary);
    } else if (!collation.empty() && !babelfish && described.type.kind == Kind::text) {
        described.attributes = "COLLATE " + column.collation;
    }
    if (!column.nullable && !babelfish) append(described.attributes, " ", "NOT NULL");
    return described;
}

std::vector<Described> wider_types(const ColumnType& type, bool is_key, bool indexed) {
    const Described decimal{std::string(kPlainDecimal), kWidestDecimal};
    switch (type.kind) {
        case Kind::text: {
            if (is_key) return {};
            if (!type.max_chars && type.last_char == ColumnType{}.last_char) return {};
            std::vector<Described> choice;
            if (indexed && type.max_chars.value_or(kKeyChars) < kKeyChars)
                choice.push_back(
                    {fmt::format("nvarchar({})", kKeyChars), text_type(kKeyChars), true});
            choice.push_back({std::string(kMaxText), text_type(std::nullopt), true});
            for (Described& one : choice) one.type.no_end_blank = type.no_end_blank;
            return choice;
        }
        case Kind::integer:
            if (type.bytes == 8) return {decimal};
            return {{"bigint", {.kind = Kind::integer, .bytes = 8}}, decimal};
        case Kind::decimal:
            // Another split of the 38 digits would lose some.
            if (type.precision.value_or(38) - type.scale > 28 || type.scale > 10 ||
                (type.precision == 38 && type.scale == 10)) {
                return {};
            }
            return {decimal};
        case Kind::timestamp:
            if (type.precision == 6) return {};
            return {
                {"datetime2(6)", {.kind = Kind::timestamp, .precision = 6, .plain_times = true}}};
        case Kind::timestamptz:
            if (type.precision == 6) return {};
            return {{"datetimeoffset(6)", {.kind = Kind::timestamptz, .precision = 6}}};
        case Kind::boolean:
        case Kind::float64:
        case Kind::date:
        case Kind::json:
        case Kind::other:
            break;
    }
    return {};
}

std::string_view sent(std::string_view value, const ColumnType& type) {
    if (type.kind == Kind::timestamp && value.ends_with('Z')) value.remove_suffix(1);
    constexpr std::size_t kMostDigits = 38;
    if (type.kind != Kind::decimal || value.size() <= kMostDigits) return value;
    if (value.find('.') == std::string_view::npos) return value;
    while (value.ends_with('0')) value.remove_suffix(1);
    if (value.ends_with('.')) value.remove_suffix(1);
    return value;
}

std::size_t row_bytes(const ColumnType& type, bool is_key) {
    constexpr std::size_t kPointer = 24, kOffset = 2;
    switch (type.kind) {
        case Kind::text: {
            const std::size_t longest = type.max_chars ? *type.max_chars * 2 : 8'000;
            return kOffset + (is_key ? longest : std::min(longest, kPointer));
        }
        case Kind::boolean:
            return 1;
        case Kind::integer:
            return type.bytes;
        case Kind::decimal:
            return 17;
        case Kind::float64:
            return 8;
        case Kind::timestamp:
        case Kind::timestamptz:
        case Kind::date:
            return 10;
        case Kind::json:
        case Kind::other:
            break;
    }
    return kOffset + kPointer;
}

}  // namespace ringtail::sql::sqlserver
