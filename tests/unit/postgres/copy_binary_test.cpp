#include "destination/postgres/copy_binary.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace ringtail::postgres {
namespace {

using sql::Kind;

// In hex, the length apart.
std::string field(std::string_view value, const sql::ColumnType& type) {
    std::string out = "before|", hex;
    append_binary(value, type, out);
    for (const char c : out.substr(7)) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return hex.insert(8, " ");
}

// As `COPY (SELECT …) TO STDOUT (FORMAT binary)` of PostgreSQL 15 writes them.
TEST(CopyBinary, WritesWhatTheServerWrites) {
    EXPECT_EQ(field("ä\t\\", {.kind = Kind::text}), "00000004 c3a4095c");
    EXPECT_EQ(field("{\"a\":1}", {.kind = Kind::json}), "00000007 7b2261223a317d");
    EXPECT_EQ(field("1", {.kind = Kind::boolean}), "00000001 01");
    EXPECT_EQ(field("0", {.kind = Kind::boolean}), "00000001 00");
    EXPECT_EQ(field("-2", {.kind = Kind::integer, .bytes = 2}), "00000002 fffe");
    EXPECT_EQ(field("2147483647", {.kind = Kind::integer, .bytes = 4}), "00000004 7fffffff");
    EXPECT_EQ(field("-9223372036854775808", {.kind = Kind::integer}), "00000008 8000000000000000");
    EXPECT_EQ(field("2000-01-01T00:00:00.000Z", {.kind = Kind::timestamptz}),
              "00000008 0000000000000000");
    EXPECT_EQ(field("1999-12-31T23:59:59.999999Z", {.kind = Kind::timestamp}),
              "00000008 ffffffffffffffff");
    EXPECT_EQ(field("0001-01-01", {.kind = Kind::date}), "00000004 fff4dbf9");
    EXPECT_EQ(field("9999-12-31", {.kind = Kind::date}), "00000004 002c95d3");
}

TEST(CopyBinary, WritesDecimalsInGroupsOfFourDigits) {
    const sql::ColumnType decimal{.kind = Kind::decimal};
    EXPECT_EQ(field("1", decimal),
              "0000000a 0001000000000000"
              "0001");
    EXPECT_EQ(field("-12345.60", decimal),
              "0000000e 0003000140000002"
              "000109291770");
    EXPECT_EQ(field("0.05", decimal),
              "0000000a 0001ffff00000002"
              "01f4");
}

TEST(CopyBinary, IsForTheServersOwnTypes) {
    const auto has = [](const char* type) { return has_binary_form({"c", type, {}}); };
    for (const char* type : {"text", "character varying", "character varying(50)", "bigint",
                             "timestamp(3) with time zone", "timestamp without time zone", "date",
                             "numeric(12,3)", "json", "boolean"})
        EXPECT_TRUE(has(type)) << type;
    for (const char* type : {"jsonb", "citext", "real", "uuid", "character(5)", "text[]",
                             "character varying(50)[]", "other.text", "short", "bit varying(3)"})
        EXPECT_FALSE(has(type)) << type;
}

}  // namespace
}  // namespace ringtail::postgres
