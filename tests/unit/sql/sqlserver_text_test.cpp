#include "sql/sqlserver_text.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace ringtail::sql::sqlserver {
namespace {

const TableName kTable{"dbo", "df_contacts"};
const TableName kOdd{"my schema", "x'; DROP TABLE y; --"};

ColumnText created(const std::string& name, Type type, bool indexed = false) {
    return {name, type_name(type, indexed), attributes(type, indexed), column_type(type, indexed),
            type == Type::text || type == Type::json};
}

ColumnText described(const std::string& name, const CatalogColumn& column) {
    auto description = describe(column, false);
    return {name, description.type_text, description.attributes, description.type,
            description.compare_as_text};
}

// Every statement of the dialect, for tables of ours and for one of the old client's.
std::string all_statements() {
    const std::vector<ColumnText> ours{
        created("$id", Type::text, true), created("name", Type::text),
        created("amount", Type::decimal), created("count", Type::int64),
        created("active", Type::boolean), created("seen", Type::timestamp),
        created("_extra", Type::json)};
    const ColumnText changed = created("$changed", Type::timestamp);
    const std::string collation = "SQL_Latin1_General_CP1_CI_AS";
    const std::vector<ColumnText> old{
        described("$id", {"nvarchar", 50, {}, {}, {}, collation, false}),
        described("a]b", {"text", 2147483647, {}, {}, {}, collation, true}),
        described("select", {"nvarchar", 1, {}, {}, {}, collation, true})};
    const ColumnText old_changed =
        described("$changed", {"nvarchar", 50, {}, {}, {}, collation, true});

    std::ostringstream text;
    const auto say = [&](const std::string& statement) { text << statement << ";\n\n"; };
    std::vector<ColumnText> columns = ours;
    columns.push_back(changed);
    say(create_table(kTable, columns, std::vector<std::string>{"$id"}));
    say(create_table(kOdd, std::vector{created("a]\"b", Type::text, true), old[2]},
                     std::vector<std::string>{"a]\"b"}));
    say(add_column(kOdd, ours[1]));
    say(alter_column(kTable, old[2], "nvarchar(max)"));
    say(alter_column(kTable, old[0], "nvarchar(450)"));
    say(create_index(kOdd, std::vector<std::string>{"a]b"}, false));
    say(create_index(kOdd, std::vector<std::string>{"a]b", "id"}, true));
    for (const bool is_there : {false, true}) {
        for (const bool babelfish : {false, true}) {
            for (const auto& statement : make_view(kOdd, "SELECT 1 AS [Дата]", is_there, babelfish))
                say(statement);
        }
    }
    say(add_foreign_key({"dbo", "df_calls"}, "contact_id", kTable, "$id"));
    for (const auto& statement : create_stage("#stage", kOdd, old)) say(statement);
    say(fill_from_json("#stage", ours, kAnyNumber));
    say(fill_from_json("#stage", old, kJsonColumnsOfBabelfish));
    say(fill_from_json("#stage", ours, 3));
    say(fill_from_values("#stage", ours) + "(" + literal("O'Neil\\\nsecond\\line") + ", NULL)");
    say(json_probe());
    say(json_join_probe());
    const Merge merge{quote(kTable), "#stage", ours, {ours[0]}, changed};
    const Merge old_merge{quote(kOdd), "#stage", old, {old[0]}, old_changed};
    const Merge only_key{quote(kTable), "#stage", {ours[0]}, {ours[0]}, changed};
    say(update_from_stage(merge));
    say(update_from_stage(old_merge));
    EXPECT_EQ(update_from_stage(only_key), "");
    say(insert_from_stage(merge));
    say(insert_from_stage(old_merge));
    say(insert_from_stage(only_key));
    EXPECT_EQ(find_twins(merge), "");
    say(find_twins(old_merge));
    for (const auto& statement : create_own_tables()) say(statement);
    return text.str();
}

TEST(SqlServerText, IsAsInTheGoldenFile) {
    const std::string file = RINGTAIL_SOURCE_DIR "/tests/golden/sql/sqlserver.sql";
    if (std::getenv("RINGTAIL_WRITE_GOLDEN") != nullptr) std::ofstream(file) << all_statements();
    std::ostringstream golden;
    golden << std::ifstream(file).rdbuf();
    EXPECT_EQ(all_statements(), golden.str()) << "RINGTAIL_WRITE_GOLDEN=1 writes it anew";
}

// What Babelfish 4.4 does not have, although SQL Server does.
TEST(SqlServerText, UsesNothingThatBabelfishLacks) {
    const std::string text = all_statements();
    for (const char* missing : {"MERGE", "]]", "WAITFOR", "IGNORE_DUP_KEY", "CREATE OR ALTER", "##",
                                "SERIALIZABLE", "BULK INSERT"}) {
        EXPECT_EQ(text.find(missing), std::string::npos) << missing;
    }
    EXPECT_EQ(text.find("ALTER COLUMN [select] nvarchar(max) NULL"), std::string::npos);
}

TEST(SqlServerText, QuotesNames) {
    EXPECT_EQ(quote("$id"), "[$id]");
    EXPECT_EQ(quote("with \"quotes\""), "[with \"quotes\"]");
    EXPECT_EQ(quote("[bracket]"), "\"[bracket]\"");
    EXPECT_EQ(quote("a]\"b"), "\"a]\"\"b\"");
    EXPECT_EQ(quote(TableName{"dbo", "t"}), "[dbo].[t]");
}

TEST(SqlServerText, LiteralsKeepLineEndsBehindBackslashes) {
    EXPECT_EQ(literal("it's"), "N'it''s'");
    EXPECT_EQ(literal("a\\\nb"), "CAST(N'' AS nvarchar(max)) + N'a\\' + N'\nb'");
    EXPECT_EQ(literal("a\\\r\nb"), "CAST(N'' AS nvarchar(max)) + N'a\\' + N'\r\nb'");
    EXPECT_EQ(literal("a\nb\\c"), "N'a\nb\\c'");
}

TEST(SqlServerText, DescribesColumns) {
    const auto one = [](const std::string& type, std::optional<std::int64_t> length = {},
                        const std::string& collation = "") {
        return describe({type, length, {}, {}, {}, collation, true}, false);
    };
    EXPECT_EQ(one("nvarchar", 50).type.max_chars, 50U);
    EXPECT_TRUE(one("nvarchar", 50).type.counts_utf16);
    EXPECT_EQ(one("nvarchar", -1).type_text, "nvarchar(max)");
    EXPECT_EQ(one("nvarchar", -1).type.max_chars, std::nullopt);
    EXPECT_EQ(one("nvarchar", -1, "Latin1_General_CI_AS").attributes,
              "COLLATE Latin1_General_CI_AS");
    EXPECT_EQ(one("varchar", 50, "latin1_general_bin2").attributes, "COLLATE Latin1_General_BIN2");
    EXPECT_EQ(one("varchar", 50).type.last_char, 0x7Fu);
    EXPECT_TRUE(one("tinyint").type.is_unsigned);
    EXPECT_EQ(one("text", 2147483647).type_text, "text");
    EXPECT_EQ(one("bit").type.kind, Kind::boolean);
    EXPECT_EQ(one("int").type.bytes, 4);
    EXPECT_EQ(one("money").type.scale, 4);
    EXPECT_EQ(one("datetime").type.precision, 2);
    EXPECT_EQ(one("smalldatetime").type.precision, -1);
    EXPECT_EQ(one("uniqueidentifier").type.kind, Kind::other);
    EXPECT_TRUE(one("uniqueidentifier").compare_as_text);
    const CatalogColumn decimal{"numeric", {}, 18, 4, {}, "", false};
    EXPECT_EQ(describe(decimal, false).type_text, "numeric(18,4)");
    EXPECT_EQ(describe(decimal, false).attributes, "NOT NULL");
    EXPECT_EQ(describe(decimal, true).attributes, "") << "Babelfish does not take it there";
    EXPECT_EQ(describe(decimal, true).type.precision, 18);
    const CatalogColumn time{"datetime2", {}, {}, {}, 7, "", true};
    EXPECT_EQ(describe(time, false).type_text, "datetime2(7)");
    EXPECT_EQ(describe(time, false).type.precision, 6) << "microseconds are all there is";
}

TEST(SqlServerText, SendsTextsThatTheServerCasts) {
    const auto decimal = column_type(Type::decimal);
    const std::string zeros(40, '0');
    EXPECT_EQ(sent("12.5" + zeros, decimal), "12.5");
    EXPECT_EQ(sent("-120." + zeros, decimal), "-120");
    EXPECT_EQ(sent("12.50", decimal), "12.50");
    EXPECT_EQ(sent(zeros, decimal), zeros) << "not of the whole part";
    EXPECT_EQ(sent("0.5" + zeros, column_type(Type::text)), "0.5" + zeros);
    const ColumnType old = describe({"datetime", {}, {}, {}, 3, "", true}, false).type;
    EXPECT_EQ(sent("2024-03-05T10:00:00.120Z", old), "2024-03-05T10:00:00.120");
    EXPECT_EQ(sent("2024-03-05T10:00:00Z", ColumnType{.kind = Kind::timestamptz}),
              "2024-03-05T10:00:00Z");
}

TEST(SqlServerText, WidensToWhatHoldsAll) {
    const auto first = [](const ColumnType& type, bool is_key = false, bool indexed = false) {
        const auto choice = wider_types(type, is_key, indexed);
        return choice.empty() ? "" : choice.front().type_text;
    };
    const ColumnType narrow{.kind = Kind::text, .max_chars = 1, .counts_utf16 = true};
    EXPECT_EQ(first(narrow), "nvarchar(max)");
    EXPECT_EQ(first(narrow, true), "");
    EXPECT_EQ(first(narrow, false, true), "nvarchar(450)");
    EXPECT_EQ(first(column_type(Type::text)), "");
    EXPECT_EQ(first(column_type(Type::text, true), false, true), "nvarchar(max)");
    EXPECT_EQ(first({.kind = Kind::integer, .bytes = 4}), "bigint");
    EXPECT_EQ(first({.kind = Kind::integer, .bytes = 8}), "decimal(38,10)");
    EXPECT_EQ(first({.kind = Kind::decimal, .precision = 10, .scale = 0}), "decimal(38,10)");
    EXPECT_EQ(first(column_type(Type::decimal)), "");
    EXPECT_EQ(first({.kind = Kind::decimal, .precision = 38, .scale = 20}), "");
    EXPECT_EQ(first(column_type(Type::timestamp)), "datetime2(6)");
    EXPECT_EQ(first({.kind = Kind::timestamp, .precision = 6}), "");
}

TEST(SqlServerText, NamesThatItsCollationsHoldEqualAreToldApart) {
    const auto& rules = name_rules(false);
    const std::vector<std::string> wanted{"Name", "NAME", "straße", "STRASSE", "Größe", "größe",
                                          "a",    "a ",   "b",      "b😀",      "😀",     "Umlaut"};
    const auto names = map_names(wanted, {}, rules);
    EXPECT_EQ(names[0], "Name");
    EXPECT_NE(names[1], "NAME");
    EXPECT_EQ(names[2], "straße");
    EXPECT_NE(names[3], "STRASSE");
    EXPECT_EQ(names[4], "Größe");
    EXPECT_NE(names[5], "größe");
    EXPECT_EQ(names[6], "a");
    EXPECT_NE(names[7], "a ");
    EXPECT_NE(names[9], "b😀");
    EXPECT_NE(names[10], "😀");
    EXPECT_EQ(names[11], "Umlaut");
    // The same again, when the columns are there.
    EXPECT_EQ(map_names(wanted, names, rules), names);
    // Equal by the coarse rule, and yet another column.
    const std::vector<std::string> other{"Grüße"}, existing{"Größe"};
    EXPECT_NE(map_names(other, existing, rules)[0], "Größe");
}

}  // namespace
}  // namespace ringtail::sql::sqlserver
