#include "report/change.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "report/rule.hpp"
#include "report/stored_type.hpp"

namespace ringtail::report {
namespace {

const Table* find(std::span<const Table> tables, const std::string& name) {
    const auto found = std::ranges::find(tables, name, &Table::name);
    return found == tables.end() ? nullptr : &*found;
}

const Column* find(const Table* table, const std::string& name) {
    if (table == nullptr) return nullptr;
    const auto found = std::ranges::find(table->columns, name, &Column::name);
    return found == table->columns.end() ? nullptr : &*found;
}

bool is_same(std::string_view left, std::string_view right) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return std::ranges::equal(left, right, {}, lower, lower);
}

const ColumnThere* find(const std::vector<ColumnThere>& columns, const std::string& name) {
    const auto found = std::ranges::find_if(
        columns, [&](const ColumnThere& column) { return is_same(column.name, name); });
    return found == columns.end() ? nullptr : &*found;
}

class Comparison {
  public:
    Comparison(std::span<const Table> before, std::span<const Table> after,
               const TablesThere* there)
        : before_(before), after_(after), there_(there) {}

    Change take() {
        for (const Table& table : after_) of_table(table);
        for (const Table& table : before_) {
            const auto* const columns = columns_of(table.name);
            if (find(after_, table.name) != nullptr || (columns != nullptr && columns->empty()))
                continue;
            say(true, table.name, "is no longer filled; its rows stay until you drop the table");
        }
        return std::move(change_);
    }

  private:
    // Null: not known.
    const std::vector<ColumnThere>* columns_of(const std::string& table) const {
        if (there_ == nullptr) return nullptr;
        const auto found = there_->find(table);
        return found == there_->end() ? nullptr : &found->second;
    }

    void of_table(const Table& table) {
        const auto* const columns = columns_of(table.name);
        const Table* const before = find(before_, table.name);
        const bool is_there = columns != nullptr ? !columns->empty() : before != nullptr;
        if (!is_there) return say(false, table.name, "is made, with " + list(table));
        if (columns != nullptr && !is_ours(table, *columns)) {
            std::string names;
            for (const ColumnThere& column : *columns)
                names += (names.empty() ? "" : ", ") + column.name;
            say(true, table.name,
                fmt::format("is there already and none of Ringtail's reports (it has {}); its own "
                            "rows stay, columns are added to it. Another name is better",
                            names));
        }
        for (const Column& column : table.columns) {
            if (columns != nullptr && is_key(column)) continue;
            if (columns != nullptr) {
                of_column(table, column, find(*columns, column.name));
            } else {
                of_column(table, column, find(before, column.name));
            }
        }
        if (before == nullptr) return;
        for (const Column& column : before->columns) {
            if (find(&table, column.name) != nullptr) continue;
            if (columns != nullptr && find(*columns, column.name) == nullptr) continue;
            say(true, table.name,
                fmt::format("column {} is no longer filled; it stays with what it holds",
                            column.name));
        }
    }

    // Every table of a report has the four columns in front. A database may have another name for
    // the key, as for all that begin with _.
    static bool is_key(const Column& column) { return column.name == own_columns().front().name; }
    static bool is_ours(const Table& table, const std::vector<ColumnThere>& columns) {
        const auto own =
            std::span(table.columns).first(std::min(kOwnColumns, table.columns.size()));
        return std::ranges::all_of(own, [&](const Column& column) {
            return is_key(column) || find(columns, column.name) != nullptr;
        });
    }

    void of_column(const Table& table, const Column& column, const ColumnThere* there) {
        if (there == nullptr) return added(table, column);
        if (there->is_text) return;
        judged(table, column, there->type, fit_of(column.type, there->type));
    }
    // `was`: of the rule before.
    void of_column(const Table& table, const Column& column, const Column* was) {
        if (was == nullptr) return added(table, column);
        if (was->type == column.type) return;
        const bool widens = was->type == Type::int64 && column.type == Type::decimal;
        judged(table, column, std::string(name_of(was->type)), widens ? Fit::widens : Fit::not_all);
    }

    void added(const Table& table, const Column& column) {
        say(false, table.name,
            fmt::format("column {} ({}) is added; days that are not loaded again have nothing in "
                        "it",
                        column.name, name_of(column.type)));
    }

    void judged(const Table& table, const Column& column, const std::string& type, Fit fit) {
        if (fit == Fit::all) return;
        if (fit == Fit::widens) {
            return say(false, table.name,
                       fmt::format("column {} is widened from {} to {} when a value needs it",
                                   column.name, type, name_of(column.type)));
        }
        say(true, table.name,
            fmt::format("column {} stays {} in the database; a {} that does not fit it is rejected",
                        column.name, type, name_of(column.type)));
    }

    static std::string list(const Table& table) {
        std::string all;
        for (const Column& column : table.columns)
            all +=
                fmt::format("{}{} {}", all.empty() ? "" : ", ", column.name, name_of(column.type));
        return all;
    }

    void say(bool takes_away, const std::string& table, const std::string& words) {
        change_.words.push_back(table + ": " + words);
        change_.takes_away = change_.takes_away || takes_away;
    }

    const std::span<const Table> before_, after_;
    const TablesThere* const there_;
    Change change_;
};

}  // namespace

Change change_between(std::span<const Table> before, std::span<const Table> after,
                      const TablesThere* there) {
    return Comparison(before, after, there).take();
}

}  // namespace ringtail::report
