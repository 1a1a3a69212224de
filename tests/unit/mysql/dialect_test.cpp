#include "destination/mysql/dialect.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "base/error.hpp"
#include "destination/mysql/literal.hpp"

namespace ringtail::mysql {
namespace {

using relational::NewTable;
using relational::StoredColumn;
using relational::StoredTable;
using relational::Use;

const std::string kExact = "utf8mb4_nopad_bin";

StoredColumn column(const std::string& name, const std::string& type, bool as_text = false) {
    StoredColumn column;
    column.name = name;
    column.type_text = type;
    column.compare_as_text = as_text;
    return column;
}

StoredTable table(const std::string& schema, const std::string& name) {
    StoredTable table;
    table.name = {schema, name};
    table.shown = shown(table.name);
    return table;
}

// Every statement of the dialect, for a plain and an odd table.
std::string all_statements() {
    const Dialect dialect(kExact);
    const StoredTable contacts = table("calls", "df_contacts");
    const StoredTable odd = table("my `own`", "x'; DROP TABLE y; --");
    const NewTable plain{.place = contacts.name,
                         .columns = {{"$id", Type::text, Use::key},
                                     {"name", Type::text},
                                     {"amount", Type::decimal},
                                     {"count", Type::int64},
                                     {"active", Type::boolean},
                                     {"$changed", Type::timestamp},
                                     {"_extra", Type::json}},
                         .key = {"$id"},
                         .indexes = {},
                         .unique = {},
                         .foreign_keys = {}};
    const NewTable calls{.place = {"calls", "df_calls"},
                         .columns = {{"a`b", Type::text, Use::key},
                                     {"select", Type::text, Use::key},
                                     {"contact_id", Type::text, Use::reference}},
                         .key = {"a`b", "select"},
                         .indexes = {{"contact_id"}},
                         .unique = {{"contact_id", "select"}},
                         .foreign_keys = {{"contact_id", contacts, "$id"}}};
    const std::vector<StoredColumn> columns{
        column("$id", "varchar(255)"),
        column("name", "longtext CHARACTER SET utf8mb4 COLLATE x", true),
        column("amount", "decimal(38,10)")};
    const StoredColumn changed = column("$changed", "datetime(6)");
    const std::vector<StoredColumn> odd_columns{column("a`b", "varchar(50)", true),
                                                column("select", "int(11)")};
    std::ostringstream text;
    const auto say = [&](const std::string& statement) { text << statement << ";\n\n"; };
    say(create_table(plain, kExact));
    say(create_table(calls, kExact));
    say(add_index(contacts, {{"a`b", "select"}, true}));
    say(add_index(contacts, {{"a`b"}, false}));
    say(make_view(odd.name, "SELECT 1 AS `Дата`", false));
    say(make_view(odd.name, "SELECT 1 AS `Дата`", true));
    say(add_column(contacts, {.name = "data", .type = Type::json, .backfilled = true}, kExact));
    say(finish_column(contacts, {"data", Type::json}, kExact));
    say(add_column(odd, {"a`b", Type::text}, kExact));
    say(finish_column(odd, {"a`b", Type::text}, kExact));
    StoredColumn narrow =
        column("it's", "varchar(50) CHARACTER SET utf16 COLLATE utf16_general_ci");
    narrow.attributes = "NOT NULL COMMENT 'it''s'";
    for (const auto& wider : dialect.wider_types(narrow, Use::value))
        say(dialect.set_column_type(odd, narrow, wider));
    for (const auto& wider : dialect.wider_types(narrow, Use::key))
        say(dialect.set_column_type(odd, narrow, wider));
    narrow.type.max_chars = 50;
    say(dialect.set_column_type(odd, narrow, *dialect.exact_type(narrow)));
    for (const auto& statement : dialect.create_stage("stage", odd, odd_columns)) say(statement);
    say(load_data(shown(contacts.name), columns, &changed, "'2024-03-05 10:00:00.000'"));
    say(load_data("`stage`", odd_columns, nullptr, ""));
    say(insert_values(shown(contacts.name), columns, &changed) + "…");
    say("…" + on_duplicate_key(columns, {columns[0]}, &changed, kExact));
    say("…" + on_duplicate_key(odd_columns, odd_columns, nullptr, kExact));
    say(dialect.update_from_stage({.table = contacts.shown,
                                   .stage = "`stage`",
                                   .columns = columns,
                                   .key = {columns[0]},
                                   .changed = changed}));
    say(dialect.update_from_stage({.table = odd.shown,
                                   .stage = "`stage`",
                                   .columns = odd_columns,
                                   .key = {odd_columns[0]},
                                   .changed = {}}));
    for (const auto& statement : dialect.create_own_tables()) say(statement);
    say("SELECT " + dialect.now() + ", " + dialect.now_plus(60) + ", " +
        dialect.seconds_until("lease_until") + " " + dialect.limit(10));
    return text.str();
}

TEST(MysqlText, IsAsInTheGoldenFile) {
    const std::string file = RINGTAIL_SOURCE_DIR "/tests/golden/sql/mysql.sql";
    if (std::getenv("RINGTAIL_WRITE_GOLDEN") != nullptr) std::ofstream(file) << all_statements();
    std::ostringstream golden;
    golden << std::ifstream(file).rdbuf();
    EXPECT_EQ(all_statements(), golden.str());
}

TEST(MysqlText, ATableOfKeysOnlyNeedsNoUpdate) {
    const StoredColumn id = column("id", "varchar(255)");
    EXPECT_EQ(Dialect(kExact).update_from_stage(
                  {.table = "t", .stage = "s", .columns = {id}, .key = {id}, .changed = {}}),
              "");
}

TEST(MysqlText, ParametersStandWhereTheQuestionMarksAre) {
    const std::vector<std::optional<std::string>> params{"it's", std::nullopt, "back\\slash"};
    EXPECT_EQ(with_params("SELECT `?`, '?', \"?\", ? , ?,?", params),
              "SELECT `?`, '?', \"?\", 'it''s' , NULL,'back\\slash'");
    EXPECT_THROW(with_params("SELECT ?", params), Error);
    EXPECT_THROW(with_params("SELECT ?, ?, ?, ?", params), Error);
    EXPECT_EQ(quote_name("a`b"), "`a``b`");
}

}  // namespace
}  // namespace ringtail::mysql
