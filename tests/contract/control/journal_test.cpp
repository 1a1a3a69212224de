#include "control/journal.hpp"

#include "contract/control/fixture.hpp"

namespace ringtail::control {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr std::int64_t kDay = 86'400;

class JournalTest : public StoreTest {
  protected:
    std::int64_t run(std::int64_t job, Instant now, RunState end) {
        const auto number = enqueue(job, now);
        Ending ending;
        ending.state = end;
        store().runs().finish(store().runs().claim("me", now).value(), ending, now);
        return number;
    }
    std::vector<std::int64_t> find(const JournalQuery& query) {
        std::vector<std::int64_t> numbers;
        for (const JournalRow& row : store().journal().find(query))
            numbers.push_back(row.run.number);
        return numbers;
    }
    void receive(const std::vector<Received>& rows) { store().journal().add_received(rows); }
    std::int64_t shop_ = add_source("shop"), club_ = add_source("club");
    std::int64_t shop_load_ = add_job(shop_, "load"),
                 club_report_ = add_job(club_, "weekly", JobKind::report);
};

TEST_F(JournalTest, RunsAndWebhooksStandInOneList) {
    const auto first = run(shop_load_, at(0), RunState::done);
    const auto second = run(club_report_, at(100), RunState::failed);
    receive({{.source = shop_, .first = at(200), .last = at(201), .hooks = 9}});
    const auto received = second + 1;
    const auto open = enqueue(shop_load_, at(300));
    EXPECT_THAT(find({}), ElementsAre(open, received, second, first));
    EXPECT_THAT(find({.source = shop_}), ElementsAre(open, received, first));
    EXPECT_THAT(find({.job = shop_load_}), ElementsAre(open, first));
    EXPECT_THAT(find({.kind = JobKind::received}), ElementsAre(received));
    EXPECT_THAT(find({.state = RunState::failed}), ElementsAre(second));
    EXPECT_THAT(find({.since = at(100), .until = at(300)}), ElementsAre(received, second));
    EXPECT_THAT(find({.limit = 1}), ElementsAre(open));
    EXPECT_THAT(find({.before = received, .limit = 1}), ElementsAre(second));
    const auto rows = store().journal().find({});
    EXPECT_EQ(rows[2].source_name, "club");
    EXPECT_EQ(rows[2].job_name, "weekly");
    EXPECT_EQ(rows[1].job_name, "");
    EXPECT_EQ(rows[1].run.counters.requests, 9U);
}

TEST_F(JournalTest, WebhooksCloseTogetherAreOneRow) {
    auto& journal = store().journal();
    receive({{.source = shop_, .first = at(0), .last = at(5), .hooks = 3},
             {.source = club_, .first = at(6), .last = at(6), .hooks = 1}});
    receive({{.source = shop_,
              .first = at(60),
              .last = at(64),
              .hooks = 4,
              .rejected = 2,
              .message = "no JSON"}});
    receive({{.source = 99, .first = at(0), .last = at(0), .hooks = 1},
             {.source = shop_, .first = at(125), .last = at(125), .hooks = 1}});
    EXPECT_THAT(journal.find({.source = club_}), SizeIs(1));
    const auto rows = journal.find({.source = shop_});
    ASSERT_THAT(rows, SizeIs(2));
    EXPECT_EQ(rows[1].run.counters.requests, 7U);
    EXPECT_EQ(rows[1].run.counters.rejected, 2U);
    EXPECT_EQ(rows[1].run.period.from, at(0));
    EXPECT_EQ(rows[1].run.period.to, at(64));
    EXPECT_EQ(rows[1].run.message, "no JSON");
    EXPECT_EQ(rows[0].run.counters.requests, 1U);
}

TEST_F(JournalTest, WhatIsOldIsForgottenButEachJobsLastRun) {
    const auto first = run(shop_load_, at(0), RunState::failed);
    const auto second = run(shop_load_, at(1), RunState::failed);
    receive({{.source = shop_, .first = at(2), .last = at(2), .hooks = 1}});
    const auto paused = run(club_report_, at(3), RunState::paused);
    EXPECT_EQ(store().journal().prune(30, at(30 * kDay)), 0U);
    EXPECT_EQ(store().journal().prune(30, at(30 * kDay + 10)), 2U);
    EXPECT_THAT(find({}), ElementsAre(paused, second));
    EXPECT_FALSE(store().runs().find(first));
    EXPECT_EQ(store().runs().latest(shop_load_)->number, second);
}

TEST_F(JournalTest, RunsThatChangedNothingGoAfterADay) {
    const auto quiet = run(shop_load_, at(0), RunState::done);
    const auto busy = enqueue(shop_load_, at(1));
    Ending ending;
    ending.last.counters.updated = 1;
    store().runs().finish(store().runs().claim("me", at(1)).value(), ending, at(1));
    const auto failed = run(shop_load_, at(2), RunState::failed);
    const auto last = run(shop_load_, at(3), RunState::done);
    EXPECT_EQ(store().journal().prune(30, at(kDay)), 0U);
    EXPECT_EQ(store().journal().prune(30, at(kDay + 10)), 1U);
    EXPECT_THAT(find({}), ElementsAre(last, failed, busy));
    EXPECT_FALSE(store().runs().find(quiet));
}

TEST_F(JournalTest, RowsAreSummedByTableAndDay) {
    enqueue(shop_load_, at(0));
    const RunRecord taken = store().runs().claim("me", at(0)).value();
    const auto beat = [&](Instant now, std::vector<TableRows> rows) {
        Beat said;
        said.rows = std::move(rows);
        store().runs().beat(taken, said, now);
    };
    beat(at(0), {{.table = "calls", .added = 1}, {.table = "facts", .added = 2}});
    beat(at(86'399), {{.table = "calls", .added = 10, .updated = 3}});
    beat(at(86'400), {{.table = "calls", .deleted = 4, .unchanged = 5, .rejected = 6}});
    const auto days = store().journal().days({}, "", "");
    ASSERT_THAT(days, SizeIs(3));
    EXPECT_EQ(days[0].day, "2024-03-05");
    EXPECT_EQ(days[0].rows.added, 11U);
    EXPECT_EQ(days[0].rows.updated, 3U);
    EXPECT_EQ(days[2].day, "2024-03-06");
    EXPECT_EQ(days[2].rows.rejected, 6U);
    EXPECT_THAT(store().journal().days(shop_, "2024-03-06", ""), SizeIs(1));
    EXPECT_THAT(store().journal().days(club_, "", ""), SizeIs(0));
}

}  // namespace
}  // namespace ringtail::control
