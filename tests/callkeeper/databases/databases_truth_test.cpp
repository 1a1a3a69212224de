#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "callkeeper/account.hpp"
#include "callkeeper/databases/servers.hpp"

namespace ringtail::test {
namespace {

using testing::IsEmpty;

const sim::CallTruthOptions kHooks{.api = false, .hooks = true};
const sim::CallTruthOptions kBoth{.api = true, .hooks = true};
constexpr auto kMore = Account::Shared::more;

constexpr const char* kTables[] = {"general_accounts", "general_dates",         "general_clientids",
                                   "general_traffic",  "general_sites",         "general_locations",
                                   "callkeeper_calls", "callkeeper_calls_facts"};

// What SQLite is tested with at length, in parts on the servers.
class CallKeeperOn : public testing::TestWithParam<const char*> {
  protected:
    static Account account_of(sim::CallKeeperOptions options) {
        return Account(std::move(options), make_server_database(GetParam()));
    }
};

// `columns` of a table or view of `from`, as `holder` could hold them, in an order of their own.
std::vector<Texts> sorted(CallDatabase& from, const CallDatabase& holder, const std::string& table,
                          const Texts& columns) {
    std::string names;
    for (const auto& column : columns) names += (names.empty() ? "" : ", ") + from.quoted(column);
    auto rows = from.rows("SELECT " + names + " FROM " + from.table(table));
    for (Texts& row : rows)
        for (auto& value : row)
            if (!holder.can_hold(value)) value.clear();
    std::ranges::sort(rows);
    return rows;
}

TEST_P(CallKeeperOn, EveryTableHoldsTheTruth) {
    auto account = account_of(calls(200, 4, 0.3));
    const auto summary = account.load_all();
    EXPECT_EQ(summary.failed_attempts, 0U);
    EXPECT_THAT(account.differences({}), IsEmpty());
    if (!account.database().can_hold(std::string(1, '\0'))) {
        EXPECT_GT(account.rows_in("ringtail_rejects"), 0);
    }
    const auto again = account.load_all();
    EXPECT_EQ(written(again, "callkeeper_calls"), 0U);
    EXPECT_EQ(written(again, "callkeeper_calls_facts"), 0U);
    EXPECT_EQ(written(again, "general_traffic"), 0U);
    EXPECT_THAT(account.differences({}), IsEmpty());
}

TEST_P(CallKeeperOn, HooksInTheWrongOrderThenTheApiThenALateBeginning) {
    auto account = account_of(calls(80, 4, 0.3));
    account.receive({.order = "shuffled", .copies = 2});
    account.take_hooks();
    EXPECT_THAT(account.differences(kHooks, kMore), IsEmpty());
    account.load_all();
    EXPECT_THAT(account.differences(kBoth, kMore), IsEmpty());
    account.receive({.format = "form", .which = "processing"});
    account.take_hooks();
    EXPECT_THAT(account.differences(kBoth, kMore), IsEmpty());
}

TEST_P(CallKeeperOn, CallsThatChangeAndSettle) {
    auto account = account_of(calls(150, 4));
    account.load_all();
    account.callkeeper().change(40);
    account.callkeeper().advance(std::chrono::hours(12));
    account.run({});  // those that had not settled are asked for
    account.load_all();
    EXPECT_THAT(account.differences({}, kMore), IsEmpty());
}

TEST_P(CallKeeperOn, TheNumbersAndViewsAreThoseOfSqlite) {
    const auto options = calls(120, 4, 0.3);
    Account sqlite(options);
    auto account = account_of(options);
    for (Account* one : {&sqlite, &account}) {
        one->receive({.share = 0.5});
        one->take_hooks();
        one->load_all();
    }
    CallDatabase& theirs = account.database();
    for (const char* table : kTables) {
        Texts columns{"id"};
        if (std::string(table) == "callkeeper_calls_facts")
            columns = {"id",           "account_id", "calls_id", "dates_id",
                       "clientids_id", "traffic_id", "sites_id", "locations_id"};
        EXPECT_EQ(sorted(theirs, theirs, table, columns),
                  sorted(sqlite.database(), theirs, table, columns))
            << table;
        const bool shared =
            std::string(table).starts_with("general_") && std::string(table) != "general_accounts";
        if (!shared) continue;
        EXPECT_EQ(account.count("SELECT count(*) FROM " + theirs.table(table) + " WHERE id = 1"), 1)
            << table << " has its stub row";
    }
    const auto expected = std::string(GetParam()) == "ClickHouse" ? 0 : 6;
    EXPECT_EQ(theirs.foreign_keys(), expected);
    EXPECT_EQ(sqlite.database().foreign_keys(), 6);

    ASSERT_GT(account.rows_in("callkeeper_calls_facts"), 200);
    for (const auto& [view, columns] :
         {std::pair<std::string, Texts>(
              "callkeeper_calls_wide",
              {"call_id", "date", "status_reason", "duration", "talk_duration", "manager_phone",
               "client_phone_e164", "traffic_source", "traffic_keyword", "landing_page", "page",
               "site", "region", "city", "clientid", "tags", "user_agent", "settle_state",
               "account_id"}),
          {"callkeeper_calls_wide_ru",
           {"ID звонка", "Дата", "Статус (клиент)", "Длительность звонка, с", "Город"}},
          {"callkeeper_calls_wide_de",
           {"Anruf-ID", "Tag", "Status (Kunde)", "Gesprächsdauer (s)", "Schlagwörter"}}}) {
        EXPECT_EQ(sorted(theirs, theirs, view, columns),
                  sorted(sqlite.database(), theirs, view, columns))
            << view;
        EXPECT_EQ(account.rows_in(view), account.rows_in("callkeeper_calls_facts")) << view;
    }
}

INSTANTIATE_TEST_SUITE_P(Servers, CallKeeperOn,
                         testing::Values("PostgreSQL", "MariaDB", "ClickHouse"),
                         [](const auto& kind) { return std::string(kind.param); });

}  // namespace
}  // namespace ringtail::test
