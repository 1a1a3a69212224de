#include "model/batch.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace ringtail {
namespace {

using namespace std::string_literals;

Cell text(std::string_view value) { return {Cell::Kind::text, value}; }

const Table kCalls{
    "calls", {{"id"}, {"$changed", Type::timestamp}, {"note"}, {"seconds", Type::int64}},
    {"id"},  {},
    "",      "$changed",
    ""};
const Table kPairs{"pairs", {{"value"}, {"a"}, {"b"}}, {"a", "b"}, {}, "", "", ""};

void put(Batch& batch, std::initializer_list<std::string_view> texts) {
    for (const auto value : texts) batch.add(text(value));
    batch.end_row();
}

TEST(Batch, CellsAreTheColumnsWithoutTheChangedOne) {
    const Batch batch(kCalls);
    EXPECT_EQ(batch.width(), 3U);
    EXPECT_EQ(batch.cell_columns(), (std::vector<std::size_t>{0, 2, 3}));
    EXPECT_EQ(batch.key_cells(), std::vector<std::size_t>{0});
    EXPECT_EQ(Batch(kPairs).key_cells(), (std::vector<std::size_t>{1, 2}));
    EXPECT_EQ(&batch.table(), &kCalls);
}

TEST(Batch, GivesBackEveryKindOfCell) {
    Batch batch(kCalls);
    const std::string with_nul = "a\0b"s;
    batch.add(text(with_nul));
    batch.add({Cell::Kind::broken_text, R"("\ud800")"});
    batch.add({});
    batch.end_row();
    EXPECT_EQ(batch.at(0, 0).text, with_nul);
    EXPECT_EQ(batch.at(0, 1).kind, Cell::Kind::broken_text);
    EXPECT_EQ(batch.at(0, 1).text, R"("\ud800")");
    EXPECT_EQ(batch.at(0, 2).kind, Cell::Kind::null);
}

TEST(Batch, KeepsItsOwnCopyOfTexts) {
    Batch batch(kCalls);
    for (int row = 0; row < 1'000; ++row) {
        const std::string value = "value " + std::to_string(row);
        put(batch, {std::to_string(row), value, "1"});
    }
    EXPECT_EQ(batch.rows(), 1'000U);
    EXPECT_EQ(batch.at(0, 1).text, "value 0");
    EXPECT_EQ(batch.at(999, 1).text, "value 999");
    EXPECT_GT(batch.bytes(), 1'000U * 10);
    const Batch moved(std::move(batch));
    EXPECT_EQ(moved.at(500, 1).text, "value 500");
}

TEST(Batch, CellsCanBeSetInAnyOrder) {
    Batch batch(kCalls);
    batch.add_null_row();
    batch.set(2, {Cell::Kind::number, "7"});
    batch.set(0, text("first"));
    batch.set(0, text("k"));
    batch.end_row();
    EXPECT_EQ(batch.at(0, 0).text, "k");
    EXPECT_EQ(batch.at(0, 1).kind, Cell::Kind::null);
    EXPECT_EQ(batch.at(0, 2).text, "7");
}

TEST(Batch, ARowThatIsRolledBackLeavesNothing) {
    Batch batch(kCalls);
    put(batch, {"1", "a", "1"});
    batch.add(text("half"));
    batch.rollback_row();
    batch.add_null_row();
    batch.set(0, text("set"));
    batch.rollback_row();
    put(batch, {"2", "b", "2"});
    EXPECT_EQ(batch.rows(), 2U);
    EXPECT_EQ(batch.at(1, 0).text, "2");
    EXPECT_EQ(batch.key_of(1), "2");
}

TEST(Batch, ARowOfTheWrongWidthIsABug) {
    Batch batch(kCalls);
    batch.add(text("1"));
    try {
        batch.end_row();
        FAIL() << "no error";
    } catch (const Error& error) {
        EXPECT_EQ(error.fault(), Fault::bug);
    }
    EXPECT_THROW(batch.set(3, text("beyond")), std::out_of_range);
}

TEST(Batch, ATableWithoutItsKeyIsABug) {
    EXPECT_THROW(Batch(Table{"t", {{"id"}}, {}, {}, "", "", ""}), Error);
    EXPECT_THROW(Batch(Table{"t", {{"id"}}, {"other"}, {}, "", "", ""}), Error);
}

TEST(Batch, KeysOfSeveralColumnsAreJoined) {
    Batch batch(kPairs);
    put(batch, {"v", "x", "y"});
    EXPECT_EQ(batch.key_of(0), "x\x1fy");
}

// "ab"+"c" and "a"+"bc" are different keys.
TEST(Batch, KnowsTheLastRowOfEachKey) {
    Batch calls(kCalls);
    for (const char* id : {"1", "2", "1", "3", "1", "2"}) put(calls, {id, "n", "0"});
    EXPECT_EQ(calls.last_of_key(), (std::vector<bool>{false, false, false, true, true, true}));
    Batch pairs(kPairs);
    put(pairs, {"1", "ab", "c"});
    put(pairs, {"2", "a", "bc"});
    put(pairs, {"3", "ab", "c"});
    EXPECT_EQ(pairs.last_of_key(), (std::vector<bool>{false, true, true}));
    EXPECT_TRUE(Batch(kCalls).last_of_key().empty());
}

TEST(Batch, RemembersWhatToErase) {
    Batch batch(kCalls);
    batch.erase("1");
    batch.erase("2");
    EXPECT_EQ(batch.erased(), (std::vector<std::string>{"1", "2"}));
    EXPECT_EQ(batch.rows(), 0U);
}

TEST(Batch, AnErasedKeyTakesTheRowsBeforeItAlongButNotThoseAfterIt) {
    Batch calls(kCalls);
    put(calls, {"a", "stale", "1"});
    put(calls, {"b", "stale", "1"});
    calls.erase("a");
    calls.erase("b");
    calls.erase("not here");
    put(calls, {"b", "new", "2"});
    EXPECT_EQ(calls.last_of_key(), (std::vector<bool>{false, false, true}));
    EXPECT_EQ(calls.erased(), (std::vector<std::string>{"a", "b", "not here"}));
}

}  // namespace
}  // namespace ringtail
