#include "destination/reading/rows_text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/error.hpp"
#include "model/int64_text.hpp"
#include "sql/source_text.hpp"

namespace ringtail::reading {
namespace {

constexpr const char* kAll = "1 = 1";
constexpr const char* kNone = "1 = 0";

Instant start_of(int year) {
    using namespace std::chrono;
    return sys_days(std::chrono::year(year) / January / 1);
}

enum class Side : std::uint8_t { from, until };

// column >= time, or column < time.
std::string in_time(const std::string& name, const Column& column, Side side, Instant time,
                    Words& words) {
    const bool is_from = side == Side::from;
    // Columns whose years are few are not asked for others.
    if (time < start_of(column.type.first_year)) return is_from ? name + " IS NOT NULL" : kNone;
    if (time >= start_of(column.type.last_year + 1)) return is_from ? kNone : name + " IS NOT NULL";
    auto bound = sql::time_bound(time, column.type);
    if (!bound) return kNone;
    const std::string is =
        is_from ? (bound->is_earlier ? ">" : ">=") : (bound->is_earlier ? "<=" : "<");
    if (column.type.kind == sql::Kind::text)
        return words.by_bytes(name, column, is, std::move(bound->text));
    return name + " " + is + " " + words.value(column, std::move(bound->text));
}

std::string equal(const std::string& name, const Column& column, const std::string& value,
                  Words& words) {
    const bool is_whole = column.source == Type::int64;
    if (is_whole && !int64_in(value)) return kNone;
    if (!is_whole && column.compare_as_text) return words.by_bytes(name, column, "=", value);
    return name + " = " + words.value(column, value);
}

struct Read {
    std::string columns, join;
};

void add_column(std::string& columns, const std::string& alias, const Column* column,
                Words& words) {
    if (!columns.empty()) columns += ", ";
    columns += column == nullptr ? "NULL" : words.shown(alias + "." + column->name, *column);
}

void add_beside(const RowQuery& query, const TableThere& there, Words& words, Read& read) {
    const RowQuery::Beside& beside = *query.beside;
    const auto other = words.table(beside.table);
    const Column* const key = find(there, query.table, query.table.key.front());
    const Column* const by = other ? find(*other, beside.table, beside.column) : nullptr;
    const Column* const its_key =
        other ? find(*other, beside.table, beside.table.key.front()) : nullptr;
    const bool is_there = key != nullptr && by != nullptr && its_key != nullptr;
    for (const std::string& column : beside.columns) {
        add_column(read.columns, "b", is_there ? find(*other, beside.table, column) : nullptr,
                   words);
    }
    if (!is_there) return;
    read.join = words.beside(other->name, its_key->name, by->name, "t." + key->name);
}

}  // namespace

std::string Words::beside(const std::string& table, const std::string& its_key,
                          const std::string& by, const std::string& key) {
    return fmt::format(
        " LEFT JOIN {0} b ON b.{1} = (SELECT MIN(c.{1}) FROM {0} c WHERE c.{2} = {3})", table,
        its_key, by, key);
}

const Column* find(const TableThere& there, const Table& table, const std::string& column) {
    for (std::size_t i = 0; i < table.columns.size(); ++i) {
        if (table.columns[i].name == column) return there.columns[i] ? &*there.columns[i] : nullptr;
    }
    throw Error(Fault::bug, "table " + table.name + " has no column " + column);
}

std::string conditions(const RowQuery& query, const TableThere& there, Words& words,
                       const std::string& table) {
    std::string all;
    const auto add = [&](const std::string& condition) {
        all += (all.empty() ? "" : " AND ") + condition;
    };
    for (const RowQuery::Equal& wanted : query.equal) {
        const Column* const column = find(there, query.table, wanted.column);
        add(column == nullptr ? kNone : equal(table + column->name, *column, wanted.value, words));
    }
    if (query.times) {
        const Column* const column = find(there, query.table, query.times->column);
        if (column == nullptr) return kNone;
        if (query.times->from != Instant::min())
            add(in_time(table + column->name, *column, Side::from, query.times->from, words));
        add(in_time(table + column->name, *column, Side::until, query.times->until, words));
    }
    if (query.texts) {
        const Column* const column = find(there, query.table, query.texts->column);
        if (column == nullptr) return kNone;
        const std::string name = table + column->name;
        if (!query.texts->from.empty()) add(words.by_bytes(name, *column, ">=", query.texts->from));
        add(words.by_bytes(name, *column, "<=", query.texts->to));
    }
    if (!query.keys.empty()) {
        const Column* const key = find(there, query.table, query.table.key.front());
        if (key == nullptr) return kNone;
        std::string any;
        for (const std::string& value : query.keys)
            any += (any.empty() ? "" : " OR ") + equal(table + key->name, *key, value, words);
        add("(" + any + ")");
    }
    return all.empty() ? kAll : all;
}

std::optional<std::string> select(const RowQuery& query, Words& words) {
    const auto there = words.table(query.table);
    if (!there) return std::nullopt;
    Read read;
    for (const std::string& column : query.columns)
        add_column(read.columns, "t", find(*there, query.table, column), words);
    if (query.beside) add_beside(query, *there, words, read);
    if (read.columns.empty()) read.columns = "NULL";
    return fmt::format("SELECT {} FROM {} t{} WHERE {}", read.columns, there->name, read.join,
                       conditions(query, *there, words, "t."));
}

std::optional<std::string> count(const RowQuery& query, Words& words) {
    const auto there = words.table(query.table);
    if (!there) return std::nullopt;
    return fmt::format("SELECT COUNT(*) FROM {} t WHERE {}", there->name,
                       conditions(query, *there, words, "t."));
}

RowQuery query_of(const OldRows& rows) {
    RowQuery query{.table = rows.table, .columns = {rows.table.key.front()}};
    query.times = RowQuery::Times{rows.column, Instant::min(), rows.before};
    if (!rows.of_column.empty()) query.equal = {{rows.of_column, std::to_string(rows.of)}};
    return query;
}

std::optional<Old> find_old(const OldRows& rows, Words& words) {
    const auto there = words.table(rows.table);
    if (!there) return std::nullopt;
    const Column* const key = find(*there, rows.table, rows.table.key.front());
    if (key == nullptr) return std::nullopt;
    Old old{*key,
            fmt::format("FROM {} t WHERE {}", there->name,
                        conditions(query_of(rows), *there, words, "t.")),
            ""};
    const bool is_indexed = std::ranges::any_of(
        rows.table.indexes, [&](const auto& columns) { return columns.front() == rows.column; });
    const Column* const date = find(*there, rows.table, rows.column);
    if (is_indexed && date != nullptr) old.order = fmt::format(" ORDER BY t.{}", date->name);
    for (const OldRows::Child& child : rows.unless) {
        const auto other = words.table(child.table);
        const Column* const by = other ? find(*other, child.table, child.column) : nullptr;
        if (by == nullptr) continue;
        old.from += fmt::format(" AND NOT EXISTS (SELECT 1 FROM {} c WHERE c.{} = t.{})",
                                other->name, by->name, key->name);
    }
    return old;
}

}  // namespace ringtail::reading
