#include <gtest/gtest.h>

#include "source/dialfire/compared_rows.hpp"
#include "source/dialfire/compared_value.hpp"

namespace ringtail::dialfire {
namespace {

using Kind = Cell::Kind;

std::string form(Type type, Kind kind, std::string_view text) {
    return compared_value(type, {kind, text}).value.value_or("(null)");
}

TEST(ComparedValue, HasTheFormInWhichDatabasesAreReadBack) {
    EXPECT_EQ(form(Type::text, Kind::text, "a "), "a ");
    EXPECT_EQ(form(Type::text, Kind::text, ""), "(null)");
    EXPECT_EQ(form(Type::text, Kind::number, "1E+05"), "1E+05");
    EXPECT_EQ(form(Type::text, Kind::boolean, "false"), "0");
    EXPECT_EQ(form(Type::boolean, Kind::boolean, "false"), "false");
    EXPECT_EQ(form(Type::boolean, Kind::text, "1"), "true");
    EXPECT_EQ(form(Type::decimal, Kind::number, "12.500"), "12.5");
    EXPECT_EQ(form(Type::int64, Kind::number, "1e3"), "1000");
    EXPECT_EQ(form(Type::timestamp, Kind::text, "2024-03-05T12:00:00+02:00"),
              "2024-03-05T10:00:00.000Z");
    EXPECT_EQ(form(Type::json, Kind::json, R"({"b":1,"a":2.0})"), R"({"b":1,"a":2.0})");
}

TEST(ComparedValue, TellsWhatMayBeStoredInItsPlace) {
    EXPECT_FALSE(compared_value(Type::text, {Kind::text, "plain"}).may_differ);
    EXPECT_FALSE(compared_value(Type::int64, {Kind::number, "123456789012345678"}).may_differ);
    // Some databases cannot hold these: null is as good.
    EXPECT_TRUE(compared_value(Type::text, {Kind::text, std::string_view("a\0b", 3)}).may_differ);
    EXPECT_TRUE(compared_value(Type::int64, {Kind::number, "12345678901234567890"}).may_differ);
    EXPECT_TRUE(compared_value(Type::decimal, {Kind::number, "0.12345678901"}).may_differ);
    // A reject, which a user's own column of texts may hold as it is.
    const auto wrong = compared_value(Type::timestamp, {Kind::text, "05.03.2024"});
    EXPECT_EQ(wrong.value, std::nullopt);
    EXPECT_EQ(wrong.instead, "05.03.2024");
}

TEST(ComparedRows, ArePackedAndUnpackedAsTheyAre) {
    const Values values{"", std::nullopt, std::string("a\0b", 3), "x"};
    EXPECT_EQ(unpacked(packed(values)), values);
    EXPECT_NE(digest({"ab", ""}), digest({"a", "b"}));
    EXPECT_NE(digest({std::nullopt}), digest({""}));
}

}  // namespace
}  // namespace ringtail::dialfire
