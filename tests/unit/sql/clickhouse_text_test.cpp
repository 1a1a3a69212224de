#include "sql/clickhouse_text.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "sql/clickhouse_view.hpp"

namespace ringtail::sql::clickhouse {
namespace {

using Names = std::vector<std::string>;

const TableName kTable{"calls", "df_transactions"};
const TableName kOdd{"my `db`", "x'; DROP TABLE y; --\\"};
const TableName kCluster{"calls", "df_contacts", "two`s"};
const Features kOld{};
const Features kCurrent{.datetime64 = true, .or_replace_view = true, .fsync_after_insert = true};

std::vector<ColumnText> columns(const Features& features) {
    const auto type = [&](Type one) { return nullable(type_name(one, features)); };
    return {{"id", "String"},
            {"fired", type(Type::timestamp)},
            {"amount", type(Type::decimal)},
            {"duration", type(Type::int64)},
            {"isHI", type(Type::boolean)},
            {"_extra", type(Type::json)}};
}

// Every statement of the dialect: for an old and a current server, with a cluster, with odd names.
std::string all_statements() {
    const Names id{"id"}, odd_key{"a`b", "line\nbreak"}, two{"name", "of the user"};
    const std::vector<ColumnText> odd{{"a`b", "String"}, {"back\\slash", "Nullable(String)"}};
    std::ostringstream text;
    const auto say = [&](const std::string& statement) { text << statement << ";\n\n"; };
    say(create_storage(kTable, columns(kOld), id, true, kOld));
    say(create_storage(kTable, columns(kCurrent), id, true, kCurrent));
    say(create_storage(kOdd, odd, odd_key, false, kOld));
    say(create_storage(kCluster, columns(kCurrent), id, true, kCurrent));
    say(create_distributed(kCluster, id));
    say(create_distributed(kCluster, odd_key));
    say(add_columns(kTable, odd));
    say(add_columns(kCluster.storage(), odd));
    say(add_columns(kCluster, odd));
    say(modify_column(kOdd, odd[1]));
    say(modify_column(kCluster.storage(), odd[1]));
    say(create_view(kTable, two, kOld));
    say(create_view(kCluster, two, kCurrent));
    say(drop_view(kTable));
    say(drop_view(kCluster));
    say(drop_table(kOdd));
    say(insert(kTable, two));
    const ViewText wide{.base = "`calls`.`facts_current`",
                        .joins = {{"`calls`.`dates_current`", "id", "dates_id"},
                                  {"`calls`.`sites_current`", "id", "sites_id"}},
                        .columns = {{2, "domain", "Сайт"}, {0, "n", "n"}, {1, "label", "День"}}};
    say(create_star_view({"calls", "wide"}, wide, {}));
    say(create_star_view({"calls", "wide", "both"}, wide, {.or_replace_view = true}));
    say(keys_structure(std::vector<std::string>{"String"}));
    say(keys_structure(std::vector<std::string>{"String", "Int64"}));
    say(find_existing(kTable, id));
    say(find_existing(kOdd, odd_key));
    say(fingerprints(kTable, id, "$md5"));
    say(fingerprints(kOdd, odd_key, ""));
    say(find_columns(kTable, id, two));
    say("SELECT " + literal("it's a \\ with\nbreaks and " + std::string(1, '\0')));
    return text.str();
}

TEST(ClickHouseText, IsAsInTheGoldenFile) {
    const std::string file = RINGTAIL_SOURCE_DIR "/tests/golden/sql/clickhouse.sql";
    if (std::getenv("RINGTAIL_WRITE_GOLDEN") != nullptr) std::ofstream(file) << all_statements();
    std::ostringstream golden;
    golden << std::ifstream(file).rdbuf();
    EXPECT_EQ(all_statements(), golden.str())
        << "RINGTAIL_WRITE_GOLDEN=1 writes it anew; look at the difference";
}

TEST(ClickHouseText, NamesThatAreTaken) {
    const Names mapped = map_names(Names{"_version", "_part", "name", std::string(100, 'n')},
                                   Names{"name"}, name_rules());
    EXPECT_TRUE(mapped[0].starts_with("_version_")) << mapped[0];
    EXPECT_TRUE(mapped[1].starts_with("_part_")) << mapped[1];
    EXPECT_EQ(mapped[2], "name");
    EXPECT_LE(mapped[3].size(), 80U);
}

}  // namespace
}  // namespace ringtail::sql::clickhouse
