#include "source/dialfire/compared_value.hpp"

#include <chrono>

#include "base/time_text.hpp"
#include "sql/number.hpp"
#include "sql/source_text.hpp"
#include "sql/value.hpp"

namespace ringtail::dialfire {
namespace {

// The widest column that such values go into.
sql::ColumnType widest(Type type) {
    sql::ColumnType column;
    column.holds_nul = true;
    switch (type) {
        case Type::boolean:
            column.kind = sql::Kind::boolean;
            break;
        case Type::int64:  // widened by the first value that needs it
        case Type::decimal:
            column.kind = sql::Kind::decimal;
            break;
        case Type::timestamp:
            column.kind = sql::Kind::timestamptz;
            break;
        case Type::json:
            column.kind = sql::Kind::json;
            break;
        case Type::text:
            break;
    }
    return column;
}

// Whether all databases can hold it: the narrowest types that Ringtail makes, or widens to.
bool fits_everywhere(Type type, std::string_view text) {
    constexpr std::int64_t kDigits = 38, kDecimals = 10;
    switch (type) {
        case Type::text:
            return text.find('\0') == std::string_view::npos;
        case Type::json:
            return text.find("\\u") == std::string_view::npos;
        case Type::int64: {
            constexpr std::int64_t kSurely = 18;  // digits of 64 bits
            const auto number = sql::parse_number(text);
            return number && number->decimals() <= 0 && number->highest() <= kSurely;
        }
        case Type::decimal: {
            const auto number = sql::parse_number(text);
            return number && number->decimals() <= kDecimals &&
                   number->highest() <= kDigits - kDecimals;
        }
        case Type::timestamp: {
            const auto time = parse_time(text);
            using namespace std::chrono;
            return time && *time >= sys_days(1900y / January / 1) &&
                   *time < sys_days(2200y / January / 1);
        }
        case Type::boolean:
            break;
    }
    return true;
}

}  // namespace

ComparedValue compared_value(Type type, const Cell& cell) {
    if (cell.kind == Cell::Kind::null) return {};
    std::string fitting, showing;
    const sql::Fitted fitted = sql::fit(cell, widest(type), fitting);
    if (fitted.outcome == sql::Fitted::Outcome::null) return {};
    ComparedValue compared;
    if (fitted.outcome != sql::Fitted::Outcome::value) {
        compared.may_differ = true;
        compared.instead.emplace(cell.text);
        return compared;
    }
    compared.value.emplace(sql::source_text(type, fitted.text, showing));
    compared.may_differ = !fits_everywhere(type, *compared.value);
    return compared;
}

}  // namespace ringtail::dialfire
