// The campaign's form and the tables change under the running program: it goes on, or says what is
// to be done; nothing is lost.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fault/following.hpp"

namespace ringtail::fault {
namespace {

using sim::FieldChange;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int kStopped = 0;
constexpr int kConfig = 2;

sim::Options plain_campaign() {
    sim::Options options;
    options.contacts = 120;
    options.odd = 0;
    options.gone = 0;
    return options;
}

class Drift : public ::testing::TestWithParam<DatabaseKind> {
  protected:
    sim::Simulation& campaign() { return scene_.campaign(); }
    Database& database() { return scene_.database(); }

    Scene scene_{GetParam(), plain_campaign()};
};

// What has ClickHouse's own tests in clickhouse_fault_test.cpp is not in it.
class DriftEverywhere : public Drift {};

TEST_P(DriftEverywhere, FieldsAreAddedRenamedRetypedAndDeleted) {
    Following program(scene_);
    ASSERT_TRUE(program.reaches_truth()) << program.state();
    campaign().add_field("Neues Feld");
    campaign().add_field("Neue Zahl", "number");
    campaign().change_field(FieldChange::renamed, "Firma", "Unternehmen");
    campaign().change_field(FieldChange::retyped, "Anzahl", "text");
    campaign().change_field(FieldChange::retyped, "Anrede", "number");
    scene_.was_number("Anzahl");
    campaign().change_field(FieldChange::removed, "Produkt");
    campaign().change(60);
    EXPECT_TRUE(program.reaches_truth()) << program.state();
    const auto columns = database().dump("df_contacts").columns;
    EXPECT_THAT(columns, AllOf(Contains("Neues Feld"), Contains("Unternehmen")));
    EXPECT_THAT(columns, AllOf(Contains("Firma"), Contains("Produkt"))) << "what stood there stays";
    EXPECT_EQ(program.stop().code, kStopped);
}

TEST_P(Drift, ColumnsAreDroppedRenamedAndNarrowedByTheUser) {
    Following program(scene_);
    ASSERT_TRUE(program.reaches_truth()) << program.state();
    database().run("ALTER TABLE df_contacts DROP COLUMN \"Firma\"");
    database().run("ALTER TABLE df_contacts RENAME COLUMN \"Notiz\" TO \"Bemerkung\"");
    database().narrow("df_contacts", "Anrede", 3);
    database().run("ALTER TABLE df_transactions DROP COLUMN \"status\"");
    campaign().change(40, {"transaction", "edit", "revoke"});
    campaign().change(5, {"contact"});
    EXPECT_TRUE(program.stores_all_contacts()) << program.state();
    EXPECT_EQ(program.stop().code, kStopped);
    EXPECT_THAT(database().dump("df_contacts").columns,
                AllOf(Contains("Firma"), Contains("Notiz"), Contains("Bemerkung")));
    // What the user took out of rows that have not changed since comes back with a new listing.
    EXPECT_THAT(scene_.differences(), ::testing::Not(IsEmpty()));
    database().run("DELETE FROM ringtail_checkpoints");
    const auto done = scene_.run();
    EXPECT_EQ(done.code, 0) << done.out << done.err;
    EXPECT_THAT(scene_.differences(), IsEmpty());
}

TEST_P(Drift, ATableThatWasDroppedIsFilledAgain) {
    Following program(scene_);
    ASSERT_TRUE(program.reaches_truth()) << program.state();
    database().drop("df_transactions");
    database().drop("df_inbound_calls");
    campaign().change(5);
    EXPECT_TRUE(program.reaches_truth()) << program.state();
    const auto stopped = program.stop();
    EXPECT_EQ(stopped.code, kStopped);
    EXPECT_THAT(stopped.err, HasSubstr("df_transactions was not there"));
    // While it does not run.
    database().drop("df_contacts");
    const auto done = scene_.run();
    EXPECT_EQ(done.code, 0) << done.out << done.err;
    EXPECT_THAT(scene_.differences(), IsEmpty());
}

TEST_P(DriftEverywhere, ARightThatIsWithdrawnEndsItWithTheWordsThatGiveItBack) {
    const auto url = database().limited_user();
    if (url.empty()) return;  // a file has no users
    Following program(scene_, {"--to", url});
    ASSERT_TRUE(program.reaches_truth()) << program.state();
    database().withdraw_rights();
    campaign().change(20);
    const auto ended = program.wait();
    EXPECT_EQ(ended.code, kConfig) << ended.out << ended.err;
    EXPECT_THAT(ended.err, HasSubstr("GRANT"));
    database().give_rights_back();
    const auto done = scene_.run({"--once", "--to", url});
    EXPECT_EQ(done.code, 0) << done.out << done.err;
    EXPECT_THAT(scene_.differences(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Every, DriftEverywhere, ::testing::ValuesIn(every_database()),
                         [](const auto& one) { return name_of(one.param); });
INSTANTIATE_TEST_SUITE_P(Every, Drift, ::testing::ValuesIn(relational_databases()),
                         [](const auto& one) { return name_of(one.param); });

}  // namespace
}  // namespace ringtail::fault
