// Two feeds, in any order, any number of times: one row, always the same.
#include "source/callkeeper/merge.hpp"

#include <gmock/gmock.h>

#include <random>

#include "base/error.hpp"
#include "scene.hpp"

namespace ringtail::callkeeper::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

const Instant kStart = at("2024-05-01T21:30:20Z");

struct Arrival {
    bool is_hook;
    std::string object;
    Instant when;
};

// One page each, with a restart now and then.
std::string load(const std::vector<Arrival>& arrivals, std::mt19937& random) {
    Scene scene;
    for (const Arrival& arrival : arrivals) {
        if (arrival.is_hook)
            scene.hook(arrival.object, arrival.when);
        else
            scene.api({arrival.object}, arrival.when);
        if (random() % 3 == 0) scene.reopen();
    }
    EXPECT_TRUE(scene.tally.adds_up());
    return scene.dump();
}

TEST(Merge, EveryOrderAndAnyDuplicatesGiveTheSameRows) {
    const unsigned seed = std::random_device()();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const Arrival processing{true, hook_call(7, "Call is processing", 1, 0), kStart};
    const Arrival over{true, hook_call(7, " Call is over", 200, 200), kStart + 60s};
    const Arrival api{false, api_call(7, 200, 200, R"(,"duration2_sec":"31","tags":" ")"),
                      kStart + 120s};
    const std::string expected = load({processing, over, api}, random);
    for (int round = 0; round < 200; ++round) {
        std::vector<Arrival> arrivals{processing, over, api};
        for (auto copies = random() % 4; copies > 0; --copies)
            arrivals.push_back(arrivals[random() % 3]);
        std::ranges::shuffle(arrivals, random);
        std::string order;
        for (const Arrival& arrival : arrivals)
            order += arrival.is_hook ? (arrival.when == kStart ? "p" : "o") : "a";
        ASSERT_EQ(load(arrivals, random), expected) << order;
    }
}

TEST(Merge, HooksAloneInEveryOrder) {
    std::mt19937 random(1);
    std::vector<Arrival> arrivals{
        {true, hook_call(7, "Call is processing", 1, 0), kStart},
        {true, hook_call(7, "Call is over", 486, 0), kStart + 30s},
        {true, hook_call(7, "Call is over", 200, 486), kStart + 60s},
        {true, hook_call(7, "Call is processing", 2, 0), kStart + 90s},
    };
    const std::string expected = load(arrivals, random);
    EXPECT_THAT(expected, HasSubstr("status2_code: 486"));
    std::vector<std::size_t> order{0, 1, 2, 3};
    while (std::ranges::next_permutation(order).found) {
        std::vector<Arrival> some;
        for (const std::size_t i : order) some.push_back(arrivals[i]);
        ASSERT_EQ(load(some, random), expected);
    }
}

TEST(Merge, WhatOnlyTheApiKnowsIsNotErasedByALateHook) {
    Scene scene;
    scene.api({api_call(7, 200, 200, R"(,"duration2_sec":31,"duration_sec":40)")}, kStart + 120s);
    scene.hook(hook_call(7, "Call is processing", 1, 0), kStart + 180s);
    EXPECT_EQ(scene.facts(7)["talk_duration"], "31");
    auto call = scene.call(7);
    EXPECT_EQ(call["status_code"], "200");
    EXPECT_EQ(call["widget_name"], "W");  // only the hook knows it
    EXPECT_EQ(call["_settle_state"], "settled");
    EXPECT_THAT(call["_feeds"],
                HasSubstr(R"("hook":{"at":"2024-05-01T21:33:20.000Z","columns":["widget_name"]})"));
}

TEST(Merge, ACallThatIsOverByItsHookIsToldByIt) {
    Scene scene;
    scene.hook(hook_call(7, "Call is over", 200, 200), kStart + 60s);
    scene.api({api_call(7, 1, 0)}, kStart + 30s);  // asked before
    EXPECT_EQ(scene.call(7)["status_code"], "200");
    EXPECT_EQ(scene.call(7)["_settle_state"], "waiting");
}

TEST(Merge, AReasonBelongsToItsCode) {
    Scene scene;
    scene.hook(
        R"({"id":7,"hook_event":"Call is processing","status_code":1,"status_reason":"going on"})",
        kStart);
    EXPECT_EQ(scene.call(7)["status_reason"], "going on");
    scene.api({api_call(7, 486, 0)}, kStart + 60s);
    EXPECT_EQ(scene.call(7)["status_code"], "486");
    EXPECT_EQ(scene.call(7).count("status_reason"), 0U);
}

TEST(Merge, TheSameAnswerAgainChangesNothing) {
    Scene scene;
    scene.api({api_call(7, 486, 0)}, kStart);
    scene.reopen();
    const std::string before = scene.dump();
    // Blanks do not count.
    std::string again = api_call(7, 486, 0);
    again.insert(1, "\n ");
    scene.api({again}, kStart + 3600s);
    EXPECT_EQ(scene.dump(), before);
    EXPECT_EQ(scene.tally.equal, 1U);
    EXPECT_EQ(scene.tally.loaded, 1U);
    EXPECT_TRUE(scene.tally.adds_up());
}

TEST(Merge, OtherSettingsMakeTheRowsAnew) {
    Scene scene;
    scene.api({R"({"id":7,"status_code":486,"status2_code":0,"phone2":"0171 2345678"})"}, kStart);
    EXPECT_EQ(scene.call(7).count("client_phone_e164"), 0U);
    scene.options.phone_region = "DE";
    scene.reopen();
    scene.api({R"({"id":7,"status_code":486,"status2_code":0,"phone2":"0171 2345678"})"}, kStart);
    EXPECT_EQ(scene.call(7)["client_phone_e164"], "+491712345678");
}

// Two windows share a second, so some calls are told twice; what is sent to a table twice it cannot
// be given as new.
TEST(Merge, ACallThatIsToldTwiceIsWrittenOnceWhereTheTablesAreNew) {
    Scene scene;
    scene.api({api_call(7, 486, 0)}, kStart);
    EXPECT_EQ(scene.facts(7).size() > 0, true);
    const auto stored = scene.shelf.tables;
    scene.shelf.tables.clear();
    scene.api({api_call(7, 486, 0)}, kStart + 60s);
    EXPECT_EQ(scene.call(7).size() + scene.facts(7).size(), 0U);
    EXPECT_TRUE(scene.tally.adds_up());

    // What is stored of a call says nothing of a table that is made after it.
    scene.shelf.tables = stored;
    scene.shelf.tables.erase("callkeeper_calls_facts");
    scene.new_table = "callkeeper_calls_facts";
    scene.reopen();
    scene.api({api_call(7, 486, 0)}, kStart + 60s);
    EXPECT_EQ(scene.facts(7).size() > 0, true);
}

TEST(Settle, GoesUpTheLadderAndThenGivesUp) {
    Scene scene;
    scene.api({api_call(7, 707, 0)}, kStart);
    for (const auto pause : {1min, 5min, 30min, 120min, 1440min}) {
        ASSERT_EQ(scene.shelf.due.count("7"), 1U);
        EXPECT_EQ(scene.shelf.due["7"].due, kStart + pause);
        EXPECT_EQ(scene.call(7)["_settle_state"], "waiting");
        scene.api({api_call(7, 707, 0)}, kStart + pause);
    }
    EXPECT_EQ(scene.shelf.due.size(), 0U);
    EXPECT_EQ(scene.call(7)["_settle_state"], "gave up");
    EXPECT_TRUE(scene.tally.adds_up());
}

TEST(Settle, StopsWhenTheApiSaysTheLastWord) {
    Scene scene;
    scene.hook(hook_call(7, "Call is over", 200, 200), kStart);
    EXPECT_EQ(scene.shelf.due["7"].due, kStart + scene.options.ask_after_hook);
    scene.api({api_call(7, 200, 200, R"(,"duration2_sec":0)")}, kStart + 60s);
    EXPECT_EQ(scene.shelf.due["7"].due, kStart + 5min) << "a successful call has talk time";
    scene.api({api_call(7, 200, 200, R"(,"duration2_sec":12)")}, kStart + 5min);
    EXPECT_EQ(scene.shelf.due.size(), 0U);
    EXPECT_EQ(scene.call(7)["_settled_at"], "2024-05-01T21:35:20.000Z");
}

TEST(Settle, ACallThatTheApiDoesNotKnowIsAskedOnAndThenGivenUp) {
    Scene scene;
    scene.hook(hook_call(7, "Call is over", 200, 200), kStart);
    scene.unknown(7, kStart + 60s);
    EXPECT_EQ(scene.shelf.due["7"].due, kStart + 5min);
    scene.unknown(7, kStart + 24h);
    EXPECT_EQ(scene.shelf.due.size(), 0U);
    EXPECT_EQ(scene.call(7)["_settle_state"], "gave up");
    EXPECT_EQ(scene.tally.gone, 2U);
    EXPECT_TRUE(scene.tally.adds_up());
    // One that nobody ever told of leaves no row.
    scene.shelf.due["8"] = {"8", 0, kStart};
    scene.unknown(8, kStart);
    EXPECT_EQ(scene.call(8).size(), 0U);
    EXPECT_EQ(scene.shelf.due.size(), 0U);
    EXPECT_TRUE(scene.tally.adds_up());
}

TEST(Filters, ACallThatNoLongerPassesIsErased) {
    Options options;
    options.filters["callkeeper_calls"] = "status_code = 200 and status2_code = 200";
    options.filters["callkeeper_calls_facts"] = "duration2_sec > 10";
    Scene scene(options);
    scene.api({api_call(7, 200, 200, R"(,"duration2_sec":31)"), api_call(8, 486, 0),
               api_call(9, 200, 200, R"(,"duration2_sec":"9")")},
              kStart);
    EXPECT_EQ(scene.facts(7)["talk_duration"], "31");
    EXPECT_EQ(scene.call(8).size(), 0U);
    EXPECT_EQ(scene.call(9).size() > 0, true);
    EXPECT_EQ(scene.facts(9).size(), 0U);
    scene.reopen();
    scene.api({api_call(7, 200, 486), api_call(8, 486, 0)}, kStart + 60s);
    EXPECT_EQ(scene.call(7).size(), 0U);
    EXPECT_EQ(scene.facts(7).size(), 0U);
    EXPECT_TRUE(scene.tally.adds_up());
}

TEST(Filters, ACallThatIsNotStoredGoesUpTheLadderToo) {
    Options options;
    options.filters["callkeeper_calls"] = "status_code = 200";
    Scene scene(options);
    const std::string call = api_call(7, 1, 0);
    const Instant began = kStart - 5s;  // the call's date
    scene.api({call}, kStart + 10s);
    for (const auto due : {1min, 5min, 30min, 120min, 1440min}) {
        ASSERT_EQ(scene.shelf.due.size(), 1U);
        EXPECT_EQ(scene.shelf.due["7"].due, began + due);
        scene.reopen();
        scene.api({call}, began + due);
    }
    EXPECT_EQ(scene.shelf.due.size(), 0U);
    // A day that is read again does not begin anew.
    scene.api({call}, kStart + 48h);
    EXPECT_EQ(scene.shelf.due.size(), 0U);
    // Nobody can say how old this one is.
    scene.api({R"({"id":8,"status_code":1,"status2_code":0})"}, kStart);
    EXPECT_EQ(scene.shelf.due.size(), 0U);
    EXPECT_EQ(scene.call(7).size() + scene.call(8).size(), 0U);
    EXPECT_TRUE(scene.tally.adds_up());
}

TEST(Filters, AskForFieldsOfTheVisitAndForTimes) {
    const auto kept = [](const std::string& filter) {
        Options options;
        options.filters["callkeeper_calls"] = filter;
        Scene scene(options);
        scene.api({api_call(7, 486, 0, R"(,"session":{"pgs":"3"},"current":{"src":"g"},"x":1)")},
                  kStart);
        return !scene.call(7).empty();
    };
    EXPECT_TRUE(kept("visit_info.current.src = 'g' and current.src = 'g' and session.pgs > 2"));
    EXPECT_FALSE(kept("visit_info.current.src like 'y%'"));
    // 21:30 UTC is the next day in Moscow, the source's zone.
    EXPECT_TRUE(kept("date = 2024-05-02 and date >= '2024-05-02 00:30'"));
    EXPECT_FALSE(kept("date = 2024-05-01"));
    EXPECT_TRUE(kept("order_date is null and id in (6, 7)"));
    EXPECT_THROW(kept("x = 1"), Error);
    EXPECT_THROW(read_filter("general_sites", "site = 'a'", Zone("UTC")), Error);
}

TEST(Rejects, WhatIsNoCallIsKeptWithItsText) {
    Scene scene;
    scene.api({R"({"id":"x","a":1})", "17", R"({"id":0})", api_call(7, 486, 0)}, kStart);
    ASSERT_EQ(scene.shelf.rejects.size(), 3U);
    EXPECT_EQ(scene.shelf.rejects[0].raw, R"({"id":"x","a":1})");
    EXPECT_EQ(scene.shelf.rejects[1].raw, "17");
    EXPECT_EQ(scene.tally.rejected, 3U);
    EXPECT_TRUE(scene.tally.adds_up());
}

void expect_same(const FeedState& a, const FeedState& b) {
    EXPECT_EQ(a.object, b.object);
    EXPECT_EQ(a.at, b.at);
    EXPECT_EQ(a.hash, b.hash);
}

// As a database gives it back that stores JSON in a form of its own.
std::string spaced(const std::string& text) {
    std::string out;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        out += text[i];
        if (text[i] == '\\')
            out += text[++i];
        else if (text[i] == '"')
            in_string = !in_string;
        else if (!in_string && (text[i] == '{' || text[i] == ','))
            out += ' ';
    }
    return out;
}

TEST(State, IsReadAsItWasWrittenAndInEveryOtherForm) {
    const std::string nested = R"({"id":1,"hook":{"api":"},\"hook\":{"},"meta":{"over":true}})";
    for (const std::string& api : {std::string(), std::string(R"({"id":1})"), nested}) {
        for (const std::string& hook : {std::string(), std::string(R"({"id":2,"x":""})"), nested}) {
            CallState state;
            state.of = "1/1";
            state.fit = "f";
            state.first = kStart + 1s;
            if (!api.empty()) merge_api(state, api, kStart + 5s);
            if (!hook.empty()) merge_hook(state, hook, kStart + 7s, true);
            state.settled = kStart + 9s;
            const std::string text = write_state(state);
            for (const std::string& form : {text, spaced(text)}) {
                const CallState read = read_state(form);
                expect_same(read.api, state.api);
                expect_same(read.hook, state.hook);
                EXPECT_EQ(read.over, state.over);
                EXPECT_EQ(read.first, state.first);
                EXPECT_EQ(read.settled, state.settled);
                EXPECT_EQ(read.of, "1/1");
                EXPECT_EQ(read.fit, "f");
                EXPECT_EQ(write_state(read), text);
            }
        }
    }
}

TEST(State, MembersMayComeInAnyOrder) {
    CallState state;
    merge_api(state, R"({"id":1})", kStart + 5s);
    const std::string text = write_state(state);
    const auto meta = text.find(",\"meta\":");
    const std::string turned =
        "{" + text.substr(meta + 1, text.size() - meta - 2) + "," + text.substr(1, meta - 1) + "}";
    expect_same(read_state(turned).api, state.api);
    const std::string between =
        R"({"api":{"id":1},)" + text.substr(meta + 1, text.size() - meta - 2) + R"(,"x":{}})";
    expect_same(read_state(between).api, state.api);
}

TEST(State, ABrokenOneIsRefused) {
    EXPECT_THROW(read_state("{}"), Error);
    EXPECT_THROW(read_state(R"({"meta":{"first":"never"}})"), Error);
}

}  // namespace
}  // namespace ringtail::callkeeper::testing
