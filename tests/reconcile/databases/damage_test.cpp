#include <gmock/gmock.h>

#include "callkeeper/databases/servers.hpp"
#include "reconcile/damage.hpp"
#include "reconcile/desk.hpp"

namespace ringtail::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

std::unique_ptr<CallDatabase> database_of(const std::string& kind) {
    return kind == "SQLite" ? make_sqlite_database() : make_server_database(kind);
}

class ReconcileOn : public testing::TestWithParam<const char*> {};

TEST_P(ReconcileOn, AllDamageIsFoundAndRepaired) {
    Desk desk(past_calls(500, 3), database_of(GetParam()));
    desk.account.load_all();
    ASSERT_THAT(desk.differences(), IsEmpty());
    EXPECT_EQ(desk.reconcile().message, "4 days compared: equal");
    Damage damage(desk.account.database(), 5);
    damage.remove(300);
    damage.change(300);
    damage.add(300);
    ASSERT_FALSE(desk.differences().empty());

    const auto first = desk.reconcile();
    EXPECT_THAT(first.message, HasSubstr("300 calls missing, 60 with another attempt"));
    EXPECT_THAT(first.message, HasSubstr("300 extra: 600 repaired, 300 extra marked"));
    EXPECT_LE(first.requests, 2U * 4U);
    CallDatabase& database = desk.account.database();
    const auto marked = "SELECT count(*) FROM " + database.table("callkeeper_calls") +
                        " WHERE _missing_at_source_since IS NOT NULL";
    EXPECT_EQ(desk.account.count(marked), 300);
    EXPECT_EQ(desk.account.rows_in("ringtail_reconciliation"), 900);

    desk.account.callkeeper().advance(std::chrono::minutes(61));
    const auto second = desk.reconcile(R"({"remove_extra":true})");
    EXPECT_EQ(second.message, "300 extra calls: repaired");
    EXPECT_THAT(desk.differences(), IsEmpty());
    EXPECT_EQ(desk.reconcile().message, "4 days compared: equal");
    EXPECT_EQ(desk.account.rows_in("ringtail_ledger"), 4);
    EXPECT_EQ(desk.account.rows_in("callkeeper_calls_facts"),
              desk.account.rows_in("callkeeper_calls"));
}

// What was marked and is at the source again stays, whatever has been loaded meanwhile.
TEST_P(ReconcileOn, WhatComesBackIsUnmarkedAndStays) {
    Desk desk(past_calls(100, 3), database_of(GetParam()));
    desk.account.load_all();
    CallDatabase& database = desk.account.database();
    const std::string calls = database.table("callkeeper_calls");
    const auto all = [&] { return desk.account.count("SELECT count(*) FROM " + calls); };
    const auto marks = [&] {
        return desk.account.count("SELECT count(*) FROM " + calls +
                                  " WHERE _missing_at_source_since IS NOT NULL");
    };
    const auto before = all();
    desk.account.callkeeper().remove(120);
    EXPECT_GT(desk.reconcile().totals.marked, 80U);
    EXPECT_GT(marks(), 80);

    desk.account.callkeeper().restore();
    desk.account.callkeeper().change(60);
    desk.account.load_all();
    for (int run = 0; run < 2; ++run) {
        desk.account.callkeeper().advance(std::chrono::minutes(61));
        const auto result = desk.reconcile(R"({"remove_extra":true})");
        EXPECT_EQ(result.message, "4 days compared: equal");
        EXPECT_EQ(all(), before);
        EXPECT_EQ(marks(), 0);
    }
    EXPECT_THAT(desk.differences(), IsEmpty());
}

// The mark is set and taken away without touching the row's other columns.
TEST_P(ReconcileOn, AMarkLeavesTheRowAsItIs) {
    Desk desk(past_calls(100, 2), database_of(GetParam()));
    desk.account.load_all();
    Damage damage(desk.account.database(), 5);
    damage.add(20);
    CallDatabase& database = desk.account.database();
    const auto texts = [&] {
        return database.rows("SELECT call_id, call_date, status_reason, client_phone, page FROM " +
                             database.table("callkeeper_calls") + " ORDER BY call_id");
    };
    const auto before = texts();
    EXPECT_EQ(desk.reconcile().totals.marked, 20U);
    EXPECT_TRUE(texts() == before);
    EXPECT_EQ(desk.reconcile().totals.marked, 20U) << "those that are marked stay marked";
    EXPECT_TRUE(texts() == before);
}

INSTANTIATE_TEST_SUITE_P(Every, ReconcileOn,
                         testing::Values("SQLite", "PostgreSQL", "MariaDB", "ClickHouse"),
                         [](const auto& kind) { return std::string(kind.param); });

}  // namespace
}  // namespace ringtail::test
