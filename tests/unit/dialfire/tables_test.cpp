#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "source/dialfire/decode.hpp"

// The columns themselves are in tests/golden/dialfire/*tables*.expected.
namespace ringtail::dialfire {
namespace {

using ::testing::ElementsAre;

// Name, type and "?" for columns that are never created, from the first custom one on.
std::vector<std::string> custom(const std::vector<Field>& fields, std::size_t limit = 150) {
    Options options;
    options.custom_columns = limit;
    const std::vector<Table> tables = make_tables(fields, options);
    const auto& columns = tables[TableIndex::contacts].columns;
    const auto last = std::find_if(columns.begin(), columns.end(), [](const Column& column) {
        return column.name == "$$anrufen_status_detail";
    });
    std::vector<std::string> names;
    for (auto column = last + 1; column != columns.end(); ++column) {
        if (column->name == kMissingColumn) continue;
        names.push_back(column->name + (column->type == Type::decimal ? "#" : "") +
                        (column->only_if_present ? "?" : ""));
    }
    return names;
}

TEST(Tables, CustomFieldsStandBehindTheSystemsOwnInTheirOrder) {
    EXPECT_THAT(custom({{"z", "text"}, {"a", "number"}, {"m", "never seen"}}),
                ElementsAre("z", "a#", "m", "_extra"));
    EXPECT_THAT(custom({}), ElementsAre("_extra"));
}

TEST(Tables, OddNamesAreTakenAsTheyAre) {
    EXPECT_THAT(
        custom({{"Straße \"x\"; DROP", "text"}, {"id", "text"}, {"ID", "text"}, {"order", "text"}}),
        ElementsAre("Straße \"x\"; DROP", "id", "ID", "order", "_extra"));
}

TEST(Tables, NamesThatMeanSomethingElseAddNothing) {
    EXPECT_THAT(custom({{"$id", "text"},
                        {"$comment", "text"},
                        {"$changed", "text"},
                        {"$task_log", "text"},
                        {"$$anrufen_user", "text"},
                        {"_extra", "text"},
                        {"$Comment", "text"}}),
                ElementsAre("$Comment", "_extra"));
}

TEST(Tables, FieldsBeyondTheLimitAndDeletedOnesAreOnlyFilledWhereTheyAre) {
    EXPECT_THAT(
        custom({{"a", "text"}, {"gone", "number", true}, {"b", "text"}, {"c", "number"}}, 2),
        ElementsAre("a", "gone#?", "b", "c#?", "_extra"));
    EXPECT_THAT(custom({{"a", "text"}}, 0), ElementsAre("a?", "_extra"));
}

TEST(Tables, TheMarkOfMissingRowsIsNoFieldAndNeverCreatedByLoads) {
    for (const Table& table : make_tables({}, {})) {
        const auto mark = std::ranges::find(table.columns, kMissingColumn, &Column::name);
        ASSERT_NE(mark, table.columns.end()) << table.name;
        EXPECT_TRUE(mark->only_if_present) << table.name;
    }
    EXPECT_THAT(custom({{std::string(kMissingColumn), "text"}}), ElementsAre("_extra"));
}

TEST(Tables, AFieldMadeAnewLives) {
    EXPECT_THAT(custom({{"a", "number", true},
                        {"b", "text"},
                        {"a", "text"},
                        {"a", "number"},
                        {"b", "text", true}}),
                ElementsAre("b", "a", "_extra"));
}

TEST(Tables, ParentsStandBeforeTheirChildren) {
    Options options;
    options.prefix = "";
    const std::vector<Table> tables = make_tables({}, options);
    ASSERT_EQ(tables.size(), table_count);
    std::vector<std::string> before;
    for (const Table& table : tables) {
        for (const Reference& reference : table.references) {
            EXPECT_THAT(before, ::testing::Contains(reference.parent)) << table.name;
        }
        before.push_back(table.name);
    }
    EXPECT_THAT(before, ElementsAre("contacts", "transactions", "connections", "recordings",
                                    "inbound_calls"));
}

}  // namespace
}  // namespace ringtail::dialfire
