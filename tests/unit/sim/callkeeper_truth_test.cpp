#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "base/error.hpp"
#include "callkeeper_truth.hpp"
#include "sim/receiver.hpp"
#include "unit/sim/callkeeper_service.hpp"

namespace ringtail::test {
namespace {

using sim::CallKeeper;
using sim::Receiver;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

// The objects of an answer, by id.
std::map<std::string, std::string> calls_by_id(const std::string& body) {
    std::map<std::string, std::string> calls;
    for (auto at = body.find("{\"id\":"); at != std::string::npos;) {
        const auto next = body.find("{\"id\":", at + 1);
        const std::string object = body.substr(at, next == std::string::npos ? next : next - at);
        calls[std::to_string(ids_of(object).at(0))] = object;
        at = next;
    }
    return calls;
}

// What a raw value means in a text column.
std::string as_text(const std::string& raw) { return sim::is_blank(raw) ? "null" : raw; }

// Without the labels of the first visit, which have the names of the current one's.
std::string without_first(const std::string& call) {
    const auto begin = call.find("\"first\":"), end = call.find("\"session\":");
    return begin == std::string::npos ? call : call.substr(0, begin) + call.substr(end);
}

TEST(SimCallKeeperTruth, IsWhatTheApiDelivers) {
    auto options = some_calls(500, 3);
    options.assume["numbers"] = "numbers";
    CallKeeper sim(options);
    const auto calls = calls_by_id(ask(sim, "getCallsInfo", "date=").body);
    const auto rows = truth_of(sim, "callkeeper_calls");
    ASSERT_EQ(rows.size(), calls.size());
    for (const auto& row : rows) {
        const std::string& call = calls.at(member(row, "call_id"));
        for (const auto& [column, field] :
             std::map<std::string, std::string>{{"status_code", "status_code"},
                                                {"status2_code", "status2_code"},
                                                {"status_reason", "status_reason"},
                                                {"manager_phone", "phone1"},
                                                {"client_phone", "phone2"},
                                                {"connection_type", "a_type"},
                                                {"record_url", "record_url"},
                                                {"page", "cpg"},
                                                {"user_agent", "uag"},
                                                {"tags", "tags"},
                                                {"ip", "ip"},
                                                {"widget_hash", "widget_hash"},
                                                {"widget_name", "widget_name"}})
            ASSERT_EQ(member(row, column), as_text(member(call, field))) << column << call;
    }
    for (const auto& row : truth_of(sim, "callkeeper_calls_facts")) {
        const std::string& call = calls.at(member(row, "call_id"));
        for (const auto& [column, field] :
             std::map<std::string, std::string>{{"traffic.source", "src"},
                                                {"traffic.grouping", "typ"},
                                                {"traffic.keyword", "trm"},
                                                {"sites.domain", "site"},
                                                {"locations.city", "city"},
                                                {"locations.country_iso", "country"}})
            ASSERT_EQ(member(row, column), as_text(member(without_first(call), field)))
                << column << call;
        const auto talk = as_text(member(call, "duration2_sec"));
        ASSERT_EQ(member(row, "talk_duration"), talk == "null" ? "0" : talk);
        const auto client = as_text(member(call, "ga_clientid"));
        ASSERT_EQ(member(row, "clientids.clientid"),
                  client == "null" ? "\"not available\"" : client);
        ASSERT_EQ(member(row, "dates.full_date").substr(1, 10), member(call, "date").substr(1, 10));
    }
}

TEST(SimCallKeeperTruth, DatesInRussianAndIsoWeeks) {
    auto options = some_calls(48, 3);
    options.first_day = "2026-12-31";
    options.now = *options.now + std::chrono::days(1096);
    CallKeeper sim(options);
    const auto rows = truth_of(sim, "general_dates");
    EXPECT_THAT(
        rows,
        Contains(
            R"({"full_date":"2026-12-31T00:00:00Z","year":2026,"quarter":4,"quarter_label":"IV","month":12,"month_label":"Декабрь","week":53,"weekday":4,"weekday_label":"Четверг","day":31,"hour":0,"minute":0,"simple_date":"2026-12-31","time_zone":0})"));
    EXPECT_THAT(
        rows,
        Contains(
            R"({"full_date":"2027-01-01T23:59:00Z","year":2027,"quarter":1,"quarter_label":"I","month":1,"month_label":"Январь","week":53,"weekday":5,"weekday_label":"Пятница","day":1,"hour":23,"minute":59,"simple_date":"2027-01-01","time_zone":0})"));
}

TEST(SimCallKeeperTruth, HooksGiveWhatTheApiDoesNotAndTakeNothingAway) {
    auto options = some_calls(300, 3, 0.2);
    options.now = *options.now + std::chrono::days(9);
    CallKeeper sim(options);
    const auto api = truth_of(sim, "callkeeper_calls_facts");
    EXPECT_THAT(truth_of(sim, "callkeeper_calls", {.api = false, .hooks = true}), IsEmpty());
    Receiver receiver;
    sim.send_hooks({.url = receiver.url(), .which = "processing"});
    const auto begun = truth_of(sim, "callkeeper_calls", {.api = false, .hooks = true});
    EXPECT_THAT(begun, SizeIs(api.size()));
    EXPECT_THAT(begun, Not(Contains(HasSubstr("\"status_code\":200,"))));
    sim.send_hooks({.url = receiver.url(), .which = "over"});
    const auto over = truth_of(sim, "callkeeper_calls", {.api = false, .hooks = true});
    EXPECT_THAT(over, Contains(HasSubstr("\"status_code\":200,")));
    // A late one changes nothing.
    sim.send_hooks({.url = receiver.url(), .which = "processing"});
    EXPECT_EQ(truth_of(sim, "callkeeper_calls", {.api = false, .hooks = true}), over);
    const auto both = truth_of(sim, "callkeeper_calls_facts", {.api = true, .hooks = true});
    ASSERT_EQ(both.size(), api.size());
    for (std::size_t i = 0; i < both.size(); ++i) {
        EXPECT_EQ(member(both[i], "talk_duration"), member(api[i], "talk_duration"));
        EXPECT_EQ(member(both[i], "duration"), member(api[i], "duration"));
    }
    const auto calls = truth_of(sim, "callkeeper_calls", {.api = true, .hooks = true});
    EXPECT_THAT(calls, testing::Each(HasSubstr("\"widget_name\":\"Виджет")));
}

TEST(SimCallKeeperTruth, EachRowOfASharedTableOnceAndNoStubs) {
    CallKeeper sim(some_calls(400, 3));
    for (const char* table : {"general_dates", "general_traffic", "general_clientids",
                              "general_sites", "general_locations"}) {
        auto rows = truth_of(sim, table);
        EXPECT_GT(rows.size(), 4U) << table;
        std::ranges::sort(rows);
        EXPECT_EQ(std::ranges::adjacent_find(rows), rows.end()) << table;
        EXPECT_THAT(rows, Not(Contains(HasSubstr("not available")))) << table;
    }
    EXPECT_THAT(truth_of(sim, "general_sites"), Not(Contains(R"({"domain":null})")));
    EXPECT_THROW(truth_of(sim, "calls"), Error);
}

std::string row_of(sim::CallTable table, const sim::CallState& state) {
    std::string unstorable;
    return sim::call_row(table, state, unstorable);
}

TEST(SimCallKeeperTruth, WhatNumbersAndBlanksBecome) {
    using sim::CallKey;
    sim::CallRecord record;
    record.number(CallKey::id, 5);
    record.raw(CallKey::date, "\"2024-02-29 23:59:59\"");
    record.raw(CallKey::duration_sec, "\"12\"");
    record.raw(CallKey::attempt, "1.5");
    record.raw(CallKey::playback_tick, "99999999999999999999");
    record.raw(CallKey::trm, "100500");
    record.raw(CallKey::cmp, R"("half \ud83d")");
    record.raw(CallKey::src, "\" - \"");
    const auto row = row_of(sim::CallTable::facts, {&record, nullptr, false});
    EXPECT_THAT(row, HasSubstr(R"("call_id":5,"duration":12,"talk_duration":0,"attempt":0,)"));
    EXPECT_THAT(row, HasSubstr(R"("playback_tick":0,"dates.full_date":"2024-02-29T23:59:00Z")"));
    EXPECT_THAT(row, HasSubstr(R"("traffic.source":null)"));
    EXPECT_THAT(row, HasSubstr(R"("traffic.campaign":null)"));
    EXPECT_THAT(row, HasSubstr(R"("traffic.keyword":"100500")"));
    std::string unstorable;
    sim::call_row(sim::CallTable::traffic, {&record, nullptr, false}, unstorable);
    EXPECT_EQ(unstorable, R"("half \ud83d")");
    EXPECT_EQ(row_of(sim::CallTable::locations, {&record, nullptr, false}), "");
}

TEST(SimCallKeeperTruth, WhoIsHeardWhenTheFeedsDiffer) {
    using sim::CallKey;
    sim::CallRecord api, hook;
    api.number(CallKey::id, 5);
    hook.number(CallKey::id, 5);
    const auto row = [&](int api_code, int hook_code, bool over) {
        api.number(CallKey::status_code, api_code);
        hook.number(CallKey::status_code, hook_code);
        hook.text(CallKey::status_reason, "of the hook");
        hook.text(CallKey::uip, "10.0.0.1");
        return row_of(sim::CallTable::calls, {&api, &hook, over});
    };
    EXPECT_THAT(row(404, 707, true), HasSubstr(R"("status_code":404,"status_reason":null)"));
    EXPECT_THAT(row(404, 404, true), HasSubstr(R"("status_code":404,"status_reason":"of)"));
    EXPECT_THAT(row(1, 404, true), HasSubstr(R"("status_code":404,"status_reason":"of)"));
    EXPECT_THAT(row(404, 1, false), HasSubstr(R"("status_code":404,"status_reason":null)"));
    EXPECT_THAT(row(404, 1, false), HasSubstr(R"("ip":"10.0.0.1")"));
}

}  // namespace
}  // namespace ringtail::test
