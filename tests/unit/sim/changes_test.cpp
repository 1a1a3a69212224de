#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "base/error.hpp"
#include "unit/sim/service.hpp"

namespace ringtail::test {
namespace {

using sim::Simulation;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

const std::string kSince = std::string("&changedSince=") + kToday;
constexpr const char* kEvents =
    "contacts/transactions/?limit=1000&from=2026-03-05T09:00:00&to=2026-03-05T11:00:00";

std::string all_of(const Simulation& sim) {
    std::string all;
    for (const auto* table :
         {"contacts", "transactions", "connections", "recordings", "inbound_calls"})
        for (const auto& row : truth(sim, table)) all.append(row).push_back('\n');
    return all;
}

TEST(SimChanges, TheSameSeedAndStepsGiveTheSameCampaign) {
    Simulation one(repeatable(300, 0.1)), same(repeatable(300, 0.1));
    auto options = repeatable(300, 0.1);
    options.seed = 2;
    Simulation other(options);
    EXPECT_EQ(all_of(one), all_of(same));
    EXPECT_NE(all_of(one), all_of(other));
    one.change(200);
    for (int i = 0; i < 20; ++i) same.change(10);
    EXPECT_EQ(all_of(one), all_of(same));
    EXPECT_EQ(list_all(one, "contacts/list?limit=50").elements,
              list_all(same, "contacts/list?limit=50").elements);
    EXPECT_EQ(list_all(one, kEvents).elements, list_all(same, kEvents).elements);
    EXPECT_EQ(one.stats().changes, 200U);
}

TEST(SimChanges, AChangedContactMovesToTodayWithANewMd5) {
    Simulation sim(repeatable(200));
    const auto before = list_all(sim, "contacts/list?limit=1000").elements;
    EXPECT_THAT(contact_ids(sim, kSince), IsEmpty());
    sim.change(1, {"edit"});
    const auto changed = list_all(sim, "contacts/list?limit=1000" + kSince).elements;
    ASSERT_THAT(changed, SizeIs(1));
    const auto id = field(changed[0], "id");
    const auto was =
        std::ranges::find(before, id, [](const std::string& one) { return field(one, "id"); });
    ASSERT_NE(was, before.end());
    EXPECT_NE(field(*was, "md5"), field(changed[0], "md5"));
    EXPECT_THAT(contact_ids(sim), SizeIs(200));
    EXPECT_EQ(field(deliver(sim, {id})[0], "$md5"), field(changed[0], "md5"));
    EXPECT_THAT(deliver(sim, {id})[0], HasSubstr("Änderung 0001"));
}

TEST(SimChanges, ANewTransactionIsAnEventAndATrueRow) {
    Simulation sim(repeatable(100));
    const auto before = truth(sim, "transactions").size();
    sim.change(25, {"transaction"});
    EXPECT_EQ(truth(sim, "transactions").size(), before + 25);
    EXPECT_THAT(list_all(sim, kEvents).elements, SizeIs(25));
    EXPECT_THAT(list_all(sim, "contacts/transactions/?limit=4&from=2026-03-05T09:00:00").elements,
                SizeIs(25));
}

TEST(SimChanges, OpenCallsEndAndRecordingsArriveLater) {
    Simulation sim(repeatable(100));
    sim.change(120, {"transaction"});
    const auto connections = truth(sim, "connections").size(),
               recordings = truth(sim, "recordings").size();
    const auto unlocated = [&] {
        return std::ranges::count_if(truth(sim, "recordings"), [](const std::string& row) {
            return row.find("\"location\":null") != std::string::npos;
        });
    };
    const auto waiting = unlocated();
    ASSERT_GT(waiting, 5);
    sim.change(5, {"recording"});
    EXPECT_EQ(unlocated(), waiting - 5);
    EXPECT_EQ(truth(sim, "recordings").size(), recordings) << "the same recordings under other ids";
    sim.change(5, {"call_ends"});
    EXPECT_EQ(truth(sim, "connections").size(), connections + 5);
    EXPECT_THAT(list_all(sim, kEvents).elements, SizeIs(120))
        << "late changes escape a window by fired";
}

TEST(SimChanges, TransactionsAreRevokedAndContactsAppearAndGo) {
    Simulation sim(repeatable(100));
    sim.change(3, {"revoke"});
    const auto rows = truth(sim, "transactions");
    EXPECT_EQ(std::ranges::count_if(rows,
                                    [](const std::string& row) {
                                        return row.find("\"revoked\":true") != std::string::npos;
                                    }),
              3);
    sim.change(4, {"contact"});
    EXPECT_THAT(contact_ids(sim), SizeIs(104));
    EXPECT_THAT(truth(sim, "contacts"), SizeIs(104));
    sim.change(2, {"delete"});
    EXPECT_THAT(contact_ids(sim), SizeIs(102));
    EXPECT_THAT(sim.deleted(), SizeIs(2));
    EXPECT_THAT(deliver(sim, sim.deleted()), IsEmpty());
    EXPECT_EQ(sim.stats().contacts, 102U);
    sim.change(6, {"inbound"});
    EXPECT_THAT(list_all(sim, "inbound/calls/?limit=1000&from=2026-03-05").elements, SizeIs(6));
    EXPECT_THAT(truth(sim, "inbound_calls"), SizeIs(16));
    EXPECT_THROW(sim.change(1, {"vanish"}), Error);
}

TEST(SimChanges, ANewFieldComesWithTheContactsThatChange) {
    Simulation sim(repeatable(50));
    sim.change(1, {"edit"});
    const auto before = contact_ids(sim, kSince);
    sim.add_field("Später \"neu\"", "number");
    EXPECT_THAT(call(sim, "fields/list").body,
                HasSubstr(R"("fieldType":"number","name":"Später \"neu\"")"));
    EXPECT_THAT(deliver(sim, before)[0], Not(HasSubstr("Später")));
    sim.change(20, {"edit"});
    const auto rows = truth(sim, "contacts");
    EXPECT_THAT(rows[0], HasSubstr(R"("Später \"neu\"":)")) << "a column of every row";
    std::string delivered;
    for (const auto& contact : deliver(sim, contact_ids(sim, kSince))) delivered += contact;
    EXPECT_THAT(delivered, HasSubstr(R"("Später \"neu\"":)"));
}

TEST(SimChanges, AFieldIsRenamedRetypedAndDeleted) {
    using sim::FieldChange;
    Simulation sim(repeatable(50));
    const auto before = truth(sim, "contacts");
    sim.change_field(FieldChange::renamed, "Firma", "Company");
    sim.change_field(FieldChange::retyped, "Anzahl", "text");
    sim.change_field(FieldChange::removed, "Produkt");
    EXPECT_THROW(sim.change_field(FieldChange::removed, "Firma"), Error);
    const std::string fields = call(sim, "fields/list").body;
    EXPECT_THAT(fields, Not(HasSubstr("\"Firma\"")));
    EXPECT_THAT(fields, HasSubstr(R"("fieldType":"text","name":"Anzahl")"));
    EXPECT_THAT(fields, HasSubstr(R"("name":"Produkt","state":"visible","deleted":true)"));
    // Contacts that have not changed are delivered as before; what has no field any more is _extra.
    const auto listed = contact_ids(sim);
    EXPECT_THAT(deliver(sim, listed)[0], HasSubstr("\"Firma\":"));
    EXPECT_THAT(truth(sim, "contacts")[0], HasSubstr(R"("Firma":"ACME","Produkt":"Bestand"}})"));
    sim.change(20, {"edit"});
    for (const auto& contact : deliver(sim, contact_ids(sim, kSince))) {
        EXPECT_THAT(contact, Not(HasSubstr("\"Firma\":")));
        EXPECT_THAT(contact, Not(HasSubstr("\"Produkt\":")));
    }
    EXPECT_EQ(before.size(), truth(sim, "contacts").size());
}

TEST(SimChanges, ComeInAtARateUntilItIsStopped) {
    auto options = repeatable(50);
    options.changes_per_second = 500;
    Simulation sim(options);
    while (sim.stats().changes < 5) std::this_thread::yield();
    sim.set_change_rate(0);
    const auto changes = sim.stats().changes;
    EXPECT_EQ(all_of(sim), all_of(sim));
    EXPECT_EQ(sim.stats().changes, changes);
    Simulation by_hand(repeatable(50));
    by_hand.change(static_cast<std::uint32_t>(changes));
    EXPECT_EQ(all_of(by_hand), all_of(sim));
}

}  // namespace
}  // namespace ringtail::test
