#include <gtest/gtest.h>

#include "base/error.hpp"
#include "destination/clickhouse/column.hpp"
#include "destination/clickhouse/hash.hpp"
#include "destination/clickhouse/pace.hpp"
#include "destination/clickhouse/rows.hpp"
#include "destination/clickhouse/tsv.hpp"
#include "destination/clickhouse/version.hpp"

namespace ringtail::clickhouse {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

TEST(Tsv, EscapesWhatWouldEndAField) {
    std::string out = "x";
    append_escaped("a\tb\nc\\d\0e\rf'g"s, out);
    EXPECT_EQ(out, "xa\\tb\\nc\\\\d\\0e\\rf'g");
    EXPECT_EQ(unescaped(out.substr(1)), "a\tb\nc\\d\0e\rf'g"s);
    EXPECT_EQ(unescaped(R"(it\'s \b\f)"), "it's \b\f");
}

TEST(Tsv, RowsAndFields) {
    TsvRows rows("a\t\\N\t7\n\t\\\\N\t\n");
    ASSERT_TRUE(rows.next());
    EXPECT_EQ(rows.width(), 3U);
    EXPECT_TRUE(rows.is_null(1));
    EXPECT_EQ(rows.number(2), 7U);
    EXPECT_THROW(rows.number(0), Error);
    ASSERT_TRUE(rows.next());
    EXPECT_EQ(rows.raw(0), "");
    EXPECT_FALSE(rows.is_null(1));
    EXPECT_EQ(rows.text(1), "\\N");
    EXPECT_EQ(rows.text(2), "");
    EXPECT_FALSE(rows.next());
    EXPECT_FALSE(TsvRows("").next());
}

// The reference's own vectors: key 00 01 … 0f, texts of 0, 1, 8 and 15 such bytes.
TEST(SipHash, IsSipHash24) {
    const std::uint64_t key0 = 0x0706050403020100, key1 = 0x0f0e0d0c0b0a0908;
    std::string text;
    for (char c = 0; c < 15; ++c) text += c;
    EXPECT_EQ(sip_hash("", key0, key1), 0x726fdb47dd0e0e31);
    EXPECT_EQ(sip_hash(text.substr(0, 1), key0, key1), 0x74f839c593dc67fd);
    EXPECT_EQ(sip_hash(text.substr(0, 8), key0, key1), 0x93f5f5799a932462);
    EXPECT_EQ(sip_hash(text, key0, key1), 0xa129ca6149be45e5);
}

TEST(RowHash, CountsEachValueWithItsColumn) {
    RowHash a, b, swapped;
    a.add(RowHash::column("x"), "1");
    a.add(RowHash::column("y"), "2");
    b.add(RowHash::column("y"), "2");
    b.add(RowHash::column("x"), "1");
    swapped.add(RowHash::column("x"), "2");
    swapped.add(RowHash::column("y"), "1");
    EXPECT_EQ(a.value(), b.value());
    EXPECT_NE(a.value(), swapped.value());
    b.remove(RowHash::column("x"), "1");
    RowHash only_y;
    only_y.add(RowHash::column("y"), "2");
    EXPECT_EQ(b.value(), only_y.value());
    // Stored in tables: never to change.
    EXPECT_EQ(RowHash::column("$id"), sip_hash("$id"));
}

TEST(Months, OddDatesShareOnePartition) {
    EXPECT_EQ(month_of("2024-03-05 10:03:27.481000"), 202403U);
    EXPECT_EQ(month_of("1990-01-01 00:00:00.000000"), 199001U);
    EXPECT_EQ(month_of("2099-12-31 00:00:00.000000"), 209912U);
    EXPECT_EQ(month_of("1989-12-31 00:00:00.000000"), 0U);
    EXPECT_EQ(month_of("9999-12-31 00:00:00.000000"), 0U);
    EXPECT_EQ(month_of(""), 0U);
}

class FakeClock final : public Clock {
  public:
    Instant now() const override { return now_; }
    void sleep(std::chrono::milliseconds pause, std::stop_token stop) override {
        slept_.push_back(pause);
        if (!stop.stop_requested()) now_ += pause;
    }
    Instant now_{std::chrono::seconds(1'700'000'000)};
    std::vector<std::chrono::milliseconds> slept_;
};

TEST(Pace, OneInsertPerTableAndPause) {
    FakeClock clock;
    Pace pace(clock, 1s);
    pace.wait("a", {});
    pace.wait("b", {});
    EXPECT_TRUE(clock.slept_.empty()) << "the first of each table";
    clock.now_ += 300ms;
    pace.wait("a", {});
    EXPECT_EQ(clock.slept_, std::vector{700ms});
    clock.now_ += 5s;
    pace.wait("a", {});
    EXPECT_EQ(clock.slept_.size(), 1U);
    clock.now_ -= 1h;
    pace.wait("a", {});
    EXPECT_EQ(clock.slept_.back(), 1000ms) << "not an hour when the clock goes back";
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW(pace.wait("a", stop.get_token()), Error);
}

TEST(Versions, AlwaysGrow) {
    FakeClock clock;
    Versions versions(clock);
    const auto first = versions.next(0);
    EXPECT_EQ(first, 1'700'000'000'000'000U);
    EXPECT_EQ(versions.next(0), first + 1);
    clock.now_ -= 1h;
    EXPECT_EQ(versions.next(0), first + 2) << "also when the clock goes back";
    EXPECT_EQ(versions.next(first + 100), first + 101) << "also behind what another clock wrote";
    clock.now_ += 2h;
    EXPECT_EQ(versions.next(0), first + 3'600'000'000U);
}

}  // namespace
}  // namespace ringtail::clickhouse
