#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <future>
#include <set>
#include <thread>

#include "base/error.hpp"
#include "unit/sim/service.hpp"

namespace ringtail::test {
namespace {

using sim::FaultRule;
using sim::Simulation;
using testing::HasSubstr;
using testing::SizeIs;

FaultRule rule(std::string kind, std::string path = "", unsigned count = 1) {
    FaultRule rule;
    rule.kind = std::move(kind);
    rule.path = std::move(path);
    rule.count = count;
    return rule;
}

bool is_json(const std::string& body) {
    simdjson::dom::parser parser;
    return parser.parse(body).error() == simdjson::SUCCESS;
}

TEST(SimFaults, StatusesStrikeAsOftenAsToldAndOnlyWhereTold) {
    Simulation sim(repeatable(10));
    sim.add_fault(rule("500", "contacts/list", 2));
    auto throttle = rule("429", "fields");
    throttle.retry_after = 7;
    sim.add_fault(throttle);
    sim.add_fault(rule("429", "inbound"));
    sim.add_fault(rule("403", "transactions"));
    const auto status = [&](const char* path) { return call(sim, path).status; };
    EXPECT_EQ(status("contacts/list?limit=5"), 500);
    EXPECT_EQ(status("contacts/list?limit=5"), 500);
    EXPECT_EQ(status("contacts/list?limit=5"), 200);
    const auto throttled = call(sim, "fields/list");
    EXPECT_EQ(throttled.status, 429);
    EXPECT_EQ(throttled.headers.at("retry-after"), "7");
    EXPECT_FALSE(call(sim, "inbound/calls/?from=").headers.contains("retry-after"));
    EXPECT_EQ(status("contacts/transactions/?from="), 403);
    EXPECT_EQ(status("contacts/transactions/?from="), 200);
    EXPECT_EQ(sim.stats().faults.at("500"), 2U);
    EXPECT_EQ(sim.stats().requests.at("list"), 3U);
}

TEST(SimFaults, AShareOfTheRequestsAfterSomeGoodOnes) {
    Simulation sim(repeatable(10));
    auto some = rule("503", "", 0);
    some.share = 0.3;
    some.skip = 10;
    sim.add_fault(some);
    int failed = 0;
    for (int i = 0; i < 210; ++i) {
        const bool fails = call(sim, "fields/list").status == 503;
        EXPECT_FALSE(fails && i < 10);
        failed += fails ? 1 : 0;
    }
    EXPECT_GT(failed, 30);
    EXPECT_LT(failed, 90);
    sim.clear_faults();
    EXPECT_EQ(call(sim, "fields/list").status, 200);
}

TEST(SimFaults, SpoilTheAnswer) {
    Simulation sim(repeatable(200));
    const auto good = call(sim, "contacts/list?limit=1000").body;
    const auto with = [&](const char* kind) {
        sim.add_fault(rule(kind));
        return call(sim, "contacts/list?limit=1000");
    };
    const auto reset = with("reset");
    EXPECT_TRUE(reset.reset);
    EXPECT_FALSE(reset.whole);
    const auto truncated = with("truncate");
    EXPECT_TRUE(truncated.whole) << "well framed, and yet";
    EXPECT_FALSE(is_json(truncated.body));
    const auto cut = with("short");
    EXPECT_FALSE(cut.whole);
    EXPECT_FALSE(cut.reset);
    EXPECT_LT(cut.body.size(), good.size());
    const auto broken = with("broken_json");
    EXPECT_EQ(broken.body.size(), good.size());
    EXPECT_FALSE(is_json(broken.body));
    EXPECT_EQ(with("slow").body, good);
    const auto page = with("content_type");
    EXPECT_EQ(page.status, 200);
    EXPECT_THAT(page.headers.at("content-type"), HasSubstr("text/html"));
    EXPECT_EQ(call(sim, "contacts/list?limit=1000").body, good);
}

TEST(SimFaults, AHangingAnswerDoesNotKeepTheServiceFromEnding) {
    auto sim = std::make_unique<Simulation>(repeatable(10));
    sim->add_fault(rule("hang"));
    auto reply =
        std::async(std::launch::async, [&service = *sim] { return call(service, "fields/list"); });
    while (sim->stats().faults.empty()) std::this_thread::yield();
    EXPECT_EQ(call(*sim, "fields/list").status, 200);
    sim.reset();
    EXPECT_EQ(reply.get().status, 0);
}

TEST(SimFaults, CursorsExpireOnlyWhereThereIsOne) {
    Simulation sim(repeatable(100));
    sim.add_fault(rule("expired_cursor"));
    const auto first = call(sim, "contacts/list?limit=10");
    EXPECT_EQ(first.status, 200);
    const auto next = "contacts/list?limit=10&cursor=" + cursor_of(first.body);
    EXPECT_EQ(call(sim, next).status, 400);
    EXPECT_EQ(call(sim, next).status, 200);
}

TEST(SimFaults, APageListedTwice) {
    Simulation sim(repeatable(95));
    sim.add_fault(rule("list_twice", "contacts/list"));
    const auto listed = list_all(sim, "contacts/list?limit=10").elements;
    EXPECT_THAT(listed, SizeIs(testing::AllOf(testing::Gt(95U), testing::Le(105U))));
    EXPECT_EQ(std::set<std::string>(listed.begin(), listed.end()).size(), 95U);
}

TEST(SimFaults, AStaleAnswerIsTheVersionBefore) {
    Simulation sim(repeatable(20));
    const auto ids = contact_ids(sim);
    const auto old = deliver(sim, ids);
    sim.add_fault(rule("stale"));
    EXPECT_EQ(deliver(sim, ids), old) << "nothing has changed, so there is no version before";
    EXPECT_EQ(sim.stats().faults["stale"], 0U);
    sim.change(1, {"edit"});
    EXPECT_EQ(deliver(sim, ids), old);
    EXPECT_EQ(sim.stats().faults["stale"], 1U);
    EXPECT_NE(deliver(sim, ids), old);
}

TEST(SimFaults, ContactsMoveWhileTheListIsPaged) {
    Simulation sim(repeatable(100));
    sim.change(100, {"edit"});  // now today's page order decides
    const auto today = contact_ids(sim, std::string("&changedSince=") + kToday);
    sim.add_fault(rule("move", "contacts/list", 3));
    std::vector<std::string> seen;
    for (const auto& element :
         list_all(sim, std::string("contacts/list?limit=10&changedSince=") + kToday).elements)
        seen.push_back(field(element, "id"));
    EXPECT_EQ(sim.stats().faults.at("move"), 3U);
    EXPECT_LT(std::set<std::string>(seen.begin(), seen.end()).size(), today.size())
        << "one moved to where nobody looks any more";
}

TEST(SimFaults, WrongOnesAreRefusedWithWhatIsAllowed) {
    Simulation sim(repeatable(1));
    try {
        sim.add_fault(rule("fire"));
        FAIL();
    } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr("\"fire\""));
        EXPECT_THAT(error.hint(), HasSubstr("expired_cursor"));
    }
    auto much = rule("500");
    much.share = 2;
    EXPECT_THROW(sim.add_fault(much), Error);
}

}  // namespace
}  // namespace ringtail::test
