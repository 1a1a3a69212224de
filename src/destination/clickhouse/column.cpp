#include "destination/clickhouse/column.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/time_text.hpp"
#include "sql/number.hpp"

namespace ringtail::clickhouse {
namespace {

using sql::Fitted;
using sql::Kind;
using Form = StoredColumn::Form;
using Outcome = sql::Fitted::Outcome;

// The inside of "Word(…)", or nothing.
std::optional<std::string_view> inside(std::string_view type, std::string_view word) {
    if (!type.starts_with(word) || type.size() < word.size() + 2) return std::nullopt;
    if (type[word.size()] != '(' || type.back() != ')') return std::nullopt;
    return type.substr(word.size() + 1, type.size() - word.size() - 2);
}

int number_at(std::string_view text) {
    int number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

// A String holds the source's values in the source's own type: no text in a number's column.
void set_text_type(StoredColumn& column, Type source) {
    column.fits.holds_nul = true;
    switch (source) {
        case Type::decimal:
        case Type::int64:
            column.fits.kind = Kind::decimal;
            break;
        case Type::timestamp:
            column.fits.kind = Kind::timestamp;
            column.form = Form::time_text;
            break;
        case Type::json:
            column.fits.kind = Kind::json;
            break;
        case Type::boolean:
            column.fits.kind = Kind::boolean;
            break;
        case Type::text:
            column.fits.kind = Kind::text;
            break;
    }
}

bool set_time_type(StoredColumn& column, std::string_view type) {
    column.fits.kind = Kind::timestamp;
    if (type == "DateTime" || inside(type, "DateTime")) {
        column.form = Form::unix_seconds;
        column.fits.precision = 0;
        column.first_year = 1970;
        column.last_year = 2105;
        return true;
    }
    const auto arguments = inside(type, "DateTime64");
    // In another zone, or the server's, texts would mean other instants.
    if (!arguments || arguments->find("'UTC'") == std::string_view::npos) return false;
    column.form = Form::time_text;
    column.fits.precision = number_at(*arguments);
    column.first_year = 1900;
    column.last_year = 2261;  // the last whole year with nine digits of the second; six reach 2299
    if (*column.fits.precision <= 6) column.last_year = 2299;
    return true;
}

bool set_type(StoredColumn& column, std::string_view type, Type source) {
    if (type == "String") {
        set_text_type(column, source);
        return true;
    }
    const auto integer = [&](std::uint8_t bytes) {
        column.fits.kind = Kind::integer;
        column.fits.bytes = bytes;
        return true;
    };
    if (type == "Int64") return integer(8);
    if (type == "Int32") return integer(4);
    if (type == "Int16") return integer(2);
    if (type == "Bool" || (type == "UInt8" && source == Type::boolean)) {
        column.fits.kind = Kind::boolean;
        return true;
    }
    if (type == "Float64" || type == "Float32") {
        column.fits.kind = Kind::float64;
        column.fits.bytes = type == "Float64" ? 8 : 4;
        return true;
    }
    if (const auto arguments = inside(type, "Decimal")) {
        const auto comma = arguments->find(", ");
        if (comma == std::string_view::npos) return false;
        column.fits.kind = Kind::decimal;
        column.fits.precision = number_at(*arguments);
        column.fits.scale = number_at(arguments->substr(comma + 2));
        return true;
    }
    return set_time_type(column, type);
}

// Without zeros that say nothing: 12.50 and 12.5 are one value.
Fitted shortest(const Fitted& fitted, std::string& scratch) {
    const auto number = sql::parse_number(fitted.text);
    if (!number) return fitted;
    std::string written;
    number->write(written);
    scratch = std::move(written);
    return {Outcome::value, scratch};
}

// "2024-03-05T10:03:27.481Z" -> "2024-03-05 10:03:27.481000".
Fitted as_time_text(const Fitted& fitted, const StoredColumn& column, std::string& scratch) {
    std::string text(fitted.text);
    const int year = number_at(text);
    if (year < column.first_year || year > column.last_year) {
        return {Outcome::too_narrow, {}, "a time outside of the column's years"};
    }
    text[10] = ' ';
    text.pop_back();
    text.resize(26, '0');
    scratch = std::move(text);
    return {Outcome::value, scratch};
}

}  // namespace

std::optional<StoredColumn> stored_column(std::string name, std::string type, Type source) {
    StoredColumn column;
    column.name = std::move(name);
    column.type = std::move(type);
    std::string_view bare = column.type;
    if (const auto low = inside(bare, "LowCardinality")) bare = *low;
    if (const auto value = inside(bare, "Nullable")) {
        bare = *value;
        column.nullable = true;
    }
    if (!set_type(column, bare, source)) return std::nullopt;
    return column;
}

Fitted fit_value(const Cell& cell, const StoredColumn& column, std::string& scratch) {
    const Fitted fitted = sql::fit(cell, column.fits, scratch);
    if (fitted.outcome == Outcome::null && !column.nullable) {
        // An empty text is no value for the old client either (facts/dialfire.md B.10).
        if (column.fits.kind == Kind::text) return fitted;
        return {Outcome::too_narrow, {}, "the column holds no NULL"};
    }
    if (fitted.outcome != Outcome::value) return fitted;
    switch (column.fits.kind) {
        case Kind::decimal:
        case Kind::float64:
            return shortest(fitted, scratch);
        case Kind::timestamp:
            return as_time_text(fitted, column, scratch);
        default:
            return fitted;
    }
}

std::string_view field_of(std::string_view value, const StoredColumn& column,
                          std::string& scratch) {
    if (column.form != Form::unix_seconds) return value;
    const auto instant = parse_time(value);
    if (!instant) return value;
    const auto seconds = std::chrono::floor<std::chrono::seconds>(*instant);
    scratch = fmt::format("{:05}", seconds.time_since_epoch().count());
    return scratch;
}

std::vector<std::string> wider_types(const StoredColumn& column, Type source,
                                     const sql::clickhouse::Features& features) {
    std::vector<std::string> types;
    const auto add = [&](std::string type) {
        const bool known = std::find(types.begin(), types.end(), type) != types.end();
        if (!known && type != column.type) types.push_back(std::move(type));
    };
    using sql::clickhouse::nullable;
    if (!column.nullable) add(nullable(column.type));
    switch (column.fits.kind) {
        case Kind::integer:
            add(nullable("Int64"));
            add(nullable("Decimal(38, 10)"));
            add(nullable("String"));
            break;
        case Kind::decimal:
            add(nullable("Decimal(38, 10)"));
            add(nullable("String"));
            break;
        case Kind::float64:
            add(nullable("String"));
            break;
        case Kind::timestamp:
            // What the server would write of a DateTime is in its own time zone.
            if (column.form == Form::unix_seconds) break;
            add(nullable(sql::clickhouse::type_name(source, features)));
            add(nullable("String"));
            break;
        default:
            break;
    }
    return types;
}

}  // namespace ringtail::clickhouse
