// The real program compares Dialfire's stand-in with tables that were damaged by hand.
#include <gmock/gmock.h>

#include <csignal>

#include "reconcile_dialfire/bureau.hpp"

namespace ringtail::fault {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr int kEqual = 0, kLeft = 1, kRepaired = 3;

// Requests by call, since the last reset.
std::uint64_t requests(sim::Simulation& campaign) {
    std::uint64_t sum = 0;
    for (const auto& [name, count] : campaign.stats().requests) sum += count;
    return sum;
}

// What reading these rows from the API costs at all: the listings by the thousand, the contacts by
// twenty, the field list.
std::uint64_t fewest_requests(Bureau& bureau) {
    const auto pages = [](std::size_t rows) { return rows / 1'000 + 1; };
    return 1 + pages(bureau.rows("df_contacts")) + (bureau.rows("df_contacts") + 19) / 20 +
           pages(bureau.rows("df_transactions")) + pages(bureau.rows("df_inbound_calls"));
}

// Those that take others along first; what is added last is there to be found.
void damage(Bureau& bureau, std::size_t of_each) {
    for (const std::string& table : kTables) bureau.remove(table, bureau.choose(table, of_each));
    bureau.change("df_contacts", "$phone", "'+4912345'", bureau.choose("df_contacts", of_each));
    bureau.change("df_transactions", "status", "'made up'",
                  bureau.choose("df_transactions", of_each));
    bureau.change("df_connections", "duration", "1234567",
                  bureau.choose("df_connections", of_each));
    bureau.change("df_recordings", "location", "NULL", bureau.choose("df_recordings", of_each));
    bureau.change("df_inbound_calls", "state", "'made up'",
                  bureau.choose("df_inbound_calls", of_each));
    bureau.add("df_contacts", bureau.choose("df_contacts", of_each),
               {{"$created_date", '\'' + bureau.a_day() + '\''}});
    for (const char* table :
         {"df_transactions", "df_connections", "df_recordings", "df_inbound_calls"})
        bureau.add(table, bureau.choose(table, of_each));
}

class Reconcile : public testing::TestWithParam<DatabaseKind> {};

// The test of the issue, on all five tables.
TEST_P(Reconcile, AThousandOfEachAreFoundAndMendedWithFewRequests) {
    auto options = few_days(1'500);
    options.inbound_calls = 1'000;
    Bureau bureau(GetParam(), options);
    bureau.connect();
    bureau.load();
    ASSERT_THAT(bureau.scene.differences(), IsEmpty());
    const auto equal = bureau.reconcile();
    EXPECT_EQ(equal.code, kEqual) << equal.out;
    EXPECT_THAT(equal.message, EndsWith("equal"));
    const std::uint64_t fewest = fewest_requests(bureau);

    damage(bureau, 200);
    EXPECT_EQ(bureau.reconcile({"--plan"}).code, kLeft);
    ASSERT_FALSE(bureau.scene.differences().empty());
    bureau.scene.campaign().reset_stats();
    const auto found = bureau.reconcile();
    EXPECT_EQ(found.code, kLeft) << found.out;
    EXPECT_LE(requests(bureau.scene.campaign()), 2 * fewest) << "the least is " << fewest;
    EXPECT_EQ(bureau.marked(), 5U * 200U);
    EXPECT_THAT(found.message,
                AllOf(HasSubstr("200 inbound calls missing, 200 with another state, 200 extra"),
                      HasSubstr("with another status"), HasSubstr("with another duration"),
                      HasSubstr("with another location"), HasSubstr("with another values"),
                      EndsWith(" 1000 extra marked as missing at the source")))
        << "others were mended with their contacts before they were looked at";
    bureau.let_two_hours_pass();
    const auto removed = bureau.reconcile({"--remove-extra"});
    EXPECT_EQ(removed.code, kRepaired) << removed.out;
    EXPECT_EQ(bureau.marked(), 0U);
    EXPECT_THAT(bureau.scene.differences(), IsEmpty());
    EXPECT_EQ(bureau.reconcile().code, kEqual);
}

// Nothing that a campaign has may look different for ever.
TEST_P(Reconcile, EveryOddValueIsEqualToItself) {
    auto options = few_days(600);
    options.odd = 0.2;
    options.gone = 0.01;
    Bureau bureau(GetParam(), options);
    bureau.connect();
    bureau.load();
    // Without the column that the first comparison makes.
    const auto plan = bureau.reconcile({"--plan"});
    EXPECT_EQ(plan.code, kEqual) << plan.out;
    const auto equal = bureau.reconcile();
    EXPECT_EQ(equal.code, kEqual) << equal.out << bureau.records();
}

// Recordings that do not say when they were belong to the end of their connection.
TEST_P(Reconcile, RecordingsWithoutATimeAreMendedToo) {
    auto options = few_days(400);
    options.odd = 0.3;
    Bureau bureau(GetParam(), options);
    bureau.connect();
    bureau.load();
    const auto before = bureau.scene.database().dump("df_recordings");
    const auto timeless = bureau.keys("df_recordings", "started", std::nullopt);
    ASSERT_GT(timeless.size(), 5U);
    const auto third = static_cast<std::ptrdiff_t>(timeless.size() / 3);
    const std::vector<std::string> gone(timeless.begin(), timeless.begin() + third),
        broken(timeless.begin() + third, timeless.begin() + 2 * third),
        moved(timeless.begin() + 2 * third, timeless.end());
    bureau.remove("df_recordings", gone);
    bureau.change("df_recordings", "filename", "'made up'", broken);
    bureau.change("df_recordings", "started", '\'' + bureau.a_day() + '\'', moved);
    const auto result = bureau.reconcile();
    EXPECT_EQ(result.code, kRepaired) << result.out << bureau.records();
    EXPECT_EQ(bureau.marked(), 0U);
    EXPECT_EQ(bureau.keys("df_recordings", "started", std::nullopt), timeless);
    EXPECT_EQ(bureau.keys("df_recordings", "filename", "made up"), std::vector<std::string>());
    EXPECT_EQ(bureau.rows("df_recordings"), before.rows.size());
    EXPECT_EQ(bureau.reconcile().code, kEqual);
}

// Marked days ago, and at the source again: also where the next load has nothing to write.
TEST_P(Reconcile, WhatComesBackIsUnmarkedAndStays) {
    Bureau bureau(GetParam(), few_days(200));
    bureau.connect();
    bureau.load();
    ASSERT_EQ(bureau.reconcile().code, kEqual) << "it makes the column";
    for (const std::string& table : kTables) {
        bureau.change(table, "_missing_at_source_since", '\'' + bureau.a_day() + '\'',
                      bureau.choose(table, 20));
    }
    ASSERT_EQ(bureau.marked(), 5U * 20U);
    bureau.load();
    for (int run = 0; run < 2; ++run) {
        const auto result = bureau.reconcile({"--remove-extra"});
        EXPECT_EQ(result.code, kEqual) << result.out << bureau.records();
        EXPECT_EQ(bureau.marked(), 0U);
        EXPECT_THAT(bureau.scene.differences(), IsEmpty());
        bureau.let_two_hours_pass();
    }
}

TEST_P(Reconcile, KilledWhileItMendsItGoesOn) {
    for (const char* place : {"reconcile_loading:2", "reconcile_loaded:1", "merge_done:2"}) {
        SCOPED_TRACE(place);
        Bureau bureau(GetParam(), few_days(200));
        bureau.connect();
        bureau.load();
        damage(bureau, 5);
        const auto killed = bureau.reconcile({}, {{"RINGTAIL_FAILPOINT", place}});
        EXPECT_EQ(killed.signal, SIGKILL) << killed.out;
        bureau.recover();
        bureau.reconcile();
        bureau.let_two_hours_pass();
        bureau.reconcile({"--remove-extra"});
        EXPECT_THAT(bureau.scene.differences(), IsEmpty());
    }
}

INSTANTIATE_TEST_SUITE_P(Every, Reconcile, testing::ValuesIn(every_database()),
                         [](const auto& one) { return name_of(one.param); });

class ReconcileMore : public testing::Test {};

// The rows of another campaign in the same tables are none of this one's business.
TEST_F(ReconcileMore, AnotherCampaignInTheSameTablesIsLeftAlone) {
    Bureau bureau(DatabaseKind::sqlite, few_days(300));
    bureau.connect();
    auto second = few_days(200);
    second.campaign = "KW7SECONDC4MPA1G";
    second.seed = 2;
    second.inbound_calls = 0;
    bureau.add_other(second);
    bureau.load();
    bureau.load("other");
    const auto equal = bureau.reconcile();
    EXPECT_EQ(equal.code, kEqual) << equal.out << bureau.records();
    damage(bureau, 10);
    bureau.reconcile();
    EXPECT_EQ(bureau.run({"reconcile", "other", "--from", bureau.first_day()}).code, kLeft);
    bureau.let_two_hours_pass();
    bureau.reconcile({"--remove-extra"});
    bureau.run({"reconcile", "other", "--from", bureau.first_day(), "--remove-extra"});
    EXPECT_THAT(bureau.scene.differences(), IsEmpty());
}

// Also those that say they were made before the period, where few have to be asked for.
TEST_F(ReconcileMore, HandMadeContactsOfAnyAgeAreExtra) {
    Bureau bureau(DatabaseKind::sqlite, few_days(300));
    bureau.connect();
    bureau.load();
    bureau.add("df_contacts", bureau.choose("df_contacts", 30),
               {{"$created_date", "'2001-01-01T00:00:00.000Z'"}});
    EXPECT_EQ(bureau.reconcile({"--plan"}).code, kLeft);
    const auto found = bureau.reconcile();
    EXPECT_EQ(found.code, kLeft) << found.out;
    EXPECT_EQ(bureau.marked(), 30U) << found.message;
    bureau.let_two_hours_pass();
    EXPECT_EQ(bureau.reconcile({"--remove-extra"}).code, kRepaired);
    EXPECT_THAT(bureau.scene.differences(), IsEmpty());
    EXPECT_EQ(bureau.reconcile().code, kEqual);
}

TEST_F(ReconcileMore, RowsThatTheFilterKeepsOutAreNoDifferences) {
    Bureau bureau(DatabaseKind::sqlite, few_days(300));
    bureau.connect();
    bureau.load();
    const std::size_t all = bureau.rows("df_transactions");
    const auto edited = bureau.run({"source", "edit", "campaign", "--only", "human"});
    ASSERT_EQ(edited.code, 0) << edited.err;
    // Stored without the filter: they exist at the source.
    const auto equal = bureau.reconcile();
    EXPECT_EQ(equal.code, kEqual) << equal.out << bureau.records();
    EXPECT_EQ(bureau.rows("df_transactions"), all);
    EXPECT_EQ(bureau.marked(), 0U);
    bureau.scene.database().run("DELETE FROM df_transactions");
    EXPECT_EQ(bureau.reconcile().code, kRepaired);
    sim::TruthOptions human;
    human.mode = "hi_updates_only";
    EXPECT_THAT(bureau.scene.differences(human), IsEmpty());
}

TEST_F(ReconcileMore, RowsOlderThanWhatIsKeptAreNoDifferences) {
    Bureau bureau(DatabaseKind::sqlite, few_days(300));
    bureau.connect();
    bureau.load();
    const auto days = std::chrono::floor<std::chrono::days>(SystemClock().now()) -
                      std::chrono::sys_days(std::chrono::year(2024) / 1 / 3);
    const auto pruned =
        bureau.run({"prune", "campaign", "--keep-days", std::to_string(days.count()), "--wait"});
    ASSERT_EQ(pruned.code, 0) << pruned.err;
    const std::size_t kept = bureau.rows("df_transactions");
    const auto equal = bureau.reconcile();
    EXPECT_EQ(equal.code, kEqual) << equal.out << bureau.records();
    EXPECT_EQ(bureau.rows("df_transactions"), kept);
}

// A row under a day that is not its own, or under none, is the same row.
TEST_F(ReconcileMore, RowsUnderAnotherDayAreFoundAgain) {
    Bureau bureau(DatabaseKind::sqlite, few_days(200));
    bureau.connect();
    bureau.load();
    bureau.change("df_transactions", "fired", '\'' + bureau.a_day() + '\'',
                  bureau.choose("df_transactions", 20));
    bureau.change("df_connections", "fired", "NULL", bureau.choose("df_connections", 20));
    bureau.change("df_recordings", "started", "'2031-01-04T10:00:00.000Z'",
                  bureau.choose("df_recordings", 20));
    bureau.change("df_contacts", "$campaign_id", "'ANOTHER'", bureau.choose("df_contacts", 20));
    const auto result = bureau.reconcile();
    EXPECT_EQ(result.code, kRepaired) << result.out << bureau.records();
    EXPECT_EQ(bureau.reconcile().code, kEqual);
    EXPECT_EQ(bureau.marked(), 0U);
    EXPECT_THAT(bureau.scene.differences(), IsEmpty());
}

// What a column does not take is no repair, and no equal day either.
TEST_F(ReconcileMore, WhatAColumnCannotHoldIsSaidEachTime) {
    for (const auto kind : {DatabaseKind::sqlite, DatabaseKind::postgres}) {
        SCOPED_TRACE(name_of(kind));
        const bool is_sqlite = kind == DatabaseKind::sqlite;
        Bureau bureau(kind, few_days(100));
        bureau.connect();
        if (is_sqlite) {
            bureau.scene.database().run(
                "CREATE TABLE df_recordings (id TEXT PRIMARY KEY, contact_id TEXT, connection_id "
                "TEXT, started TEXT, stopped TEXT, filename TEXT, location INTEGER)");
        }
        bureau.load();
        if (!is_sqlite) {
            bureau.scene.database().run(
                "ALTER TABLE df_recordings ALTER location TYPE varchar(20) USING left(location, "
                "20)");
            bureau.scene.database().run("CREATE VIEW places AS SELECT location FROM df_recordings");
        }
        for (int run = 0; run < 2; ++run) {
            const auto left = bureau.reconcile();
            EXPECT_EQ(left.code, kLeft) << left.out;
            EXPECT_THAT(left.message, AllOf(HasSubstr(" with another location: "),
                                            EndsWith(" cannot be stored as they are"),
                                            Not(HasSubstr("repaired"))));
            EXPECT_THAT(left.out, HasSubstr("too narrow"));
            EXPECT_THAT(bureau.records(),
                        AllOf(HasSubstr("cannot be stored"), Not(HasSubstr("loaded"))));
        }
        if (is_sqlite) continue;
        bureau.scene.database().run("DROP VIEW places");
        const auto widened = bureau.reconcile();
        EXPECT_EQ(widened.code, kRepaired) << widened.out;
        EXPECT_EQ(bureau.reconcile().code, kEqual);
    }
}

TEST_F(ReconcileMore, GoesOnAtItsNextRunWhereTheBudgetEndedIt) {
    Bureau bureau(DatabaseKind::sqlite, few_days(200));
    bureau.connect();
    bureau.load();
    damage(bureau, 5);
    int runs = 0;
    while (true) {
        const auto result = bureau.reconcile({"--max-requests", "4"});
        if (result.message.find("stopped after") == std::string::npos) break;
        ASSERT_LT(++runs, 30) << result.message;
    }
    EXPECT_GT(runs, 2);
    bureau.let_two_hours_pass();
    bureau.reconcile({"--remove-extra"});
    EXPECT_THAT(bureau.scene.differences(), IsEmpty());
}

// Either reading of what is not known of the service.
TEST_F(ReconcileMore, EitherReadingOfTheServiceGivesTheSame) {
    const std::vector<std::map<std::string, std::string>> readings{
        {{"G-1", "changed"}}, {{"G-2", "exclusive"}}, {{"G-7", "null"}}, {{"G-9", "repeats"}}};
    for (const auto& reading : readings) {
        SCOPED_TRACE(reading.begin()->first);
        auto options = few_days(200);
        options.assume = reading;
        Bureau bureau(DatabaseKind::sqlite, options);
        bureau.connect();
        bureau.load();
        bureau.scene.campaign().change(100, {"transaction", "recording", "edit", "contact"});
        bureau.load();
        const auto equal = bureau.reconcile();
        EXPECT_EQ(equal.code, kEqual) << equal.out << bureau.records();
    }
}

}  // namespace
}  // namespace ringtail::fault
