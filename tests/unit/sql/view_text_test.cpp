#include "sql/view_text.hpp"

#include <gtest/gtest.h>

namespace ringtail::sql {
namespace {

Table facts() {
    return {.name = "facts",
            .columns = {{"id", Type::int64}, {"dates_id", Type::int64}, {"n"}, {"gone"}},
            .key = {"id"},
            .references = {},
            .fingerprint = "",
            .changed = "",
            .rest = ""};
}

Table dates() {
    return {.name = "dates",
            .columns = {{"id", Type::int64}, {"label"}},
            .key = {"id"},
            .references = {},
            .fingerprint = "",
            .changed = "",
            .rest = ""};
}

View view() {
    return {
        .name = "wide",
        .base = "facts",
        .joins = {{"dates", "dates_id"}},
        .columns = {{"facts", "n", "Число"}, {"facts", "gone", "x"}, {"dates", "label", "День"}}};
}

ViewText resolve(const View& of) {
    const std::vector tables{facts(), dates()};
    return resolve_view(of, tables, {.max_bytes = 20}, [](const Table& table) {
        ViewTable found{.table = &table, .shown = "\"s\".\"" + table.name + "\"", .columns = {}};
        for (const Column& column : table.columns)
            found.columns.push_back(column.name == "gone" ? "" : column.name + "_");
        return found;
    });
}

TEST(ViewText, IsASelectWithTheDatabasesNames) {
    const ViewText text = resolve(view());
    const std::string mark = view_mark(text);
    EXPECT_EQ(mark.size(), 25U);
    EXPECT_EQ(view_select(text, quote_identifier),
              "SELECT " + mark + R"(."n_" AS "Число", t1."label_" AS "День")" +
                  "\nFROM \"s\".\"facts\" AS " + mark +
                  "\nLEFT JOIN \"s\".\"dates\" AS t1 ON t1.\"id_\" = " + mark + ".\"dates_id_\"");
}

TEST(ViewText, HasAnotherMarkForAnotherDefinition) {
    View other = view();
    other.columns[0].caption = "Число звонков";
    EXPECT_NE(view_mark(resolve(other)), view_mark(resolve(view())));
    EXPECT_EQ(view_mark(resolve(view())), view_mark(resolve(view())));
}

TEST(ViewText, CutsCaptionsBetweenCharactersAndKeepsThemApart) {
    View long_names = view();
    long_names.columns[0].caption = "Длительность разговора 1";
    long_names.columns[2].caption = "Длительность разговора 2";
    const ViewText text = resolve(long_names);
    EXPECT_EQ(text.columns[0].caption.substr(0, 11), "Длите_");
    EXPECT_LE(text.columns[0].caption.size(), 20U);
    EXPECT_NE(text.columns[0].caption, text.columns[1].caption);
}

TEST(ViewText, NamesWhatIsWrongWithAView) {
    View view_of_nothing = view();
    view_of_nothing.joins[0].table = "nothing";
    EXPECT_THROW(resolve(view_of_nothing), Error);
    View twice = view();
    twice.joins.push_back(twice.joins[0]);
    EXPECT_THROW(resolve(twice), Error);
    View unjoined = view();
    unjoined.joins.clear();
    EXPECT_THROW(resolve(unjoined), Error);
}

}  // namespace
}  // namespace ringtail::sql
