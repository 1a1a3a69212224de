#include "destination/clickhouse/retention.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "destination/clickhouse/own_tables.hpp"
#include "destination/clickhouse/plan.hpp"
#include "destination/clickhouse/words.hpp"

namespace ringtail::clickhouse {
namespace {

namespace text = sql::clickhouse;

struct Found {
    text::TableName table;
    std::string key;  // quoted
    std::string old;  // the condition, without that for rows of others
};

std::string name_in(const Shape& shape, const Table& table, const std::string& column) {
    const auto names = names_in(shape, table);
    for (std::size_t i = 0; i < names.size(); ++i)
        if (table.columns[i].name == column) return names[i];
    return column;
}

std::optional<Found> find(Server& server, const OldRows& rows) {
    Words words(server);
    const auto there = words.table(rows.table);
    if (!there) return std::nullopt;
    const auto* const key = reading::find(*there, rows.table, rows.table.key.front());
    if (key == nullptr || reading::find(*there, rows.table, rows.column) == nullptr)
        return std::nullopt;
    return Found{server.table(rows.table.name), key->name,
                 fmt::format("{} = 0 AND {}", text::kDeleted,
                             reading::conditions(reading::query_of(rows), *there, words, ""))};
}

// "FROM … WHERE …" with those that are to be left out.
std::string from(Server& server, const OldRows& rows, const Found& found) {
    std::string sql = fmt::format("FROM {} FINAL WHERE {}", found.table.quoted(), found.old);
    for (const OldRows::Child& child : rows.unless) {
        const auto other = server.table(child.table.name);
        const Shape shape = read_shape(server, other);
        if (!shape.exists()) continue;
        const std::string column = text::quote(name_in(shape, child.table, child.column));
        sql += fmt::format(" AND {} NOT IN (SELECT ifNull({}, '') FROM {} FINAL WHERE {} = 0)",
                           found.key, column, other.quoted(), text::kDeleted);
    }
    return sql;
}

}  // namespace

std::uint64_t OldRowsOf::count(const OldRows& rows) {
    const auto found = find(server_, rows);
    if (!found) return 0;
    TsvRows answer =
        server_.query("SELECT count() " + from(server_, rows, *found) + " FORMAT TabSeparated");
    return answer.next() ? answer.number(0) : 0;
}

std::vector<std::string> OldRowsOf::keys(const OldRows& rows, std::size_t most) {
    std::vector<std::string> keys;
    const auto found = find(server_, rows);
    if (!found) return keys;
    TsvRows answer = server_.query(fmt::format("SELECT {} {} LIMIT {} FORMAT TabSeparated",
                                               found->key, from(server_, rows, *found), most));
    while (answer.next()) keys.push_back(answer.text(0));
    return keys;
}

std::vector<std::string> OldRowsOf::children(const OldRows::Child& child,
                                             std::span<const std::string> parents) {
    std::vector<std::string> keys;
    server_.features();
    const auto table = server_.table(child.table.name);
    const Shape shape = read_shape(server_, table);
    if (!shape.exists() || parents.empty()) return keys;
    const std::string column = name_in(shape, child.table, child.column);
    const Shape::Declared* const declared = shape.find(column);
    const bool whole = declared != nullptr && declared->type.find("Int64") != std::string::npos;
    const std::vector<std::string> types{whole ? "Int64" : "String"};
    TsvRows answer = server_.query_with_keys(
        fmt::format("SELECT {} FROM {} FINAL WHERE {} IN {} AND {} = 0 FORMAT TabSeparated",
                    text::quote(name_in(shape, child.table, child.table.key.front())),
                    table.quoted(), text::quote(column), text::kKeys, text::kDeleted),
        text::keys_structure(types), lines_of(parents));
    while (answer.next()) keys.push_back(answer.text(0));
    return keys;
}

void OldRowsOf::forget_rejects(std::string_view table, std::span<const std::string> keys) {
    server_.features();
    drop_rejects(server_, table, keys);
}

// Rows are erased by a newer version of them that says so. What such marks have made superfluous
// goes by a mutation; the marks of a month go once they are all that is left of it, as until then
// they hide versions of their rows. Versions that came meanwhile stay.
std::string OldRowsOf::give_back(std::span<const OldRows> rows,
                                 const std::function<bool()>& /*go_on*/,
                                 const std::stop_token& stop) {
    std::string names;
    for (const OldRows& old : rows) {
        const auto found = find(server_, old);
        if (!found) continue;
        const std::string table = found->table.quoted();
        const std::string alter =
            fmt::format("ALTER TABLE {}{} DELETE WHERE ", found->table.storage().quoted(),
                        found->table.on_cluster());
        if (month_column(old.table)) {
            TsvRows months = server_.query(
                fmt::format("SELECT {0}, max({1}) FROM {2} GROUP BY {0} HAVING min({3}) = 1 "
                            "FORMAT TabSeparated",
                            text::kMonth, text::kVersion, table, text::kDeleted),
                stop);
            std::string marks;
            while (months.next()) {
                marks +=
                    fmt::format("{}({} = {} AND {} <= {})", marks.empty() ? "" : " OR ",
                                text::kMonth, months.number(0), text::kVersion, months.number(1));
            }
            if (!marks.empty()) {
                server_.run(alter + fmt::format("{} = 1 AND ({})", text::kDeleted, marks), stop);
            }
        }
        // Not all that is old was erased.
        if (!old.unless.empty()) continue;
        TsvRows left = server_.query(
            fmt::format("SELECT count(), max({}) FROM {} WHERE {} FORMAT TabSeparated",
                        text::kVersion, table, found->old),
            stop);
        if (left.next() && left.number(0) > 0) {
            server_.run(
                alter + fmt::format("{} AND {} <= {}", found->old, text::kVersion, left.number(1)),
                stop);
        }
        names += (names.empty() ? "" : ", ") + table;
    }
    return fmt::format(
        "ClickHouse takes the rows from the disk by mutations in the background "
        "(system.mutations), "
        "and what pointed at them when it merges: {}",
        names);
}

}  // namespace ringtail::clickhouse
