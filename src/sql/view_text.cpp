#include "sql/view_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/md5.hpp"

namespace ringtail::sql {
namespace {

std::string alias_of(std::size_t table, const std::string& base) {
    return table == 0 ? base : "t" + std::to_string(table);
}

}  // namespace

const std::string& ViewTable::column(const std::string& source_name) const {
    for (std::size_t i = 0; i < table->columns.size(); ++i) {
        if (table->columns[i].name == source_name) return columns[i];
    }
    // Known, but the table was prepared without it.
    static const std::string none;
    return none;
}

ViewText resolve_view(const View& view, std::span<const Table> tables, const NameRules& captions,
                      const std::function<ViewTable(const Table&)>& find) {
    std::vector<ViewTable> found;
    const auto place_of = [&](const std::string& name) {
        const auto there = std::find_if(found.begin(), found.end(),
                                        [&](const ViewTable& t) { return t.table->name == name; });
        return static_cast<std::size_t>(there - found.begin());
    };
    const auto add = [&](const std::string& name) -> const ViewTable& {
        const auto table = std::find_if(tables.begin(), tables.end(),
                                        [&](const Table& t) { return t.name == name; });
        if (table == tables.end() || place_of(name) != found.size()) {
            throw Error(Fault::bug, fmt::format("view {}: the table {} is not prepared, or joined "
                                                "twice",
                                                view.name, name));
        }
        return found.emplace_back(find(*table));
    };
    ViewText text;
    text.base = add(view.base).shown;
    for (const View::Join& join : view.joins) {
        const ViewTable& other = add(join.table);
        const std::string& on_column = found.front().column(join.on_column);
        if (on_column.empty() || other.table->key.size() != 1) {
            throw Error(Fault::bug, fmt::format("view {}: {} cannot be joined by {}", view.name,
                                                join.table, join.on_column));
        }
        text.joins.push_back({other.shown, other.column(other.table->key.front()), on_column});
    }
    std::vector<std::string> wanted;
    for (const View::Column& column : view.columns) {
        const std::size_t place = place_of(column.table);
        if (place == found.size()) {
            throw Error(Fault::bug, fmt::format("view {}: the table {} is not joined", view.name,
                                                column.table));
        }
        const std::string& name = found[place].column(column.column);
        if (name.empty()) continue;
        text.columns.push_back({place, name, {}});
        wanted.push_back(column.caption);
    }
    if (text.columns.empty()) throw Error(Fault::bug, "view " + view.name + " has no column");
    const auto names = map_names(wanted, {}, captions);
    for (std::size_t i = 0; i < names.size(); ++i) text.columns[i].caption = names[i];
    return text;
}

std::string view_mark(const ViewText& view) {
    std::string all = view.base;
    for (const auto& join : view.joins)
        all += "\n" + join.shown + "\n" + join.key + "\n" + join.on_column;
    for (const auto& column : view.columns)
        all += fmt::format("\n{}\n{}\n{}", column.table, column.name, column.caption);
    return "ringtail_" + md5_hex({all}).substr(0, 16);
}

std::string view_select(const ViewText& view, const Quote& quote) {
    const std::string base = view_mark(view);
    std::string text;
    for (const auto& column : view.columns) {
        text +=
            fmt::format("{}{}.{} AS {}", text.empty() ? "SELECT " : ", ",
                        alias_of(column.table, base), quote(column.name), quote(column.caption));
    }
    text += fmt::format("\nFROM {} AS {}", view.base, base);
    for (std::size_t i = 0; i < view.joins.size(); ++i) {
        const std::string alias = alias_of(i + 1, base);
        text += fmt::format("\nLEFT JOIN {} AS {} ON {}.{} = {}.{}", view.joins[i].shown, alias,
                            alias, quote(view.joins[i].key), base, quote(view.joins[i].on_column));
    }
    return text;
}

Error name_is_taken(std::string_view where, std::string_view view) {
    return Error(Fault::config,
                 fmt::format("{}: there is a table {}, but a view of that name is to be "
                             "made",
                             where, view))
        .with_hint("Rename the table, or load into tables with another prefix.");
}

}  // namespace ringtail::sql
