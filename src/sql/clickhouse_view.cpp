#include "sql/clickhouse_view.hpp"

#include <fmt/format.h>

#include <vector>

namespace ringtail::sql::clickhouse {
namespace {

// The inner name of a column of the view, and of what a table is joined by.
std::string column_name(const std::string& mark, std::size_t place) {
    return quote(fmt::format("{}_{}", mark, place));
}
std::string join_name(const std::string& mark, std::size_t join) {
    return quote(fmt::format("{}_join_{}", mark, join));
}

std::string list(const std::vector<std::string>& items) {
    std::string text;
    for (const std::string& item : items) text += (text.empty() ? "" : ", ") + item;
    return text;
}

}  // namespace

const NameRules& caption_rules() {
    static constexpr NameRules kRules{.max_bytes = 255};
    return kRules;
}

std::string star_select(const ViewText& text) {
    const std::string mark = view_mark(text);
    std::vector<std::string> shown, inner;  // the inner names so far; their definitions
    const auto add_columns_of = [&](std::size_t table) {
        for (std::size_t i = 0; i < text.columns.size(); ++i) {
            if (text.columns[i].table != table) continue;
            const std::string name = quote(text.columns[i].name);
            // A row that is not there shows NULL, also in a column that never has one.
            inner.push_back(fmt::format("{} AS {}",
                                        table == 0 ? name : fmt::format("toNullable({})", name),
                                        column_name(mark, i)));
            shown.push_back(column_name(mark, i));
        }
    };
    add_columns_of(0);
    for (std::size_t i = 0; i < text.joins.size(); ++i)
        inner.push_back(fmt::format("toNullable({}) AS {}", quote(text.joins[i].on_column),
                                    join_name(mark, i)));
    std::string select = fmt::format("SELECT {} FROM {}", list(inner), text.base);
    for (std::size_t join = 0; join < text.joins.size(); ++join) {
        inner = {fmt::format("toNullable({}) AS {}", quote(text.joins[join].key),
                             join_name(mark, join))};
        add_columns_of(join + 1);
        std::vector<std::string> wanted = shown;
        for (std::size_t later = join + 1; later < text.joins.size(); ++later)
            wanted.push_back(join_name(mark, later));
        select = fmt::format("SELECT {} FROM ({}) ANY LEFT JOIN (SELECT {} FROM {}) USING {}",
                             list(wanted), select, list(inner), text.joins[join].shown,
                             join_name(mark, join));
    }
    std::vector<std::string> captions;
    for (std::size_t i = 0; i < text.columns.size(); ++i) {
        captions.push_back(
            fmt::format("{} AS {}", column_name(mark, i), quote(text.columns[i].caption)));
    }
    return fmt::format("SELECT {} FROM ({})", list(captions), select);
}

std::string create_view_as(const TableName& view, const std::string& select,
                           const Features& features) {
    return fmt::format("CREATE {} {}{} AS {}",
                       features.or_replace_view ? "OR REPLACE VIEW" : "VIEW IF NOT EXISTS",
                       view.quoted(), view.on_cluster(), select);
}

std::string create_star_view(const TableName& view, const ViewText& text,
                             const Features& features) {
    return create_view_as(view, star_select(text), features);
}

}  // namespace ringtail::sql::clickhouse
