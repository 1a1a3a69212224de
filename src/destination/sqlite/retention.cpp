#include "destination/sqlite/retention.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <cstdint>

#include "destination/sqlite/row_reader.hpp"
#include "destination/sqlite/shape.hpp"
#include "model/int64_text.hpp"
#include "sql/names.hpp"

namespace ringtail {
namespace {

using sql::quote_identifier;

// Free pages are given back in steps, so that a writer waits for one of them only: some megabytes.
// SQLite looks for each page in the list of free ones from its beginning; a step makes so many
// looks at most, some 0.1 s, and the list is not left to become long.
constexpr std::int64_t kFewestAtOnce = 16, kPagesAtOnce = 1'024, kLooks = 40'000'000;
constexpr std::int64_t kManyFree = 8'192;

std::string quoted(const Shape& shape, const Table& table, const std::string& column) {
    return quote_identifier(names_in(shape, table)[place_of(table, column)]);
}

std::string looking_for(const OldRows& rows) {
    return "looking for old rows of " + rows.table.name;
}

std::int64_t single(sqlite::Connection& db, const char* sql) {
    auto statement = db.prepare(sql, "looking for free pages");
    return statement.step() ? statement.integer(0) : 0;
}

bool can_shrink(sqlite::Connection& db) {
    constexpr int kIncremental = 2;
    return single(db, "PRAGMA auto_vacuum") == kIncremental;
}

void shrink(sqlite::Connection& db, const std::function<bool()>& go_on) {
    std::int64_t before = INT64_MAX;
    for (std::int64_t free = single(db, "PRAGMA freelist_count");
         free > 0 && free < before && go_on(); free = single(db, "PRAGMA freelist_count")) {
        before = free;
        db.run(fmt::format("PRAGMA incremental_vacuum({})",
                           std::clamp(kLooks / free, kFewestAtOnce, kPagesAtOnce)));
    }
}

}  // namespace

std::uint64_t count_old(sqlite::Connection& db, const OldRows& rows) {
    SqliteWords words(db);
    const auto old = reading::find_old(rows, words);
    if (!old) return 0;
    auto select = words.prepare("SELECT count(*) " + old->from, looking_for(rows));
    return select.step() ? static_cast<std::uint64_t>(select.integer(0)) : 0;
}

std::vector<std::string> keys_of_old(sqlite::Connection& db, const OldRows& rows,
                                     std::size_t most) {
    std::vector<std::string> keys;
    SqliteWords words(db);
    const auto old = reading::find_old(rows, words);
    if (!old) return keys;
    auto select = words.prepare(
        fmt::format("SELECT t.{} {} LIMIT {}", old->key.name, old->from, most), looking_for(rows));
    while (select.step()) keys.emplace_back(select.text(0));
    return keys;
}

std::vector<std::string> keys_of_children(sqlite::Connection& db, const OldRows::Child& child,
                                          std::span<const std::string> parents) {
    std::vector<std::string> keys;
    const Shape shape = read_shape(db, child.table.name);
    if (!shape.exists()) return keys;
    auto select = db.prepare(
        fmt::format("SELECT {} FROM {} WHERE {} = ?1",
                    quoted(shape, child.table, child.table.key.front()),
                    quote_identifier(shape.name), quoted(shape, child.table, child.column)),
        "looking for rows of " + child.table.name);
    const bool is_whole =
        child.table.columns[place_of(child.table, child.column)].type == Type::int64;
    for (const std::string& parent : parents) {
        if (const auto number = int64_in(parent); is_whole && number) {
            select.bind(1, *number);
        } else {
            select.bind_static(1, parent);
        }
        while (select.step()) keys.emplace_back(select.text(0));
    }
    return keys;
}

void drop_rejects(sqlite::Connection& db, std::string_view table,
                  std::span<const std::string> keys) {
    auto drop = db.prepare("DELETE FROM ringtail_rejects WHERE table_name = ?1 AND row_key = ?2",
                           "dropping rejects");
    drop.bind(1, table);
    for (const std::string& key : keys) {
        drop.bind_static(2, key);
        drop.execute();
    }
    drop.reset();
}

std::string give_room_back(sqlite::Connection& db, const std::function<bool()>& go_on) {
    if (!can_shrink(db)) {
        if (single(db, "PRAGMA freelist_count") == 0) return {};
        return "The room is used for new rows. So that the file gets smaller, now and after later "
               "runs, while nothing uses it: sqlite3 FILE 'PRAGMA auto_vacuum=INCREMENTAL; VACUUM'";
    }
    shrink(db, go_on);
    return {};
}

bool has_much_room(sqlite::Connection& db) {
    return single(db, "PRAGMA freelist_count") > kManyFree && can_shrink(db);
}

}  // namespace ringtail
