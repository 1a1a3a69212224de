#include "sql/postgres_text.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace ringtail::sql::postgres {
namespace {

using Names = std::vector<std::string>;

const TableName kTable{"public", "df_contacts"};
const TableName kOdd{"my \"schema\"", "x'; DROP TABLE y; --"};

// Every statement of the dialect, for a plain and an odd table.
std::string all_statements() {
    const std::vector<ColumnText> plain{{"$id", "text"},
                                        {"amount", "numeric"},
                                        {"_extra", "json", true},
                                        {"$changed", "timestamp with time zone"}};
    const std::vector<ColumnText> odd{{"a\"b", "character varying(50)"},
                                      {"select", "citext", true}};
    const Names odd_names{"a\"b", "select"};
    const std::vector<ColumnText> merged{plain[0], plain[1], plain[2]};
    std::ostringstream text;
    const auto say = [&](const std::string& statement) { text << statement << ";\n\n"; };
    say(create_table(kTable, plain, Names{"$id"}));
    say(create_table(kOdd, odd, odd_names));
    say(add_column(kOdd, odd[0]));
    say(set_column_type(kTable, {"amount", "numeric"}));
    say(create_index(kOdd, Names{"a\"b"}, false));
    say(create_index(kOdd, odd_names, true));
    say(add_foreign_key({"public", "df_calls"}, "contact_id", kTable, "$id"));
    say(create_stage("ringtail_stage_1", kOdd, odd_names));
    say(copy_from_stdin("\"ringtail_stage_1\"", odd_names, Format::text));
    say(copy_from_stdin("\"ringtail_stage_1\"", odd_names, Format::binary));
    say(find_existing(kTable, std::vector{plain[0]}));
    say(find_existing(kOdd, odd));
    say(find_existing(kTable, std::vector{ColumnText{"id", "bigint"}}));
    say(update_from_stage({.table = kTable,
                           .stage = "stage",
                           .columns = merged,
                           .key = {plain[0]},
                           .changed = plain[3]}));
    say(update_from_stage(
        {.table = kOdd, .stage = "stage", .columns = odd, .key = {odd[0]}, .changed = {}}));
    say(erase(kOdd, odd[0]));
    say(erase(kTable, {"$id", "bigint"}));
    say(erase(kTable, {"$id", "character(16)"}));
    say(erase(kTable, {"$id", "timestamp(3) with time zone"}));
    say(fingerprints(kTable, std::vector{plain[0]}, "$md5"));
    say(fingerprints(kTable, std::vector{plain[0]}, ""));
    say(fingerprints(kOdd, odd, "f"));
    return text.str();
}

TEST(PostgresText, IsAsInTheGoldenFile) {
    const std::string file = RINGTAIL_SOURCE_DIR "/tests/golden/sql/postgres.sql";
    if (std::getenv("RINGTAIL_WRITE_GOLDEN") != nullptr) std::ofstream(file) << all_statements();
    std::ostringstream golden;
    golden << std::ifstream(file).rdbuf();
    EXPECT_EQ(all_statements(), golden.str())
        << "write it anew with RINGTAIL_WRITE_GOLDEN=1 and look at the diff";
}

TEST(PostgresText, ThereIsNothingToUpdateWhereThereIsOnlyAKey) {
    const std::vector<ColumnText> key{{"id", "text"}};
    EXPECT_EQ(update_from_stage(
                  {.table = kTable, .stage = "s", .columns = key, .key = key, .changed = key[0]}),
              "");
}

TEST(PostgresText, EveryTypeHasANameAndARule) {
    for (const Type type :
         {Type::boolean, Type::int64, Type::decimal, Type::text, Type::timestamp, Type::json}) {
        EXPECT_FALSE(type_name(type).empty());
    }
    EXPECT_EQ(column_type(Type::int64).kind, Kind::integer);
    EXPECT_FALSE(column_type(Type::decimal).precision);
    EXPECT_FALSE(column_type(Type::text).max_chars);
    EXPECT_FALSE(column_type(Type::text).holds_nul);
    EXPECT_TRUE(column_type(Type::json).holds_nul);
}

TEST(PostgresText, ArraysQuoteTheirElements) {
    EXPECT_EQ(array_literal(Names{}), "{}");
    EXPECT_EQ(array_literal(Names{"a", "", "NULL", "b\"c\\d,{}"}),
              R"({"a","","NULL","b\"c\\d,{}"})");
    EXPECT_EQ(array_literal(std::vector<std::optional<std::string>>{"a", std::nullopt}),
              R"({"a",NULL})");
}

}  // namespace
}  // namespace ringtail::sql::postgres
