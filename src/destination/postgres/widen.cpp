#include "destination/postgres/widen.hpp"

#include <vector>

#include "destination/postgres/catalog.hpp"
#include "destination/postgres/views.hpp"
#include "sql/postgres_text.hpp"

namespace ringtail::postgres {
namespace {

using relational::Wider;
using sql::Kind;

// From the nearest to the widest.
std::vector<Wider> wider_types(const sql::ColumnType& type) {
    const Wider numeric{"numeric", {.kind = Kind::decimal}};
    switch (type.kind) {
        case Kind::text:
            return {{"text", {.kind = Kind::text}}};
        case Kind::integer:
            if (type.bytes == 8) return {numeric};
            return {{"bigint", {.kind = Kind::integer, .bytes = 8}}, numeric};
        case Kind::decimal:
            return {numeric};
        case Kind::timestamptz:
            return {{"timestamp with time zone", {.kind = Kind::timestamptz}}};
        case Kind::timestamp:
            return {{"timestamp without time zone", {.kind = Kind::timestamp}}};
        case Kind::boolean:
        case Kind::float64:
        case Kind::date:
        case Kind::json:
        case Kind::other:
            break;
    }
    return {};
}

bool alter(Connection& connection, const relational::Plan& plan, const relational::Field& field,
           const Wider& wider) {
    Transaction transaction(connection);
    connection.run("SET LOCAL lock_timeout = '30s'");
    connection.run("LOCK TABLE " + plan.shown_name() + " IN ACCESS EXCLUSIVE MODE");
    const auto now = read_table(connection, plan.table.name);
    const StoredColumn* column = now ? now->find(field.column.name) : nullptr;
    // Another process may have widened it further meanwhile.
    if (column == nullptr || column->type_text != field.column.type_text) return false;
    ViewsDown views(connection, plan.stored.name);
    connection.run(
        sql::postgres::set_column_type(plan.stored.name, {field.column.name, wider.type_text}));
    views.put_up();
    transaction.commit();
    return true;
}

}  // namespace

relational::Widening widening(Connection& connection) {
    return {[](const relational::Field& field) { return wider_types(field.column.type); },
            [&connection](const relational::Plan& plan, const relational::Field& field,
                          const Wider& wider) { return alter(connection, plan, field, wider); }};
}

}  // namespace ringtail::postgres
