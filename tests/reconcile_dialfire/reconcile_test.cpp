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
