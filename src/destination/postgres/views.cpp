#include "destination/postgres/views.hpp"

#include <algorithm>
#include <string_view>

#include "destination/relational/errors.hpp"

namespace ringtail::postgres {
namespace {

constexpr std::string_view kDependentObjectsStillExist = "2BP01";
constexpr std::string_view kInvalidTableDefinition = "42P16";

// Statements that give the rights on a view again.
std::vector<std::string> grants_on(Connection& connection, const std::string& shown) {
    const Rows rows = connection.run(
        "SELECT 'GRANT ' || a.privilege_type || ' ON ' || $1 || ' TO ' || CASE a.grantee WHEN 0 "
        "THEN 'PUBLIC' ELSE a.grantee::regrole::text END FROM pg_class c, aclexplode(c.relacl) a "
        "WHERE c.oid = CAST($1 AS regclass) AND a.grantee <> c.relowner",
        {shown});
    std::vector<std::string> grants;
    for (std::size_t i = 0; i < rows.size(); ++i) grants.emplace_back(rows.text(i, 0));
    return grants;
}

void create(Connection& connection, const std::string& shown, const std::string& select,
            const std::vector<std::string>& grants) {
    connection.run("CREATE VIEW " + shown + " AS " + select);
    for (const std::string& grant : grants) connection.run(grant);
}

// The names of the columns that a SELECT gives.
std::vector<std::string> columns_of(Connection& connection, const std::string& shown) {
    const Rows rows = connection.run(
        "SELECT attname FROM pg_attribute WHERE attrelid = CAST($1 AS regclass) AND attnum > 0 "
        "ORDER BY attnum",
        {shown});
    std::vector<std::string> columns;
    for (std::size_t i = 0; i < rows.size(); ++i) columns.emplace_back(rows.text(i, 0));
    return columns;
}

// Whether the view gets columns at its end only: then it can be replaced under what is built on it.
bool only_grows(Connection& connection, const std::string& shown, const std::string& select) {
    connection.run("CREATE TEMPORARY VIEW ringtail_view AS " + select);
    const auto wanted = columns_of(connection, "pg_temp.ringtail_view");
    connection.run("DROP VIEW pg_temp.ringtail_view");
    const auto there = columns_of(connection, shown);
    return there.size() <= wanted.size() && std::equal(there.begin(), there.end(), wanted.begin());
}

}  // namespace

std::optional<relational::StoredView> read_view(Connection& connection,
                                                const sql::TableName& place) {
    const Rows rows = connection.run(
        "SELECT c.relkind = 'v', CASE c.relkind WHEN 'v' THEN pg_get_viewdef(c.oid) ELSE '' END "
        "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND "
        "c.relname = $2",
        {place.schema, place.name});
    if (rows.size() == 0) return std::nullopt;
    return relational::StoredView{rows.boolean(0, 0), std::string(rows.text(0, 1))};
}

std::vector<std::string> views_named(Connection& connection, const std::string& schema,
                                     std::string_view beginning) {
    const Rows rows = connection.run(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE "
        "n.nspname = $1 AND c.relkind = 'v' AND starts_with(CAST(c.relname AS text), $2) ORDER BY "
        "c.relname COLLATE \"C\"",
        {schema, std::string(beginning)});
    std::vector<std::string> names;
    for (std::size_t i = 0; i < rows.size(); ++i) names.emplace_back(rows.text(i, 0));
    return names;
}

void make_view(Connection& connection, const sql::TableName& place, const std::string& select,
               bool is_there) {
    const std::string shown = place.quoted();
    if (!is_there) return create(connection, shown, select, {});
    try {
        if (only_grows(connection, shown, select)) {
            connection.run("CREATE OR REPLACE VIEW " + shown + " AS " + select);
            return;
        }
        const auto grants = grants_on(connection, shown);
        connection.run("DROP VIEW " + shown);
        create(connection, shown, select, grants);
    } catch (const relational::SqlError& error) {
        if (error.code() != kDependentObjectsStillExist && error.code() != kInvalidTableDefinition)
            throw;
        throw relational::ViewIsUsed{error.what()};
    }
}

ViewsDown::ViewsDown(Connection& connection, const sql::TableName& table)
    : connection_(connection) {
    const Rows rows = connection.run(
        "WITH RECURSIVE above(oid, depth) AS (SELECT CAST(CAST($1 AS regclass) AS oid), 0 UNION "
        "SELECT v.oid, a.depth + 1 FROM above a JOIN pg_depend d ON d.refobjid = a.oid AND "
        "d.refclassid = 'pg_class'::regclass AND d.classid = 'pg_rewrite'::regclass JOIN "
        "pg_rewrite r ON r.oid = d.objid JOIN pg_class v ON v.oid = r.ev_class WHERE v.oid <> "
        "a.oid AND v.relkind = 'v' AND pg_get_viewdef(v.oid) ~ ' ringtail_[0-9a-f]{16}') "
        "SELECT quote_ident(n.nspname) || '.' || quote_ident(v.relname), pg_get_viewdef(v.oid) "
        "FROM above a JOIN pg_class v ON v.oid = a.oid JOIN pg_namespace n ON n.oid = "
        "v.relnamespace WHERE a.depth > 0 GROUP BY v.oid, n.nspname, v.relname ORDER BY "
        "max(a.depth) DESC",
        {table.quoted()});
    for (std::size_t i = 0; i < rows.size(); ++i)
        views_.push_back({std::string(rows.text(i, 0)), std::string(rows.text(i, 1)), {}});
    for (Kept& view : views_) {
        view.grants = grants_on(connection, view.shown);
        connection.run("DROP VIEW " + view.shown);
    }
}

void ViewsDown::put_up() {
    for (auto view = views_.rbegin(); view != views_.rend(); ++view)
        create(connection_, view->shown, view->definition, view->grants);
}

}  // namespace ringtail::postgres
