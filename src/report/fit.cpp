#include "report/fit.hpp"

#include "sql/value.hpp"

namespace ringtail::report {

bool fit(Cell& cell, Type type, std::string& scratch, std::string_view& reason) {
    if (cell.kind == Cell::Kind::text && cell.text.empty()) cell = {};
    if (cell.kind == Cell::Kind::null || type == Type::json) return true;
    if (cell.kind == Cell::Kind::broken_text) {
        reason = "the text holds half a surrogate pair";
        return false;
    }
    if (type == Type::text) {  // as the destination writes it (docs/tables.md)
        if (cell.kind == Cell::Kind::boolean)
            cell = {Cell::Kind::text, cell.text == "true" ? "1" : "0"};
        return true;
    }
    sql::ColumnType column;
    switch (type) {
        case Type::boolean:
            column.kind = sql::Kind::boolean;
            break;
        case Type::int64:
            column.kind = sql::Kind::integer;
            break;
        case Type::decimal:
            column.kind = sql::Kind::decimal;
            break;
        default:
            column.kind = sql::Kind::timestamptz;
    }
    std::string own;
    const sql::Fitted fitted = sql::fit(cell, column, own);
    if (fitted.outcome == sql::Fitted::Outcome::null) {
        cell = {};
        return true;
    }
    if (fitted.outcome != sql::Fitted::Outcome::value) {
        reason = fitted.reason;
        return false;
    }
    std::string text(fitted.text);
    if (type == Type::boolean) {
        cell = {Cell::Kind::boolean, text == "1" ? "true" : "false"};
        return true;
    }
    scratch = std::move(text);
    cell = {type == Type::timestamp ? Cell::Kind::text : Cell::Kind::number, scratch};
    return true;
}

}  // namespace ringtail::report
