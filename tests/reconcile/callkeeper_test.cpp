#include <gmock/gmock.h>

#include "base/time_text.hpp"
#include "reconcile/damage.hpp"
#include "reconcile/desk.hpp"

namespace ringtail::test {
namespace {

using control::RunState;
using jobs::LedgerVerdict;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr auto kAnHour = std::chrono::minutes(61);

std::uint64_t days_of(Desk& desk, LedgerVerdict verdict) {
    std::uint64_t days = 0;
    for (const auto& row : desk.ledger()) days += row.verdict == verdict ? 1U : 0U;
    return days;
}

TEST(Reconcile, EqualTablesAreProvenWithOneRequestADay) {
    Desk desk(past_calls(150, 5));
    desk.account.load_all();
    desk.account.callkeeper().reset_stats();
    const auto result = desk.reconcile();
    EXPECT_EQ(result.state, RunState::done);
    EXPECT_EQ(result.message, "6 days compared: equal");
    EXPECT_EQ(result.totals.left, 0U);
    EXPECT_EQ(result.requests, 6U);
    EXPECT_EQ(desk.account.callkeeper().stats().requests["getCallsInfo"], 6U);
    EXPECT_EQ(desk.account.rows_in("ringtail_reconciliation"), 0);
    const auto ledger = desk.ledger();
    ASSERT_EQ(ledger.size(), 6U);
    std::uint64_t there = 0;
    for (const auto& row : ledger) {
        EXPECT_EQ(row.verdict, LedgerVerdict::equal) << row.day;
        EXPECT_EQ(row.there, row.here);
        EXPECT_EQ(row.hash_there, row.hash_here);
        EXPECT_EQ(row.proven, row.compared);
        there += row.there;
    }
    EXPECT_EQ(there, desk.account.count(
                         "SELECT count(*) FROM callkeeper_calls WHERE call_date IS NOT NULL"));
}

// The test of the issue: all of it is found and mended, with few requests.
TEST(Reconcile, AThousandOfEachAreFoundAndRepaired) {
    Desk desk(past_calls(2'000, 4));
    desk.account.load_all();
    ASSERT_THAT(desk.differences(), IsEmpty());
    Damage damage(desk.account.database(), 7);
    damage.remove(1'000);
    damage.change(1'000);
    damage.add(1'000);
    ASSERT_FALSE(desk.differences().empty());

    const auto plan = desk.plan();
    std::uint64_t planned = 0;
    for (const auto& part : plan) planned += part.missing + part.changed + part.extra;
    EXPECT_EQ(planned, 3'000U);
    EXPECT_EQ(desk.ledger().size(), 0U) << "a plan writes nothing";

    const auto first = desk.reconcile();
    EXPECT_EQ(first.state, RunState::done);
    EXPECT_THAT(first.message,
                StartsWith("1000 calls missing, 200 with another attempt, 200 with another "
                           "duration, 200 with another playbacks, 200 with another recognition "
                           "attempts, 200 with another talk time, 1000 extra: 2000 repaired, 1000 "
                           "extra marked"));
    EXPECT_LE(first.requests, 2U * 5U) << "one a day is the least";
    EXPECT_EQ(first.totals.left, 1'000U);
    EXPECT_EQ(desk.account.count("SELECT count(*) FROM callkeeper_calls WHERE "
                                 "_missing_at_source_since IS NOT NULL"),
              1'000);
    EXPECT_EQ(desk.account.count("SELECT count(*) FROM ringtail_reconciliation"), 3'000);

    desk.account.callkeeper().advance(kAnHour);
    const auto refused = desk.reconcile();
    EXPECT_LE(refused.totals.removed, 8'000U / 50);
    EXPECT_EQ(refused.totals.left, 1'000U - refused.totals.removed);
    EXPECT_GT(refused.totals.refused, 800U);
    EXPECT_THAT(refused.hint, HasSubstr("--remove-extra"));

    const auto consented = desk.reconcile(R"({"remove_extra":true})");
    EXPECT_THAT(consented.message, HasSubstr(" extra calls: repaired"));
    EXPECT_EQ(consented.totals.removed + refused.totals.removed, 1'000U);
    EXPECT_THAT(desk.differences(), IsEmpty());
    EXPECT_EQ(desk.reconcile().message, "5 days compared: equal");
    EXPECT_EQ(desk.account.count("SELECT count(*) FROM callkeeper_calls_facts WHERE calls_id NOT "
                                 "IN (SELECT id FROM callkeeper_calls)"),
              0);
}

TEST(Reconcile, FewExtraRowsGoByThemselvesAfterAnHour) {
    Desk desk(past_calls(200, 3));
    desk.account.load_all();
    Damage damage(desk.account.database(), 1);
    damage.add(8);
    EXPECT_EQ(desk.reconcile().totals.marked, 8U);
    desk.account.callkeeper().advance(std::chrono::minutes(30));
    EXPECT_EQ(desk.reconcile().totals.removed, 0U) << "it is no hour yet";
    desk.account.callkeeper().advance(std::chrono::minutes(31));
    const auto result = desk.reconcile();
    EXPECT_EQ(result.message, "8 extra calls: repaired");
    EXPECT_THAT(desk.differences(), IsEmpty());
    EXPECT_EQ(
        desk.account.count("SELECT count(*) FROM ringtail_reconciliation WHERE action = 'removed'"),
        8);
}

TEST(Reconcile, ACallThatComesBackIsUnmarked) {
    Desk desk(past_calls(60, 3));
    desk.account.load_all();
    desk.account.database().run(
        "UPDATE callkeeper_calls SET _missing_at_source_since = '2024-01-01T00:00:00.000Z'");
    const auto result = desk.reconcile();
    EXPECT_EQ(result.totals.differences(), 0U);
    EXPECT_EQ(desk.account.count("SELECT count(*) FROM callkeeper_calls WHERE call_date IS NOT "
                                 "NULL AND _missing_at_source_since IS NOT NULL"),
              0);
}

// A listing that leaves calls out is no reason to remove them.
TEST(Reconcile, CallsThatListingsLeaveOutAreAskedForOneByOne) {
    Desk desk(past_calls(100, 3));
    desk.account.load_all();
    const auto rows = desk.account.rows_in("callkeeper_calls");
    desk.account.callkeeper().hide(1);
    const auto few = desk.reconcile();
    EXPECT_EQ(few.message, "4 days compared: equal");
    EXPECT_EQ(few.totals.marked, 0U);

    desk.account.callkeeper().hide(199);
    const auto many = desk.reconcile();
    EXPECT_GT(many.totals.marked, 150U) << "so many are asked for when they are to be removed";
    EXPECT_LE(many.requests, 2U * 4U);
    desk.account.callkeeper().advance(kAnHour);
    const auto asked = desk.reconcile(R"({"remove_extra":true})");
    EXPECT_EQ(asked.message, "4 days compared: equal");
    EXPECT_GE(asked.requests, 4U + many.totals.marked);
    EXPECT_LE(asked.requests, 4U + many.totals.marked + 4U);
    EXPECT_EQ(desk.account.rows_in("callkeeper_calls"), rows);
    EXPECT_EQ(desk.account.count("SELECT count(*) FROM callkeeper_calls WHERE "
                                 "_missing_at_source_since IS NOT NULL"),
              0);
    EXPECT_EQ(desk.account.count(
                  "SELECT count(*) FROM ringtail_reconciliation WHERE action = 'unmarked'"),
              static_cast<std::int64_t>(many.totals.marked));
    EXPECT_THAT(desk.differences(), IsEmpty());
}

// The budget bounds what is asked for one by one; the next runs go on with the others.
TEST(Reconcile, TheBudgetBoundsWhatIsAskedForOneByOne) {
    Desk desk(past_calls(100, 1));
    desk.account.load_all();
    Damage damage(desk.account.database(), 1);
    damage.add(60);
    const std::string settings = R"({"max_requests":2,"remove_extra":true})";
    desk.reconcile();
    desk.account.callkeeper().advance(kAnHour);
    int runs = 0;
    while (desk.account.rows_in("callkeeper_calls") > 101 && ++runs < 20) {
        const auto result = desk.reconcile(settings);
        EXPECT_LE(result.requests, 2U * (2U + 20U));
    }
    EXPECT_GT(runs, 1);
    EXPECT_THAT(desk.differences(), IsEmpty());
}

TEST(Reconcile, WhatIsNotComparedIsMendedToo) {
    Desk desk(past_calls(80, 3));
    desk.account.load_all();
    CallDatabase& database = desk.account.database();
    Damage damage(database, 3);
    // Dimension rows and whatever points at them, a text of a call with its facts gone, a row
    // under another day, a row under another id.
    const auto chosen = damage.choose(4);
    database.run(
        "PRAGMA foreign_keys = OFF; DELETE FROM general_traffic WHERE id IN (SELECT "
        "traffic_id FROM callkeeper_calls_facts WHERE calls_id = " +
        chosen[0].id + "); DELETE FROM callkeeper_calls_facts WHERE calls_id = " + chosen[0].id);
    database.run("DELETE FROM callkeeper_calls_facts WHERE calls_id = " + chosen[1].id +
                 "; UPDATE callkeeper_calls SET status_reason = 'broken', client_phone = NULL "
                 "WHERE id = " +
                 chosen[1].id);
    database.run(
        "UPDATE callkeeper_calls SET call_date = CASE WHEN call_date < '2024-01-02' THEN "
        "'2024-01-03T12:00:00.000Z' ELSE '2024-01-01T05:00:00.000Z' END WHERE id = " +
        chosen[2].id);
    database.run(
        "PRAGMA foreign_keys = OFF; UPDATE callkeeper_calls SET id = 77 WHERE id = " +
        chosen[3].id +
        "; UPDATE callkeeper_calls_facts SET calls_id = 77 WHERE calls_id = " + chosen[3].id);
    ASSERT_FALSE(desk.differences().empty());
    const auto result = desk.reconcile();
    EXPECT_EQ(result.totals.left, 0U) << result.message;
    EXPECT_THAT(desk.differences(), IsEmpty());
    EXPECT_EQ(desk.reconcile().totals.differences(), 0U);
}

TEST(Reconcile, HookOnlyCallsAreOpenAndHookValuesCount) {
    Desk desk(past_calls(60, 3));
    desk.account.receive({});
    desk.account.take_hooks();
    const auto before = desk.reconcile();
    EXPECT_GT(before.totals.differences(), 0U) << "the API knows more";
    EXPECT_EQ(before.totals.left, 0U);
    desk.account.load_all();
    EXPECT_THAT(desk.account.differences({.api = true, .hooks = true}, Account::Shared::more),
                IsEmpty());
    EXPECT_EQ(desk.reconcile().totals.differences(), 0U);
}

TEST(Reconcile, ACallThatOnlyItsHookToldOfIsOpen) {
    Desk desk(past_calls(60, 3));
    desk.account.load_all();
    desk.account.receive({.share = 0.5});
    desk.account.callkeeper().remove(10);
    desk.account.database().run("DELETE FROM callkeeper_calls_facts; DELETE FROM callkeeper_calls");
    desk.account.take_hooks();
    const auto result = desk.reconcile();
    EXPECT_EQ(result.totals.left, 0U) << result.message;
    std::uint64_t open = 0;
    for (const auto& row : desk.ledger()) open += row.open;
    EXPECT_GT(open, 0U);
}

TEST(Reconcile, RowsBeyondFilterFloorAndTablesAreNoDifferences) {
    Desk desk(past_calls(100, 4), make_sqlite_database(),
              R"({"filters":{"callkeeper_calls":"status_code = 200"}})");
    desk.account.settings.filters = {{"callkeeper_calls", "status_code = 200"}};
    desk.account.load_all();
    EXPECT_EQ(desk.reconcile().totals.differences(), 0U);
    // The floor: older rows are gone, and stay away.
    const std::string kept = "2024-01-03";
    desk.store().floors().raise(desk.source(), "callkeeper_calls", *parse_time(kept));
    desk.account.database().run(
        "PRAGMA foreign_keys = ON; DELETE FROM callkeeper_calls WHERE "
        "call_date < '2024-01-03'");
    const auto result = desk.reconcile();
    EXPECT_EQ(result.totals.differences(), 0U) << result.message;
    EXPECT_EQ(
        desk.account.count("SELECT count(*) FROM callkeeper_calls WHERE call_date < '2024-01-03'"),
        0);
}

TEST(Reconcile, WithoutFactsIdsAreCompared) {
    Desk desk(past_calls(100, 3), make_sqlite_database(), R"({"tables":["callkeeper_calls"]})");
    desk.account.settings.tables = {"callkeeper_calls"};
    desk.account.load_all();
    EXPECT_EQ(desk.reconcile().totals.differences(), 0U);
    desk.account.database().run("DELETE FROM callkeeper_calls WHERE call_id % 10 = 3");
    const auto result = desk.reconcile();
    EXPECT_GT(result.totals.differences(), 10U);
    EXPECT_EQ(result.totals.left, 0U);
    EXPECT_EQ(desk.reconcile().totals.differences(), 0U);
}

TEST(Reconcile, GoesOnAtItsNextRunWhereTheBudgetEndedIt) {
    Desk desk(past_calls(50, 6));
    desk.account.load_all();
    const auto first = desk.reconcile(R"({"max_requests":3})");
    EXPECT_EQ(first.state, RunState::done);
    EXPECT_EQ(first.totals.days, 3U);
    EXPECT_THAT(first.message, HasSubstr("goes on at 2024-01-04"));
    EXPECT_EQ(desk.ledger().size(), 3U);
    const auto second = desk.reconcile(R"({"max_requests":3})");
    EXPECT_EQ(second.totals.days, 3U);
    EXPECT_EQ(desk.ledger().size(), 6U);
    const auto third = desk.reconcile(R"({"max_requests":3})");
    EXPECT_EQ(third.totals.days, 1U) << "the last day";
    EXPECT_EQ(desk.ledger().size(), 7U);
    EXPECT_EQ(desk.reconcile(R"({"max_requests":3})").totals.days, 3U) << "from the beginning";
}

TEST(Reconcile, GivesWayToWebhooksAndGoesOn) {
    Desk desk(past_calls(50, 4));
    desk.account.load_all();
    Damage(desk.account.database(), 2).remove(30);
    desk.queue_hooks_soon();
    const auto result = desk.reconcile();
    EXPECT_EQ(result.takings, 2U);
    EXPECT_EQ(result.totals.days, 5U);
    EXPECT_EQ(result.message, "30 calls missing: repaired");
    EXPECT_EQ(desk.ledger().size(), 5U);
    EXPECT_THAT(desk.differences(), IsEmpty());
}

TEST(Reconcile, ADayThatIsNotOverIsUnproven) {
    Desk desk(calls(100, 4));
    desk.account.load_all();
    EXPECT_EQ(desk.reconcile().totals.differences(), 0U);
    EXPECT_EQ(days_of(desk, LedgerVerdict::unproven), 1U);
    EXPECT_EQ(desk.ledger().back().verdict, LedgerVerdict::unproven);
}

// Every reading of the API that matters to a day's borders.
TEST(Reconcile, TheDaysBordersAreReadEitherWay) {
    for (const char* reading : {"inclusive", "exclusive"}) {
        auto options = past_calls(300, 3);
        if (std::string(reading) == "exclusive")
            options.assume = {{"from", "exclusive"}, {"to", "exclusive"}};
        Desk desk(options);
        desk.account.load_all();
        EXPECT_EQ(desk.reconcile().totals.differences(), 0U) << reading;
        desk.account.database().run(
            "DELETE FROM callkeeper_calls_facts; DELETE FROM callkeeper_calls");
        EXPECT_EQ(desk.reconcile().totals.left, 0U);
        desk.account.load_all();
        EXPECT_THAT(desk.differences(), IsEmpty()) << reading;
    }
}

}  // namespace
}  // namespace ringtail::test
