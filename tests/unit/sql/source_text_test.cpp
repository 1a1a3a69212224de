#include "sql/source_text.hpp"

#include <gtest/gtest.h>

#include "base/time_text.hpp"

namespace ringtail::sql {
namespace {

Instant at(std::string_view time) { return parse_time(time).value(); }

TEST(SourceText, EachTypeHasOneForm) {
    struct Case {
        Type type;
        const char *stored, *form;
    };
    std::string scratch;
    for (const Case& test :
         {Case{Type::int64, "7", "7"},
          {Type::int64, "-9223372036854775808", "-9223372036854775808"},
          {Type::int64, "7.0", "7"},
          {Type::decimal, "12.5000000000", "12.5"},
          {Type::decimal, ".50", "0.5"},
          {Type::decimal, "-0.00", "0"},
          {Type::decimal, "1e+20", "100000000000000000000"},
          {Type::decimal, "NaN", "NaN"},
          {Type::decimal, "1e-5000", "1e-5000"},
          {Type::boolean, "t", "true"},
          {Type::boolean, "0", "false"},
          {Type::boolean, "maybe", "maybe"},
          {Type::timestamp, "2024-03-05 10:03:27", "2024-03-05T10:03:27.000Z"},
          {Type::timestamp, "2024-03-05 10:03:27.481+00", "2024-03-05T10:03:27.481Z"},
          {Type::timestamp, "2024-03-05", "2024-03-05T00:00:00.000Z"},
          {Type::timestamp, "infinity", "infinity"},
          {Type::text, "12.50", "12.50"},
          {Type::json, "[1.50]", "[1.50]"}}) {
        EXPECT_EQ(source_text(test.type, test.stored, scratch), test.form) << test.stored;
    }
}

TEST(SourceText, TimesAreComparedAsFineAsTheColumnIs) {
    const auto bound = [](std::string_view time, const ColumnType& type) {
        const auto found = time_bound(at(time), type);
        return found ? found->text + (found->is_earlier ? " <" : "") : "none";
    };
    const ColumnType text{};
    EXPECT_EQ(bound("2024-03-05T10:03:27.481Z", text), "2024-03-05T10:03:27.481");
    EXPECT_EQ(bound("2024-03-05T10:03:00Z", text), "2024-03-05T10:03:00");
    EXPECT_EQ(bound("2024-03-05T00:00:00Z", text), "2024-03-05");
    const ColumnType day{.kind = Kind::date};
    EXPECT_EQ(bound("2024-03-05", day), "2024-03-05");
    EXPECT_EQ(bound("2024-03-05T00:00:00.001Z", day), "2024-03-05 <");
    ColumnType seconds{.kind = Kind::timestamp};
    seconds.precision = 0;
    EXPECT_EQ(bound("2024-03-05T10:03:27Z", seconds), "2024-03-05T10:03:27.000Z");
    EXPECT_EQ(bound("2024-03-05T10:03:27.999Z", seconds), "2024-03-05T10:03:27.000Z <");
    EXPECT_EQ(bound("2024-03-05", {.kind = Kind::integer}), "none");
}

// Whatever the form that a text of a time has.
TEST(SourceText, TextsOfTimesAreOnTheRightSideOfTheirBound) {
    for (const char* bound :
         {"2024-03-05T00:00:00Z", "2024-03-05T10:03:00Z", "2024-03-05T10:03:27.481Z"}) {
        const Instant time = at(bound);
        const std::string text = time_bound(time, {})->text;
        for (const char* stored :
             {"2024-03-04T23:59:59.999999Z", "2024-03-05", "2024-03-05T00:00:00Z",
              "2024-03-05T00:00:00.000Z", "2024-03-05T00:00:00.000001Z", "2024-03-05T10:02:59Z",
              "2024-03-05T10:03:00", "2024-03-05T10:03:00.000Z", "2024-03-05T10:03:27.480999Z",
              "2024-03-05T10:03:27.481Z", "2024-03-05T10:03:27.481000Z",
              "2024-03-05T10:03:27.481001Z", "2024-03-06"}) {
            EXPECT_EQ(stored < text, at(stored) < time) << stored << " and " << bound;
        }
    }
}

}  // namespace
}  // namespace ringtail::sql
