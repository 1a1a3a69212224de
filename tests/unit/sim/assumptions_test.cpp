#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "unit/sim/service.hpp"

namespace ringtail::test {
namespace {

using sim::Simulation;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr const char* kEvents =
    "contacts/transactions/?limit=1000&from=2026-03-05T09:00:00&to=2026-03-05T11:00:00";

sim::Options assuming(const char* name, const char* reading, std::uint32_t contacts = 100,
                      double odd = 0) {
    auto options = repeatable(contacts, odd);
    options.assume[name] = reading;
    return options;
}

std::string delivered(const Simulation& sim) {
    std::string all;
    for (const auto& contact : deliver(sim, contact_ids(sim))) all += contact;
    return all;
}

TEST(SimAssumptions, EverySwitchTakesEveryReadingAtAnyTime) {
    Simulation sim(repeatable(50));
    sim.change(20);
    for (const auto& one : sim::switches()) {
        ASSERT_GE(one.readings.size(), 2U) << one.name;
        for (const auto& reading : one.readings) {
            sim.assume(one.name, reading);
            EXPECT_GE(truth(sim, "contacts").size(), 40U) << one.name << "=" << reading;
        }
        sim.assume(one.name, one.readings.front());
    }
    try {
        sim.assume("G-1", "maybe");
        FAIL();
    } catch (const Error& error) {
        EXPECT_THAT(error.hint(), HasSubstr("fired changed"));
    }
    EXPECT_THROW(sim.assume("G-24", "x"), Error);
}

TEST(SimAssumptions, EventsSelectByChange) {  // G-1
    Simulation sim(assuming("G-1", "changed"));
    const auto all = list_all(sim, "contacts/transactions/?limit=1000&from=").elements;
    sim.change(4, {"revoke"});
    const auto changed = list_all(sim, kEvents).elements;
    ASSERT_THAT(changed, SizeIs(4));
    for (const auto& event : changed) EXPECT_LT(event.substr(1, 4), "2026") << "of long ago";
    EXPECT_THAT(list_all(sim, "contacts/transactions/?limit=1000&from=").elements,
                SizeIs(all.size()))
        << "each once";
    sim.assume("G-1", "fired");
    EXPECT_THAT(list_all(sim, kEvents).elements, IsEmpty());
}

TEST(SimAssumptions, BoundsOfTheWindow) {  // G-2
    Simulation sim(repeatable(100));
    const auto event = list_all(sim, "contacts/transactions/?limit=1000&from=").elements[40];
    const auto at = event.substr(1, 23);
    const auto window = "contacts/transactions/?limit=9&from=" + at + "&to=" + at;
    EXPECT_THAT(list_all(sim, window).elements, SizeIs(1));
    sim.assume("G-2", "exclusive");
    EXPECT_THAT(list_all(sim, window).elements, IsEmpty());
    sim.assume("G-2", "half-open");
    EXPECT_THAT(list_all(sim, window).elements, IsEmpty());
    sim.assume("G-2", "to-required");
    EXPECT_EQ(call(sim, "contacts/transactions/?from=" + at).status, 400);
    EXPECT_THAT(list_all(sim, window).elements, SizeIs(1));
}

TEST(SimAssumptions, TimesAreOfAnotherZone) {  // G-3
    Simulation sim(assuming("G-3", "west"));
    sim.change(3, {"transaction"});
    EXPECT_THAT(list_all(sim, kEvents).elements, IsEmpty());
    EXPECT_THAT(
        list_all(sim,
                 "contacts/transactions/?limit=10&from=2026-03-05T04:00:00&to=2026-03-05T06:00:00")
            .elements,
        SizeIs(3));
}

TEST(SimAssumptions, DigitsAndMd5sOfEvents) {  // G-4, G-5
    Simulation sim(assuming("G-4", "none"));
    sim.change(1, {"transaction"});
    EXPECT_THAT(list_all(sim, kEvents).elements.at(0).substr(24, 2), "Z|");
    sim.assume("G-4", "sequence");
    EXPECT_EQ(list_all(sim, kEvents).elements.at(0).substr(24, 6).back(), '|');
    sim.assume("G-5", "contact");
    const auto event = list_all(sim, kEvents).elements.at(0);
    const auto listed =
        list_all(sim, std::string("contacts/list?limit=9&changedSince=") + kToday).elements.at(0);
    EXPECT_EQ(event.substr(30, 32), field(listed, "md5"));
}

TEST(SimAssumptions, TransactionsWithTheSameFired) {  // G-6
    const auto doubles = [](const char* reading, std::uint32_t live = 0) {
        auto options = assuming("G-6", reading, live > 0 ? 3 : 300);
        if (live > 0) options.now.reset();
        Simulation sim(options);
        sim.change(live, {"transaction"});  // by the clock: many in a millisecond
        std::multiset<std::string> fired;
        for (const auto& row : truth(sim, "transactions"))
            fired.insert(field(row, "contact_id") + field(row, "fired"));
        return fired.size() - std::set<std::string>(fired.begin(), fired.end()).size();
    };
    EXPECT_EQ(doubles("never"), 0U);
    EXPECT_GT(doubles("often"), 50U);
    EXPECT_EQ(doubles("never", 300), 0U);
    EXPECT_GT(doubles("rare", 300), 0U);
}

TEST(SimAssumptions, IdsThatAreGone) {  // G-7
    auto options = assuming("G-7", "null");
    options.gone = 1;
    Simulation sim(options);
    const auto ids = contact_ids(sim);
    const std::string body = "[\"" + ids[0] + "\",\"" + ids[1] + "\"]";
    EXPECT_EQ(call(sim, "contacts/?include_md5=true", "POST", body).body, "[null,null]");
    sim.assume("G-7", "few");
    EXPECT_EQ(call(sim, "contacts/?include_md5=true", "POST", body).body, "[]");
    std::string many = "[\"" + ids[0] + "\"";
    for (int i = 0; i < 20; ++i) many += ",\"" + ids[0] + "\"";
    EXPECT_EQ(call(sim, "contacts/?include_md5=true", "POST", many + "]").status, 400);
}

TEST(SimAssumptions, RecordingsThatDoNotChangeTheMd5) {  // G-8
    Simulation sim(assuming("G-8", "no-recordings"));
    sim.change(60, {"transaction"});
    const auto before = list_all(sim, "contacts/list?limit=1000").elements;
    const auto rows = truth(sim, "recordings");
    sim.change(3, {"recording"});
    EXPECT_EQ(list_all(sim, "contacts/list?limit=1000").elements, before);
    EXPECT_NE(truth(sim, "recordings"), rows);
    sim.assume("G-8", "all");
    EXPECT_NE(list_all(sim, "contacts/list?limit=1000").elements, before);
}

TEST(SimAssumptions, ListsThatRepeatAndListsThatStandStill) {  // G-9
    Simulation sim(assuming("G-9", "repeats"));
    const auto listed = list_all(sim, "contacts/list?limit=10").elements;
    EXPECT_GT(listed.size(), 105U);
    EXPECT_EQ(std::set<std::string>(listed.begin(), listed.end()).size(), 100U);
    sim.assume("G-9", "stable");
    const auto still = list_all(sim, "contacts/list?limit=10").elements;
    const auto first = call(sim, "contacts/list?limit=10");
    sim.change(10, {"edit"});
    std::size_t seen = 10;
    for (auto cursor = cursor_of(first.body); !cursor.empty();) {
        const auto page = call(sim, "contacts/list?limit=10&cursor=" + cursor).body;
        for (std::size_t at = page.find("\"id\""); at != std::string::npos;
             at = page.find("\"id\"", at + 1))
            EXPECT_EQ(field(std::string_view(page).substr(at), "id"),
                      field(still.at(seen++), "id"));
        cursor = cursor_of(page);
    }
    EXPECT_EQ(seen, 100U);
    EXPECT_NE(list_all(sim, "contacts/list?limit=10").elements, still);
}

TEST(SimAssumptions, CursorsCountsAndQuotas) {  // G-10, G-11, G-12
    Simulation sim(assuming("G-10", "short"));
    EXPECT_THROW(list_all(sim, "contacts/list?limit=10"), std::runtime_error);
    EXPECT_THAT(list_all(sim, "contacts/list?limit=10").elements, SizeIs(100));
    sim.assume("G-11", "missing");
    EXPECT_THAT(call(sim, "contacts/list?limit=10").body, Not(HasSubstr("count")));
    sim.assume("G-11", "total");
    EXPECT_THAT(call(sim, "contacts/list?limit=10").body, HasSubstr("\"count\":100,"));
    Simulation capped(assuming("G-12", "capped", 250));
    EXPECT_THAT(list_all(capped, "contacts/list?limit=1000").pages,
                testing::Each(testing::Le(100U)));
}

TEST(SimAssumptions, TheServersFilters) {  // G-13, G-14
    Simulation sim(repeatable(500));
    const auto count = [&](const char* parameters) {
        return list_all(sim, std::string("contacts/transactions/?limit=1000&from=&type=update&") +
                                 parameters)
            .elements.size();
    };
    const auto all = count(""), user = count("hi=true"), stage = count("tasks=fc_anr"),
               whole = count("tasks=fc_anruf");
    EXPECT_EQ(stage, whole);
    sim.assume("G-13", "isHI");
    EXPECT_NE(count("hi=true"), user);
    sim.assume("G-13", "ignored");
    EXPECT_EQ(count("hi=true"), all);
    sim.assume("G-14", "exact");
    EXPECT_EQ(count("tasks=fc_anr"), 0U);
    EXPECT_EQ(count("tasks=fc_anruf"), whole);
    sim.assume("G-14", "contact");
    EXPECT_NE(count("tasks=fc_anruf"), whole);
    sim.assume("G-14", "ignored");
    EXPECT_EQ(count("tasks=fc_anruf"), all);
}

TEST(SimAssumptions, WhatIsDelivered) {  // G-15 to G-23
    EXPECT_THAT(call(Simulation(assuming("G-15", "numbers")), "inbound/calls/?from=").body,
                testing::AllOf(HasSubstr("\"dispatch_error\":0"),
                               testing::ContainsRegex("\"connectable_time\":17[0-9]+,")));
    EXPECT_THAT(delivered(Simulation(assuming("G-16", "open"))), HasSubstr("ÄNDERUNG"));
    EXPECT_THAT(delivered(Simulation(assuming("G-17", "long"))), HasSubstr("X-Goog-Signature"));
    EXPECT_THAT(delivered(Simulation(assuming("G-18", "missing"))), Not(HasSubstr("isThirdParty")));
    EXPECT_THAT(delivered(Simulation(repeatable(100))),
                HasSubstr("\"isThirdPartyConnection\":true"));
    EXPECT_THAT(delivered(Simulation(assuming("G-19", "none", 1000))),
                Not(HasSubstr("ohne_Formular")));
    EXPECT_THAT(call(Simulation(assuming("G-20", "listed")), "fields/list").body,
                HasSubstr("$$anrufen_status_detail"));
    EXPECT_THAT(delivered(Simulation(assuming("G-21", "missing"))),
                Not(HasSubstr("wait_time_sec")));
    EXPECT_THAT(delivered(Simulation(assuming("G-22", "numbers"))),
                Not(testing::ContainsRegex("\"Anzahl\":\"[0-9-]")));
    EXPECT_THAT(delivered(Simulation(assuming("G-22", "text"))),
                Not(testing::ContainsRegex("\"Anzahl\":[0-9-]")));
    EXPECT_THAT(delivered(Simulation(assuming("G-23", "yes"))), HasSubstr("\"$changed\":\"20"));
}

TEST(SimAssumptions, A403AtTimes) {  // G-27
    const Simulation sim(assuming("G-27", "temporary"));
    int forbidden = 0;
    for (int i = 0; i < 100; ++i) forbidden += call(sim, "fields/list").status == 403 ? 1 : 0;
    EXPECT_EQ(forbidden, 2);
}

}  // namespace
}  // namespace ringtail::test
