#include "jobs/compare_rows.hpp"

#include <gmock/gmock.h>

#include <random>

#include "jobs/reconcile_totals.hpp"

namespace ringtail::jobs {
namespace {

using Kind = Difference::Kind;
using testing::IsEmpty;

SourceRow told(std::string key, ComparedValues values, bool open = false) {
    return {std::move(key), std::move(values), open};
}
StoredRow kept(std::string key, ComparedValues values, std::string row = "1", bool open = false) {
    return {std::move(key), std::move(row), std::move(values), open, {}};
}

Compared compare(std::vector<SourceRow> there, std::vector<StoredRow> here,
                 std::vector<std::string> beyond = {}) {
    return compare_rows(there, here, beyond);
}

TEST(CompareRows, EqualInWhateverOrder) {
    const auto compared = compare({told("2", {"x"}), told("10", {"y"}), told("1", {{}})},
                                  {kept("10", {"y"}), kept("1", {{}}), kept("2", {"x"})});
    EXPECT_TRUE(compared.is_equal());
    EXPECT_EQ(compared.there, 3U);
    EXPECT_EQ(compared.hash_there.size(), 32U);
    EXPECT_THAT(compared.differences, IsEmpty());
}

TEST(CompareRows, NamesWhatIsMissingChangedAndExtra) {
    const auto compared =
        compare({told("a", {"1", "2"}), told("b", {"1", {}}), told("d", {"5", "5"})},
                {kept("b", {"7", "0"}, "22"), kept("c", {"1", "1"}, "33"), kept("d", {"5", "5"})});
    EXPECT_FALSE(compared.is_equal());
    ASSERT_EQ(compared.differences.size(), 3U);
    EXPECT_EQ(compared.differences[0].kind, Kind::missing);
    EXPECT_EQ(compared.differences[0].key, "a");
    const auto& changed = compared.differences[1];
    EXPECT_EQ(changed.kind, Kind::changed);
    EXPECT_EQ(changed.row, "22");
    ASSERT_EQ(changed.values.size(), 2U);
    EXPECT_EQ(changed.values[0].here, "7");
    EXPECT_EQ(changed.values[0].there, "1");
    EXPECT_EQ(changed.values[1].there, std::nullopt);
    EXPECT_EQ(compared.differences[2].kind, Kind::extra);
    EXPECT_EQ(compared.differences[2].row, "33");
}

// What two columns hold does not run into one another, and null is no text.
TEST(CompareRows, ValuesKeepApart) {
    EXPECT_FALSE(compare({told("a", {"1", "23"})}, {kept("a", {"12", "3"})}).is_equal());
    EXPECT_FALSE(compare({told("a", {""})}, {kept("a", {{}})}).is_equal());
    EXPECT_FALSE(compare({told("a", {"x"})}, {kept("ax", {})}).is_equal());
}

TEST(CompareRows, OpenAndUnwantedRowsAreNotExtra) {
    const auto compared =
        compare({told("a", {"1"}, true)},
                {kept("a", {"1"}), kept("b", {"1"}, "2", true), kept("c", {"1"})}, {"d", "c"});
    EXPECT_TRUE(compared.is_equal());
    EXPECT_EQ(compared.open, 2U);
    EXPECT_EQ(compared.here, 1U);
}

TEST(CompareRows, WithoutValuesTheKeyCounts) {
    EXPECT_TRUE(compare({told("a", {})}, {kept("a", {"7"})}).is_equal());
}

TEST(CompareRows, OfRowsWithOneKeyTheOthersAreExtra) {
    const auto compared =
        compare({told("a", {"1"})}, {kept("a", {"2"}, "10"), kept("a", {"1"}, "11")});
    ASSERT_EQ(compared.differences.size(), 1U);
    EXPECT_EQ(compared.differences[0].kind, Kind::extra);
    EXPECT_EQ(compared.differences[0].row, "10");
}

TEST(CompareRows, AMarkedRowThatIsNamedAgainIsEqual) {
    StoredRow row = kept("a", {"1"});
    row.missing_since = Instant();
    const auto compared = compare({told("a", {"1"})}, {row});
    EXPECT_TRUE(compared.is_equal());
    EXPECT_EQ(compared.count(Kind::again), 1U);
}

// Against a straightforward reference.
TEST(CompareRows, AnyTwoSides) {
    std::mt19937 dice(11);
    for (int round = 0; round < 200; ++round) {
        std::map<std::string, std::string> there, here;
        for (auto* side : {&there, &here})
            for (unsigned i = 0; i < 30; ++i)
                if (dice() % 3 != 0) (*side)[std::to_string(i)] = std::to_string(dice() % 2);
        std::vector<SourceRow> source;
        std::vector<StoredRow> stored;
        std::uint64_t missing = 0, changed = 0, extra = 0;
        for (const auto& [key, value] : there) {
            source.push_back(told(key, {value}));
            const auto found = here.find(key);
            missing += found == here.end() ? 1U : 0U;
            changed += found != here.end() && found->second != value ? 1U : 0U;
        }
        for (const auto& [key, value] : here) {
            stored.push_back(kept(key, {value}));
            extra += there.contains(key) ? 0U : 1U;
        }
        std::ranges::shuffle(source, dice);
        std::ranges::shuffle(stored, dice);
        const auto compared = compare(source, stored);
        EXPECT_EQ(compared.count(Kind::missing), missing);
        EXPECT_EQ(compared.count(Kind::changed), changed);
        EXPECT_EQ(compared.count(Kind::extra), extra);
        EXPECT_EQ(compared.is_equal(), missing + changed + extra == 0);
    }
}

TEST(ReconcileTotals, SayItInWordsAndComeBackFromTheirJson) {
    Subject subject;
    subject.noun = "calls";
    subject.captions = {"duration", "talk time"};
    Compared compared;
    compared.differences.push_back({Kind::missing, "1", "", {}, {}});
    compared.differences.push_back({Kind::changed, "2", "2", {}, {{1, "3", "4"}}});
    compared.differences.push_back({Kind::extra, "3", "3", {}, {}});
    compared.differences.push_back({Kind::again, "4", "4", {}, {}});
    ReconcileTotals totals;
    totals.days = 1;
    totals.note(subject, compared);
    EXPECT_EQ(totals.words(), "1 call missing, 1 with another talk time, 1 extra: repaired");
    totals.left = totals.marked = 1;
    totals.position = "2024-01-02";
    EXPECT_EQ(totals.words(),
              "1 call missing, 1 with another talk time, 1 extra: 2 repaired, 1 extra marked as "
              "missing at the source");
    const auto again = read_totals(totals.json());
    EXPECT_EQ(again.json(), totals.json());
    EXPECT_EQ(again.words(), totals.words());
    EXPECT_EQ(again.position, "2024-01-02");
    EXPECT_EQ(read_totals("{}").words(), "0 days compared: equal");
}

}  // namespace
}  // namespace ringtail::jobs
