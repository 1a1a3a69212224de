#include "destination/clickhouse/column.hpp"

#include <gtest/gtest.h>

#include "destination/clickhouse/rows.hpp"

namespace ringtail::clickhouse {
namespace {

using Outcome = sql::Fitted::Outcome;
using enum Cell::Kind;

// What becomes of a text in a column: the field, or the outcome in brackets.
std::string stored(const std::string& type, Type source, Cell cell) {
    const auto column = stored_column("c", type, source);
    if (!column) return "[no such column]";
    std::string scratch, field;
    const auto fitted = fit_value(cell, *column, scratch);
    switch (fitted.outcome) {
        case Outcome::null:
            return "[null]";
        case Outcome::too_narrow:
            return "[too narrow]";
        case Outcome::reject:
            return "[reject]";
        case Outcome::value:
            break;
    }
    return std::string(field_of(fitted.text, *column, field));
}

TEST(ClickHouseColumn, DecimalsAreWrittenInOneWay) {
    const std::string type = "Nullable(Decimal(38, 10))";
    EXPECT_EQ(stored(type, Type::decimal, {number, "12.50"}), "12.5");
    EXPECT_EQ(stored(type, Type::decimal, {number, "-0"}), "0");
    EXPECT_EQ(stored(type, Type::decimal, {number, "1e5"}), "100000");
    EXPECT_EQ(stored(type, Type::decimal, {number, "0.00000000001"}), "[too narrow]");
    EXPECT_EQ(stored(type, Type::decimal, {number, std::string(29, '9')}), "[too narrow]");
    EXPECT_EQ(stored(type, Type::decimal, {number, std::string(28, '9')}), std::string(28, '9'));
    EXPECT_EQ(stored(type, Type::decimal, {text, "12,5"}), "[reject]");
    // Widened to text it is still a column of numbers.
    EXPECT_EQ(stored("Nullable(String)", Type::decimal, {number, "12.50"}), "12.5");
    EXPECT_EQ(stored("Nullable(String)", Type::decimal, {text, "12,5"}), "[reject]");
    EXPECT_EQ(stored("Nullable(String)", Type::decimal, {number, std::string(300, '7')}),
              std::string(300, '7'));
}

TEST(ClickHouseColumn, Times) {
    const Cell usual{text, "2024-03-05T10:03:27.481Z"};
    EXPECT_EQ(stored("Nullable(String)", Type::timestamp, usual), "2024-03-05 10:03:27.481000");
    EXPECT_EQ(stored("Nullable(DateTime64(6, 'UTC'))", Type::timestamp, usual),
              "2024-03-05 10:03:27.481000");
    EXPECT_EQ(stored("Nullable(DateTime64(3, 'UTC'))", Type::timestamp, usual),
              "2024-03-05 10:03:27.481000");
    EXPECT_EQ(stored("Nullable(DateTime64(3, 'UTC'))", Type::timestamp,
                     {text, "2024-03-05T10:03:27.481516Z"}),
              "[too narrow]");
    EXPECT_EQ(stored("Nullable(DateTime64(6, 'UTC'))", Type::timestamp, {text, "9999-12-31"}),
              "[too narrow]");
    EXPECT_EQ(stored("Nullable(DateTime64(6, 'UTC'))", Type::timestamp, {text, "1899-12-31"}),
              "[too narrow]");
    EXPECT_EQ(stored("Nullable(String)", Type::timestamp, {text, "0001-01-01"}),
              "0001-01-01 00:00:00.000000");
    EXPECT_EQ(stored("DateTime", Type::timestamp, {text, "2024-03-05T10:03:27Z"}), "1709633007");
    EXPECT_EQ(stored("DateTime", Type::timestamp, {text, "1970-01-01T00:00:07Z"}), "00007");
    EXPECT_EQ(stored("Nullable(DateTime)", Type::timestamp, usual), "[too narrow]");
    EXPECT_EQ(stored("Nullable(DateTime)", Type::timestamp, {text, "1969-12-31"}), "[too narrow]");
    // In any zone but UTC its texts mean something else.
    EXPECT_EQ(stored("DateTime64(3)", Type::timestamp, usual), "[no such column]");
    EXPECT_EQ(stored("DateTime64(3, 'Europe/Berlin')", Type::timestamp, usual), "[no such column]");
}

TEST(ClickHouseColumn, OtherTypes) {
    EXPECT_EQ(stored("Nullable(UInt8)", Type::boolean, {boolean, "true"}), "1");
    EXPECT_EQ(stored("Nullable(Bool)", Type::boolean, {text, "FALSE"}), "0");
    EXPECT_EQ(stored("Nullable(UInt8)", Type::int64, {number, "7"}), "[no such column]");
    EXPECT_EQ(stored("Nullable(Int32)", Type::int64, {number, "2147483648"}), "[too narrow]");
    EXPECT_EQ(stored("LowCardinality(Nullable(String))", Type::text, {text, "x"}), "x");
    EXPECT_EQ(stored("Nullable(String)", Type::json, {json, "[1]"}), "[1]");
    EXPECT_EQ(stored("Enum8('a' = 1)", Type::text, {text, "a"}), "[no such column]");
    EXPECT_EQ(stored("Array(String)", Type::text, {text, "a"}), "[no such column]");
}

TEST(ClickHouseColumn, NullWhereThereIsNoNull) {
    EXPECT_EQ(stored("String", Type::text, {}), "[null]") << "the empty text";
    EXPECT_EQ(stored("Int64", Type::int64, {}), "[too narrow]");
    EXPECT_EQ(stored("Nullable(Int64)", Type::int64, {}), "[null]");
    const auto mark = [](const std::string& type, Type source) {
        return nothing_in(*stored_column("c", type, source));
    };
    EXPECT_EQ(mark("Nullable(Int64)", Type::int64), "\\N");
    EXPECT_EQ(mark("Int64", Type::int64), "0");
    EXPECT_EQ(mark("String", Type::timestamp), "");
    EXPECT_EQ(mark("DateTime", Type::timestamp), "00000");
    EXPECT_EQ(mark("DateTime64(6, 'UTC')", Type::timestamp), "1970-01-01 00:00:00");
}

TEST(ClickHouseColumn, WiderTypes) {
    using Types = std::vector<std::string>;
    const sql::clickhouse::Features old{}, current{.datetime64 = true};
    const auto wider = [&](const std::string& type, Type source,
                           const sql::clickhouse::Features& features) {
        return wider_types(*stored_column("c", type, source), source, features);
    };
    EXPECT_EQ(wider("Nullable(Int32)", Type::int64, old),
              (Types{"Nullable(Int64)", "Nullable(Decimal(38, 10))", "Nullable(String)"}));
    EXPECT_EQ(wider("Nullable(Decimal(38, 10))", Type::decimal, old), Types{"Nullable(String)"});
    EXPECT_EQ(wider("Int64", Type::int64, old),
              (Types{"Nullable(Int64)", "Nullable(Decimal(38, 10))", "Nullable(String)"}));
    EXPECT_EQ(wider("Nullable(DateTime64(3, 'UTC'))", Type::timestamp, current),
              (Types{"Nullable(DateTime64(6, 'UTC'))", "Nullable(String)"}));
    EXPECT_EQ(wider("Nullable(DateTime)", Type::timestamp, current), Types{})
        << "its texts are in the server's zone";
    EXPECT_EQ(wider("Nullable(String)", Type::text, current), Types{});
}

}  // namespace
}  // namespace ringtail::clickhouse
