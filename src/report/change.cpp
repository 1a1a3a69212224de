#include "report/change.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "report/rule.hpp"

namespace ringtail::report {
namespace {

std::string columns_of(const Table& table) {
    std::string all;
    for (const Column& column : table.columns)
        all += fmt::format("{}{} {}", all.empty() ? "" : ", ", column.name, name_of(column.type));
    return all;
}

// Whether a column can hold the other type's values once it has been widened.
bool widens(Type before, Type after) { return before == Type::int64 && after == Type::decimal; }

void compare(const Table& before, const Table& after, Change& change) {
    const auto say = [&](std::string words) { change.words.push_back(std::move(words)); };
    for (const Column& column : after.columns) {
        const auto was = std::ranges::find(before.columns, column.name, &Column::name);
        if (was == before.columns.end()) {
            say(
                fmt::format("{}: column {} ({}) is added; days that are not loaded again have "
                            "nothing in it",
                            after.name, column.name, name_of(column.type)));
        } else if (was->type != column.type && widens(was->type, column.type)) {
            say(fmt::format("{}: column {} is widened from {} to {} when a value needs it",
                            after.name, column.name, name_of(was->type), name_of(column.type)));
        } else if (was->type != column.type) {
            say(
                fmt::format("{}: column {} stays {} in the database; a {} that does not fit it is "
                            "rejected",
                            after.name, column.name, name_of(was->type), name_of(column.type)));
            change.takes_away = true;
        }
    }
    for (const Column& column : before.columns) {
        if (std::ranges::find(after.columns, column.name, &Column::name) != after.columns.end())
            continue;
        say(fmt::format("{}: column {} is no longer filled; it stays with what it holds",
                        after.name, column.name));
        change.takes_away = true;
    }
}

}  // namespace

Change change_between(std::span<const Table> before, std::span<const Table> after) {
    Change change;
    for (const Table& table : after) {
        const auto was = std::ranges::find(before, table.name, &Table::name);
        if (was == before.end()) {
            change.words.push_back(
                fmt::format("{}: is made, with {}", table.name, columns_of(table)));
        } else {
            compare(*was, table, change);
        }
    }
    for (const Table& table : before) {
        if (std::ranges::find(after, table.name, &Table::name) != after.end()) continue;
        change.words.push_back(fmt::format(
            "{}: is no longer filled; its rows stay until you drop the table", table.name));
        change.takes_away = true;
    }
    return change;
}

}  // namespace ringtail::report
