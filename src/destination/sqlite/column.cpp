#include "destination/sqlite/column.hpp"

#include <charconv>
#include <optional>
#include <utility>

#include "sql/number.hpp"

namespace ringtail {
namespace {

using sql::Fitted;
using sql::Kind;

// So many decimal digits pass through a binary number unchanged, within this range.
constexpr std::int64_t kRealDigits = 15;
constexpr std::int64_t kRealRange = 300;

std::string upper(std::string_view text) {
    std::string result(text);
    for (char& c : result) {
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return result;
}

// SQLite's own rules, in their order.
Affinity affinity_of(const std::string& declared, bool strict) {
    const auto has = [&](const char* part) { return declared.find(part) != std::string::npos; };
    if (has("INT")) return Affinity::integer;
    if (has("CHAR") || has("CLOB") || has("TEXT")) return Affinity::text;
    if (has("BLOB") || declared.empty() || (strict && declared == "ANY")) return Affinity::none;
    if (has("REAL") || has("FLOA") || has("DOUB")) return Affinity::real;
    return Affinity::numeric;
}

Kind kind_of(Type type) {
    switch (type) {
        case Type::boolean:
            return Kind::boolean;
        case Type::int64:
            return Kind::integer;
        case Type::decimal:
            return Kind::decimal;
        case Type::text:
            return Kind::text;
        case Type::timestamp:
            return Kind::timestamptz;
        case Type::json:
            return Kind::json;
    }
    return Kind::text;
}

Kind kind_of(const std::string& declared, Affinity affinity, Type wanted) {
    const auto has = [&](const char* part) { return declared.find(part) != std::string::npos; };
    switch (affinity) {
        case Affinity::none:
            return kind_of(wanted);
        case Affinity::integer:
            return Kind::integer;
        case Affinity::real:
            return Kind::float64;
        case Affinity::text:
            if (declared == declared_type(Type::timestamp)) return Kind::timestamptz;
            if (declared == declared_type(Type::json)) return Kind::json;
            return Kind::text;
        case Affinity::numeric:
            if (has("BOOL")) return Kind::boolean;
            if (has("DATE") || has("TIME")) return Kind::timestamptz;
            if (has("JSON")) return Kind::json;
            return Kind::decimal;
    }
    return Kind::text;
}

bool is_number(Kind kind) {
    return kind == Kind::integer || kind == Kind::decimal || kind == Kind::float64 ||
           kind == Kind::boolean;
}

std::optional<std::int64_t> whole(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

// The number as REAL where that gives back every digit.
std::optional<double> exact_real(const sql::Number& number, std::string_view text) {
    const std::int64_t highest = number.highest();
    if (highest + number.decimals() > kRealDigits || highest > kRealRange ||
        highest < -kRealRange) {
        return std::nullopt;
    }
    double value = 0;
    if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc())
        return std::nullopt;
    return value;
}

// `fitted` points into the cell or into scratch, which the next cell overwrites.
void bind_text(sqlite::Statement& statement, int parameter, std::string_view fitted,
               const Cell& cell) {
    const bool of_cell = fitted.data() >= cell.text.data() &&
                         fitted.data() + fitted.size() <= cell.text.data() + cell.text.size();
    if (of_cell)
        statement.bind_static(parameter, fitted);
    else
        statement.bind(parameter, fitted);
}

// False where the column would round it.
bool bind_number(sqlite::Statement& statement, int parameter, std::string_view fitted,
                 const Cell& cell, const StoredColumn& column) {
    if (const auto value = whole(fitted)) {
        statement.bind(parameter, *value);
        return true;
    }
    const auto number = sql::parse_number(fitted);
    if (!number) {  // a time or JSON: no column takes it for a number
        bind_text(statement, parameter, fitted, cell);
        return true;
    }
    std::string digits;
    number->write(digits);
    if (const auto value = whole(digits)) {
        statement.bind(parameter, *value);
    } else if (const auto real = exact_real(*number, digits)) {
        statement.bind(parameter, *real);
    } else if (column.affinity == Affinity::none) {
        statement.bind(parameter, digits);
    } else {
        return false;
    }
    return true;
}

// Whether a text that is a number must be bound as one.
bool takes_numbers(const StoredColumn& column) {
    if (column.affinity == Affinity::text) return false;
    return column.affinity != Affinity::none || is_number(column.type.kind);
}

// Most cells, without the way through fit(): nulls, texts in text columns, whole numbers in columns
// of numbers. It does what fit() would have led to; false: nothing was done.
bool bind_usual(sqlite::Statement& statement, int parameter, const Cell& cell,
                const StoredColumn& column) {
    const Kind kind = column.type.kind;
    if (cell.kind == Cell::Kind::null) {
        statement.bind_null(parameter);
        return true;
    }
    if (cell.kind == Cell::Kind::text && kind == Kind::text && !cell.text.empty()) {
        statement.bind_static(parameter, cell.text);
        return true;
    }
    if (cell.kind == Cell::Kind::number && (kind == Kind::integer || kind == Kind::decimal)) {
        const auto value = whole(cell.text);
        if (value) statement.bind(parameter, *value);
        return value.has_value();
    }
    return false;
}

// The way through fit(), for all others.
std::string_view bind_fitted(sqlite::Statement& statement, int parameter, const Cell& cell,
                             const StoredColumn& column, std::string& scratch) {
    Fitted fitted = sql::fit(cell, column.type, scratch);
    if (fitted.outcome == Fitted::Outcome::too_narrow) {
        // SQLite's INTEGER columns take fractions as they are.
        const sql::ColumnType decimal{.kind = Kind::decimal, .max_chars = {}, .precision = {}};
        const std::string_view reason = fitted.reason;
        if (!column.whole_only) fitted = sql::fit(cell, decimal, scratch);
        if (fitted.outcome != Fitted::Outcome::value) return reason;
    }
    if (fitted.outcome == Fitted::Outcome::reject) return fitted.reason;
    if (fitted.outcome == Fitted::Outcome::null) {
        statement.bind_null(parameter);
    } else if (!takes_numbers(column)) {
        bind_text(statement, parameter, fitted.text, cell);
    } else if (!bind_number(statement, parameter, fitted.text, cell, column)) {
        return "the column would round it";
    }
    return {};
}

}  // namespace

std::string_view declared_type(Type type) {
    switch (type) {
        case Type::boolean:
            return "BOOLEAN";
        case Type::int64:
            return "INTEGER";
        case Type::decimal:
            return "";
        case Type::text:
            return "TEXT";
        case Type::timestamp:
            return "TIMESTAMP TEXT";
        case Type::json:
            return "JSON TEXT";
    }
    return "";
}

StoredColumn stored_column(std::string name, std::string_view declared, Type wanted, bool strict) {
    const std::string type = upper(declared);
    StoredColumn column{.name = std::move(name), .affinity = affinity_of(type, strict), .type = {}};
    column.type.kind = kind_of(type, column.affinity, wanted);
    column.type.holds_nul = true;
    column.whole_only = strict && column.affinity == Affinity::integer;
    return column;
}

std::string_view bind_cell(sqlite::Statement& statement, int parameter, const Cell& cell,
                           const StoredColumn& column, std::string& scratch) {
    if (bind_usual(statement, parameter, cell, column)) return {};
    const std::string_view reason = bind_fitted(statement, parameter, cell, column, scratch);
    if (!reason.empty()) statement.bind_null(parameter);
    return reason;
}

}  // namespace ringtail
