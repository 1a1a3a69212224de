#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "unit/sim/callkeeper_service.hpp"

namespace ringtail::test {
namespace {

using sim::CallKeeper;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

TEST(SimCallKeeperApi, RefusesAsTheFactsSay) {
    CallKeeper sim(some_calls(20, 3));
    const std::string key = "api_key=" + sim.options().key;
    const auto get = [&](const std::string& target) { return fetch(sim.port(), "GET", target); };
    EXPECT_EQ(get("/getCalls?" + key).status, 405);
    EXPECT_EQ(get("/getCallsInfo").status, 400);
    EXPECT_EQ(get("/getCallsInfo?api_key=short").status, 417);
    EXPECT_EQ(get("/getCallsInfo?api_key=0123456789abcdef").status, 403);
    EXPECT_EQ(get("/getCallsInfo?" + key).status, 400);
    EXPECT_EQ(get("/getCallsInfo?" + key + "&date=2024-01-01").status, 406);
    EXPECT_EQ(get("/getCallsInfo?" + key + "&date[from]=2024-01-01").status, 409);
    EXPECT_EQ(ask(sim, "getCallsInfo", period("2024-01-01", "2024-13-01")).status, 406);
    EXPECT_EQ(ask(sim, "getCallsInfo", period("2024-01-01", "2024-01-02T24:00:01")).status, 406);
    EXPECT_EQ(
        ask(sim, "getCallsInfo", period("2024-01-01", "2024-01-02") + "&time_zone=Mars").status,
        406);
    EXPECT_EQ(ask(sim, "getCallsByStatus", period("2024-01-01", "2024-01-02")).status, 400);
    EXPECT_EQ(
        ask(sim, "getCallsByStatus", period("2024-01-01", "2024-01-02") + "&statuses=200").status,
        406);
    EXPECT_EQ(ask(sim, "getCallInfo").status, 400);
    const auto object = get("/getCalls?" + key).body;
    EXPECT_THAT(object, StartsWith(R"({"status":"fail","reason":")"));
    sim.assume("errors", "array");
    EXPECT_EQ(get("/getCalls?" + key).body, "[" + object + "]");
}

TEST(SimCallKeeperApi, TellsOfTheAccount) {
    CallKeeper sim(some_calls(20, 3));
    EXPECT_EQ(member(ask(sim, "getUserInfo").body, "paid_till"), "\"2024-07-20T15:00:00+03:00\"");
    EXPECT_THAT(ask(sim, "getUserInfo").body, StartsWith("[{"));
    sim.assume("account", "soon");
    EXPECT_EQ(member(ask(sim, "getUserInfo").body, "paid_till"), "\"2024-01-05T15:00:00+03:00\"");
    sim.assume("account", "expired");
    EXPECT_EQ(member(ask(sim, "getUserInfo").body, "paid_till"), "\"2023-12-31T15:00:00+03:00\"");
    EXPECT_EQ(ask(sim, "getCallsInfo", "date=").status, 403);
    for (const auto& [state, status] : std::map<std::string, int>{
             {"wrong-host", 401}, {"unknown-user", 412}, {"no-access", 403}, {"fine", 200}}) {
        sim.assume("account", state);
        EXPECT_EQ(ask(sim, "getUserInfo").status, status) << state;
    }
}

TEST(SimCallKeeperApi, BothReadingsOfBothBounds) {
    CallKeeper sim(some_calls(288, 4));  // every five minutes, and at the bounds
    const auto count = [&](std::string_view from, std::string_view to) {
        return calls_of(sim, from, to).size();
    };
    // Two calls at each midnight.
    EXPECT_EQ(count("2024-01-02T00:00:00", "2024-01-02T00:00:00"), 2U);
    EXPECT_EQ(count("2024-01-01T24:00:00", "2024-01-02T00:00:00"), 2U);
    EXPECT_EQ(count("2024-01-01", "2024-01-01"), 288U);
    EXPECT_EQ(count("2024-01-01", "2024-01-01T24:00:00"), 290U);
    sim.assume("plain-to", "midnight");
    EXPECT_EQ(count("2024-01-01", "2024-01-02"), 290U);
    sim.assume("to", "exclusive");
    EXPECT_EQ(count("2024-01-01", "2024-01-02"), 288U);
    EXPECT_EQ(count("2024-01-01", "2024-01-01T24:00:00"), 288U);
    sim.assume("plain-to", "day");
    EXPECT_EQ(count("2024-01-01", "2024-01-02"), 288U);
    sim.assume("from", "exclusive");
    EXPECT_EQ(count("2024-01-01", "2024-01-02"), 286U);
}

TEST(SimCallKeeperApi, AZoneMovesTheWindowAndPerhapsTheDates) {
    CallKeeper sim(some_calls(288, 4));
    const auto utc = calls_of(sim, "2024-01-01T21:00:00", "2024-01-02T20:59:59");
    const std::string zone = "time_zone=Europe/Moscow";
    EXPECT_EQ(calls_of(sim, "2024-01-02", "2024-01-02", zone), utc);
    const auto date = [&] {
        return member(
            ask(sim, "getCallsInfo", period("2024-01-02", "2024-01-02T00:00:00") + "&" + zone).body,
            "date");
    };
    EXPECT_EQ(date(), "\"2024-01-01 21:00:00\"");
    sim.assume("zone", "dates");
    EXPECT_EQ(date(), "\"2024-01-02 00:00:00\"");
    sim.assume("zone", "ignored");
    EXPECT_EQ(date(), "\"2024-01-02 00:00:00\"") << "the window is UTC's then";
    sim.assume("zone", "window");
    sim.assume("home", "moscow");
    EXPECT_EQ(calls_of(sim, "2024-01-02", "2024-01-02"), utc);
    EXPECT_NE(calls_of(sim, "2024-01-02", "2024-01-02", "time_zone=UTC"), utc);
}

TEST(SimCallKeeperApi, AnEmptyDateIsAllTimeAndAFormIsAsGoodAsAQuery) {
    CallKeeper sim(some_calls(100, 3));
    const auto all = ask(sim, "getCallsInfo", "date=");
    EXPECT_THAT(ids_of(all.body), SizeIs(150)) << "up to the clock, noon of the second day";
    const auto posted =
        fetch(sim.port(), "POST", "/getCallsInfo",
              "api_key=" + sim.options().key +
                  "&date%5Bfrom%5D=2024-01-01T00%3A00%3A00&date[to]=2024-01-02&time_zone=UTC",
              {"Content-Type: application/x-www-form-urlencoded"});
    EXPECT_EQ(posted.body, all.body);
}

TEST(SimCallKeeperApi, ThreeShapesOfAnEmptyPeriod) {
    CallKeeper sim(some_calls(100, 3));
    const auto empty = [&] { return ask(sim, "getCallsInfo", period("2020-01-01", "2020-01-02")); };
    EXPECT_EQ(empty().body, R"({"result":[]})");
    sim.assume("empty", "null");
    EXPECT_EQ(empty().body, R"({"result":null})");
    sim.assume("empty", "missing");
    EXPECT_EQ(empty().body, "{}");
    EXPECT_EQ(ask(sim, "getCallInfo", "id_call=5").body, "{}");
    sim.assume("unknown", "not-found");
    EXPECT_EQ(ask(sim, "getCallInfo", "id_call=5").status, 404);
}

TEST(SimCallKeeperApi, OneCallIsTheSameAsInAPeriod) {
    CallKeeper sim(some_calls(300, 3, 0.3));
    const auto all = ask(sim, "getCallsInfo", "date=").body;
    const auto ids = ids_of(all);
    ASSERT_GT(ids.size(), 300U);
    for (const auto id : ids) {
        const auto one = ask(sim, "getCallInfo", "id_call=" + std::to_string(id)).body;
        ASSERT_THAT(one, StartsWith(R"({"result":{"id":)"));
        const std::string object = one.substr(10, one.size() - 11);
        ASSERT_NE(all.find(object), std::string::npos) << object.substr(0, 2000);
    }
    sim.assume("info", "array");
    EXPECT_THAT(ask(sim, "getCallInfo", "id_call=" + std::to_string(ids[0])).body,
                StartsWith(R"({"result":[{"id":)"));
}

TEST(SimCallKeeperApi, ByStatusAndCompleted) {
    CallKeeper sim(some_calls(300, 4));
    const std::string days = period("2024-01-01", "2024-01-04");
    const auto all = ask(sim, "getCallsInfo", days).body;
    const auto busy = ask(sim, "getCallsByStatus", days + "&statuses=200/486,200/600").body;
    ASSERT_THAT(ids_of(busy), testing::Not(IsEmpty()));
    EXPECT_LT(ids_of(busy).size(), 20U);
    EXPECT_THAT(member(busy, "status2_code"), testing::AnyOf("486", "600", "\"486\"", "\"600\""));
    const auto going = ids_of(ask(sim, "getCallsByStatus", days + "&statuses=1/0,2/0").body);
    const auto completed = ids_of(ask(sim, "getCallsCompleted", days).body);
    EXPECT_FALSE(going.empty());
    EXPECT_EQ(completed.size() + going.size(), ids_of(all).size());
}

TEST(SimCallKeeperApi, OrdersAndFixedShapes) {
    CallKeeper sim(some_calls(300, 3));
    auto rising = calls_of(sim, "2024-01-01", "2024-01-02");
    EXPECT_TRUE(std::ranges::is_sorted(rising));
    sim.assume("order", "falling");
    auto falling = calls_of(sim, "2024-01-01", "2024-01-02");
    std::ranges::reverse(falling);
    EXPECT_EQ(falling, rising);
    sim.assume("order", "shuffled");
    auto shuffled = calls_of(sim, "2024-01-01", "2024-01-02");
    EXPECT_FALSE(std::ranges::is_sorted(shuffled));
    std::ranges::sort(shuffled);
    EXPECT_EQ(shuffled, rising);
    const auto body = [&] { return ask(sim, "getCallsInfo", "date=").body; };
    EXPECT_THAT(body(), HasSubstr("\"attempt\":\"1\""));
    EXPECT_THAT(body(), HasSubstr("\"visit info\""));
    sim.assume("numbers", "numbers");
    sim.assume("visit", "nested");
    sim.assume("dates", "offset");
    EXPECT_THAT(body(), testing::Not(HasSubstr("\"attempt\":\"")));
    EXPECT_THAT(body(), testing::Not(HasSubstr("\"visit info\"")));
    EXPECT_EQ(member(body(), "date").size(), 27U);
    EXPECT_THROW(sim.assume("order", "none"), Error);
    EXPECT_THROW(sim.assume("nothing", "none"), Error);
}

TEST(SimCallKeeperApi, CallsSettleWithTime) {
    CallKeeper sim(some_calls(2000, 5));
    const std::string going = period("2024-01-01", "2024-01-04") + "&statuses=1/0,2/0,707/0";
    const auto before = ids_of(ask(sim, "getCallsByStatus", going).body);
    sim.advance(std::chrono::hours(36));
    const auto after = ids_of(ask(sim, "getCallsByStatus", going).body);
    const std::set<std::int64_t> still(after.begin(), after.end());
    std::size_t settled = 0;
    for (const auto id : before) settled += still.contains(id) ? 0U : 1U;
    EXPECT_GT(settled, 5U);
    // Over, a success, and no talk time yet.
    const std::string won = period("2024-01-01", "2024-01-05") + "&statuses=200/200";
    const auto body = ask(sim, "getCallsByStatus", won).body;
    EXPECT_THAT(body, HasSubstr("\"duration2_sec\":null"));
    sim.advance(std::chrono::hours(48));
    EXPECT_THAT(ask(sim, "getCallsByStatus", won).body,
                testing::Not(HasSubstr("\"duration2_sec\":null")));
}

TEST(SimCallKeeperApi, FaultsStrikeItsMethods) {
    CallKeeper sim(some_calls(100, 3));
    sim.add_fault({.kind = "429", .count = 1, .path = "getCallsInfo", .retry_after = 3});
    EXPECT_EQ(ask(sim, "getUserInfo").status, 200);
    const auto refused = ask(sim, "getCallsInfo", "date=");
    EXPECT_EQ(refused.status, 429);
    EXPECT_EQ(refused.headers.at("retry-after"), "3");
    const auto good = ask(sim, "getCallsInfo", "date=").body;
    sim.add_fault({.kind = "truncate", .count = 1});
    EXPECT_EQ(ask(sim, "getCallsInfo", "date=").body, good.substr(0, good.size() / 2));
    sim.add_fault({.kind = "reset", .count = 1});
    EXPECT_TRUE(ask(sim, "getCallsInfo", "date=").reset);
    sim.add_fault({.kind = "content_type", .count = 1});
    EXPECT_THAT(ask(sim, "getCallsInfo", "date=").body, HasSubstr("<html>"));
    EXPECT_EQ(ask(sim, "getCallsInfo", "date=").body, good);
    EXPECT_EQ(sim.stats().faults.at("429"), 1U);
    EXPECT_EQ(sim.stats().requests.at("getCallsInfo"), 6U);
    EXPECT_THROW(sim.add_fault({.kind = "list_twice"}), Error);
}

TEST(SimCallKeeperApi, AWholeDayOf65000IsSentInPieces) {
    CallKeeper sim(some_calls(65'000, 3, 0));
    const auto day = calls_of(sim, "2024-01-01", "2024-01-01");
    EXPECT_THAT(day, SizeIs(65'000));
    EXPECT_EQ(std::set<std::int64_t>(day.begin(), day.end()).size(), 65'000U);
    EXPECT_EQ(sim.stats().calls_sent, 65'000U);
}

TEST(SimCallKeeperApi, IsSteeredOverHttp) {
    CallKeeper sim(some_calls(100, 3));
    const auto post = [&](const std::string& what, const std::string& body) {
        return fetch(sim.port(), "POST", "/sim/callkeeper/" + what, body).status;
    };
    const auto count = ids_of(ask(sim, "getCallsInfo", "date=").body).size();
    EXPECT_EQ(post("advance", R"({"seconds":3600})"), 200);
    EXPECT_GT(ids_of(ask(sim, "getCallsInfo", "date=").body).size(), count);
    EXPECT_EQ(post("assume", R"({"empty":"null"})"), 200);
    EXPECT_EQ(post("assume", R"({"empty":"full"})"), 400);
    EXPECT_EQ(post("faults", R"({"kind":"503","count":1})"), 200);
    EXPECT_EQ(ask(sim, "getUserInfo").status, 503);
    EXPECT_EQ(post("nothing", ""), 400);
    const auto rows = fetch(sim.port(), "GET", "/sim/callkeeper/truth/callkeeper_calls").body;
    EXPECT_EQ(static_cast<std::size_t>(std::ranges::count(rows, '\n')),
              truth_of(sim, "callkeeper_calls").size());
    EXPECT_THAT(fetch(sim.port(), "GET", "/sim/callkeeper/stats").body, HasSubstr("getUserInfo"));
    const auto before = ids_of(ask(sim, "getCallsInfo", "date=").body).size();
    EXPECT_EQ(post("remove", R"({"count":7})"), 200);
    EXPECT_EQ(ids_of(ask(sim, "getCallsInfo", "date=").body).size(), before - 7);
}

}  // namespace
}  // namespace ringtail::test
