#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "base/error.hpp"
#include "sim/receiver.hpp"
#include "unit/sim/callkeeper_service.hpp"

namespace ringtail::test {
namespace {

using sim::CallKeeper;
using sim::HookOptions;
using sim::Receiver;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

// What each call's hooks said, in the order they came.
std::map<std::int64_t, std::vector<std::string>> events_of(const Receiver& receiver) {
    std::map<std::int64_t, std::vector<std::string>> events;
    for (const auto& post : receiver.posts())
        for (const auto id : ids_of(post.body))
            events[id].push_back(post.body.find("is over") == std::string::npos ? "begins"
                                                                                : "over");
    return events;
}

TEST(SimCallKeeperHooks, TwoPerCallAsTheFactsSay) {
    CallKeeper sim(some_calls(50, 3));
    Receiver receiver;
    const auto counts = sim.send_hooks({.url = receiver.url()});
    EXPECT_EQ(counts.sent, counts.acknowledged);
    EXPECT_EQ(counts.sent, receiver.count());
    const auto events = events_of(receiver);
    EXPECT_EQ(events.size(), counts.acknowledged_calls.size());
    std::size_t both = 0;
    for (const auto& [id, words] : events) {
        if (words.size() == 2) ++both;
        EXPECT_EQ(words[0], "begins") << id;
    }
    EXPECT_GT(both, events.size() / 2);
    const auto posts = receiver.posts();
    const auto over = std::ranges::find_if(posts, [](const sim::Post& post) {
        return post.body.find("Call is over") != std::string::npos &&
               post.body.find("\"status2_code\":200,") != std::string::npos;
    });
    ASSERT_NE(over, posts.end());
    EXPECT_EQ(over->method, "POST");
    EXPECT_EQ(over->header("content-type"), "application/json");
    EXPECT_EQ(member(over->body, "duration2_sec"), "") << "talk time is the API's alone";
    for (const char* field : {"date_timestamp", "order_date", "event_source", "widget_name",
                              "ga_clid", "uip", "record_url", "duration_sec"})
        EXPECT_NE(member(over->body, field), "") << field;
    EXPECT_EQ(member(over->body, "duration_min").front(), '"');
}

TEST(SimCallKeeperHooks, OrdersCopiesAndShares) {
    CallKeeper sim(some_calls(50, 3));
    {
        Receiver receiver;
        sim.send_hooks({.url = receiver.url(), .order = "reversed"});
        for (const auto& [id, words] : events_of(receiver)) EXPECT_EQ(words.back(), "begins") << id;
    }
    {
        Receiver receiver;
        sim.send_hooks({.url = receiver.url(), .which = "processing", .copies = 4});
        for (const auto& [id, words] : events_of(receiver))
            EXPECT_THAT(words, ElementsAre("begins", "begins", "begins", "begins")) << id;
    }
    Receiver receiver;
    const auto all = sim.send_hooks({.url = receiver.url(), .order = "shuffled"}).sent;
    const auto some = sim.send_hooks({.url = receiver.url(), .share = 0.3}).sent;
    EXPECT_GT(some, all / 10);
    EXPECT_LT(some, all / 2);
    const auto day = sim.send_hooks(
        {.url = receiver.url(), .which = "processing", .from = "2024-01-01", .to = "2024-01-01"});
    EXPECT_THAT(day.acknowledged_calls, SizeIs(50));
}

TEST(SimCallKeeperHooks, AllFormats) {
    CallKeeper sim(some_calls(50, 3));
    sim.assume("visit", "nested");
    const auto first = [&](const std::string& format) {
        Receiver receiver;
        const auto counts = sim.send_hooks({.url = receiver.url("/hooks/x?a=1"),
                                            .format = format,
                                            .which = "over",
                                            .in_flight = 1});
        EXPECT_EQ(counts.acknowledged, counts.sent) << format;
        return receiver.posts().at(0);
    };
    EXPECT_THAT(std::string(*first("text").header("content-type")), HasSubstr("text/plain"));
    const auto form = first("form");
    EXPECT_EQ(form.header("content-type"), "application/x-www-form-urlencoded");
    EXPECT_THAT(form.body, HasSubstr("hook_event=Call+is+over"));
    EXPECT_THAT(form.body, HasSubstr("visit_info%5Bcurrent%5D%5Bsrc%5D="));
    const auto query = first("query");
    EXPECT_EQ(query.method, "GET");
    EXPECT_THAT(query.target, HasSubstr("/hooks/x?a=1&id="));
    const auto array = first("array");
    EXPECT_EQ(array.body.front(), '[');
    EXPECT_THAT(ids_of(array.body), SizeIs(10));
    EXPECT_THROW(sim.send_hooks({.url = "http://127.0.0.1:1/", .format = "xml"}), Error);
}

TEST(SimCallKeeperHooks, CountsAnswersAndTriesAgain) {
    CallKeeper sim(some_calls(20, 3));
    Receiver receiver;
    receiver.add_fault({.kind = "503", .count = 5});
    receiver.add_fault({.kind = "close", .count = 2});
    HookOptions hooks{.url = receiver.url(), .which = "processing"};
    const auto once = sim.send_hooks(hooks);
    EXPECT_EQ(once.refused.at(503), 5U);
    EXPECT_GE(once.unanswered, 1U);
    EXPECT_EQ(once.sent, once.acknowledged + once.unanswered + 5);
    EXPECT_EQ(once.acknowledged_calls.size(), once.acknowledged);
    EXPECT_THAT(truth_of(sim, "callkeeper_calls", {.api = false, .hooks = true}),
                SizeIs(once.acknowledged));
    receiver.clear_faults();
    receiver.add_fault({.kind = "500", .count = 4});
    hooks.attempts = 3;
    const auto again = sim.send_hooks(hooks);
    EXPECT_EQ(again.refused.at(500), 4U);
    EXPECT_EQ(again.acknowledged, again.sent - 4);
    EXPECT_THAT(truth_of(sim, "callkeeper_calls", {.api = false, .hooks = true}),
                SizeIs(again.acknowledged));
}

TEST(SimCallKeeperHooks, BodiesThatAreNoCall) {
    CallKeeper sim(some_calls(5, 3));
    Receiver receiver;
    receiver.add_fault({.kind = "400", .contains = "not json"});
    const auto counts = sim.send_hooks(
        {.url = receiver.url(), .which = "over", .unusable = 24, .to = "2023-01-01"});
    EXPECT_EQ(counts.sent, 0U);
    EXPECT_THAT(counts.unusable, ElementsAre(testing::Pair(200, 22), testing::Pair(400, 2)));
}

TEST(SimCallKeeperHooks, FollowTheClock) {
    CallKeeper sim(some_calls(1000, 3));
    Receiver receiver;
    sim.follow_with_hooks({.url = receiver.url()});
    const auto before = calls_of(sim, "2024-01-01", "2024-01-03").size();
    sim.advance(std::chrono::hours(2));
    const auto after = calls_of(sim, "2024-01-01", "2024-01-03").size();
    while (events_of(receiver).size() < after - before) std::this_thread::yield();
    sim.follow_with_hooks({});
    EXPECT_GE(events_of(receiver).size(), after - before);
    EXPECT_LT(events_of(receiver).size(), after - before + 60) << "and those that began before";
}

TEST(SimCallKeeperHooks, AreSentAtTheWishOfAnAdminCall) {
    CallKeeper sim(some_calls(20, 3));
    Receiver receiver;
    const auto reply = fetch(sim.port(), "POST", "/sim/callkeeper/hooks",
                             R"({"url":")" + receiver.url() + R"(","which":"processing"})");
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(member(reply.body, "acknowledged"), std::to_string(receiver.count()));
    EXPECT_EQ(fetch(sim.port(), "POST", "/sim/callkeeper/hooks", "{}").status, 400);
}

}  // namespace
}  // namespace ringtail::test
