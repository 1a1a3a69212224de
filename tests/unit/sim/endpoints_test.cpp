#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

#include <algorithm>
#include <set>

#include "unit/sim/service.hpp"

namespace ringtail::test {
namespace {

using sim::Simulation;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::set<std::string> as_set(const std::vector<std::string>& list) {
    return {list.begin(), list.end()};
}

TEST(SimEndpoints, AreGuardedByTheToken) {
    const Simulation sim(repeatable(10));
    const auto reply = fetch(sim.port(), "GET", "/api/campaigns/ZX5CAMP9W2K7RTLB/fields/list", "",
                             {"Authorization: Bearer wrong"});
    EXPECT_EQ(reply.status, 403);
    EXPECT_EQ(reply.body, "403 - Forbidden");
    EXPECT_THAT(reply.headers.at("content-type"), HasSubstr("text/plain"));
    EXPECT_EQ(call(sim, "fields").status, 404);
    EXPECT_EQ(fetch(sim.port(), "GET", "/api/campaigns/OTHER/fields/list", "",
                    {"Authorization: Bearer sim-token"})
                  .status,
              404);
    EXPECT_EQ(sim.stats().forbidden, 1U);
}

TEST(SimEndpoints, FieldsHaveEveryKindOfElement) {
    const Simulation plain(repeatable(10)), odd(repeatable(10, 0.5));
    const auto fields = call(plain, "fields/list").body;
    EXPECT_THAT(fields, AllOf(HasSubstr(R"("fieldType":"number","name":"Verbrauch_kWh")"),
                              HasSubstr(R"("state":"hidden")"), HasSubstr(R"("deleted":true)"),
                              HasSubstr(R"({"type":"headline","name":"section_1")"),
                              HasSubstr("$comment")));
    EXPECT_THAT(fields, Not(HasSubstr("DROP TABLE")));
    EXPECT_THAT(call(odd, "fields/list").body,
                AllOf(HasSubstr(R"("x\"); DROP TABLE df_contacts; --")"), HasSubstr(R"("Titel")"),
                      HasSubstr(R"("titel")"), HasSubstr("(2)")));
    auto options = repeatable(10, 0.5);
    options.fields = 300;
    const Simulation many(options);
    EXPECT_THAT(call(many, "fields/list").body, HasSubstr("feld_300"));
}

TEST(SimEndpoints, TheContactListIsCompleteAtAnyPageSize) {
    const Simulation sim(repeatable(2500));
    const auto all = contact_ids(sim);
    EXPECT_EQ(all.size(), 2500U);
    EXPECT_EQ(as_set(all).size(), 2500U);
    const auto small = list_all(sim, "contacts/list?limit=37");
    EXPECT_EQ(small.elements.size(), 2500U);
    EXPECT_THAT(small.pages, testing::Contains(27U))
        << "some pages are short and still not the last";
    EXPECT_EQ(as_set(contact_ids(sim, "&x=1")), as_set(all));
}

TEST(SimEndpoints, TheListIsInTheOrderOfDayAndMd5) {
    const Simulation sim(repeatable(500));
    std::string last_md5;
    unsigned falls = 0;
    for (const auto& element : list_all(sim, "contacts/list?limit=1000").elements) {
        const auto md5 = field(element, "md5");
        EXPECT_EQ(md5.size(), 32U);
        if (md5 < last_md5) ++falls;
        last_md5 = md5;
    }
    EXPECT_GT(falls, 100U);  // a new day each time
    EXPECT_LT(falls, 400U);
    const auto later = contact_ids(sim, "&changedSince=2024-10-01T23:59:59"),
               all = contact_ids(sim);
    EXPECT_GT(later.size(), 50U);
    EXPECT_LT(later.size(), 400U);
    EXPECT_TRUE(std::equal(later.rbegin(), later.rend(), all.rbegin()));
    EXPECT_TRUE(contact_ids(sim, "&changedSince=2026-03-05").empty());
}

TEST(SimEndpoints, CursorsAreBoundToTheirQuery) {
    const Simulation sim(repeatable(100));
    const auto cursor = cursor_of(call(sim, "contacts/list?limit=10").body);
    ASSERT_FALSE(cursor.empty());
    EXPECT_EQ(call(sim, "contacts/list?limit=10&cursor=" + cursor).status, 200);
    EXPECT_EQ(call(sim, "contacts/list?cursor=" + cursor + "&limit=10").status, 200);
    EXPECT_EQ(call(sim, "contacts/list?limit=11&cursor=" + cursor).status, 400);
    EXPECT_EQ(call(sim, "contacts/transactions/?limit=10&cursor=" + cursor).status, 400);
    EXPECT_EQ(call(sim, "contacts/list?limit=10&cursor=A" + cursor.substr(1)).status, 400);
}

TEST(SimEndpoints, ContactsComeWithTheListsMd5AndTheGoneOnesDoNot) {
    auto options = repeatable(300);
    options.gone = 0.2;
    const Simulation sim(options);
    std::map<std::string, std::string> listed;
    for (const auto& element : list_all(sim, "contacts/list?limit=1000").elements)
        listed[field(element, "id")] = field(element, "md5");
    const auto delivered = deliver(sim, contact_ids(sim));
    EXPECT_LT(delivered.size(), 290U);
    EXPECT_GT(delivered.size(), 180U);
    for (const auto& contact : delivered)
        EXPECT_EQ(field(contact, "$md5"), listed.at(field(contact, "$id")));
    EXPECT_EQ(truth(sim, "contacts").size(), delivered.size());
    EXPECT_TRUE(deliver(sim, {"2222222222222222", "no id", "7QK2M9XWB4TN6RHJ"}).empty());
    EXPECT_EQ(call(sim, "contacts/?include_md5=true", "POST", "{}").status, 400);
}

// A second count of what the contacts hold, by another parser and another walk.
struct Counts {
    std::size_t transactions = 0, connections = 0, recordings = 0;
    std::set<std::string> fired;
};

void count_connections(simdjson::dom::array connections, Counts& counts) {
    for (const simdjson::dom::object connection : connections) {
        simdjson::dom::element end;
        if (connection["disconnected"].get(end) != simdjson::SUCCESS || end.is_null()) continue;
        ++counts.connections;
        simdjson::dom::array below;
        if (connection["recordings"].get(below) == simdjson::SUCCESS)
            counts.recordings += below.size();
        if (connection["third_party_connections"].get(below) == simdjson::SUCCESS)
            count_connections(below, counts);
    }
}

Counts count(const std::vector<std::string>& contacts) {
    Counts counts;
    simdjson::dom::parser parser;
    for (const auto& text : contacts) {
        const simdjson::dom::element contact = parser.parse(text);
        const std::string id{std::string_view(contact["$id"])};
        for (const simdjson::dom::object entry : contact["$task_log"].get_array()) {
            for (const simdjson::dom::object transaction : entry["transactions"].get_array()) {
                ++counts.transactions;
                counts.fired.insert(std::string(std::string_view(transaction["fired"])) + "|" + id);
                simdjson::dom::array connections;
                if (transaction["connections"].get(connections) == simdjson::SUCCESS)
                    count_connections(connections, counts);
            }
        }
    }
    return counts;
}

TEST(SimEndpoints, TruthAndContactsAgree) {
    const Simulation sim(repeatable(1000));
    const auto contacts = deliver(sim, contact_ids(sim));
    const auto counts = count(contacts);
    EXPECT_EQ(truth(sim, "contacts").size(), contacts.size());
    EXPECT_EQ(truth(sim, "transactions").size(), counts.transactions);
    EXPECT_EQ(truth(sim, "connections").size(), counts.connections);
    EXPECT_EQ(truth(sim, "recordings").size(), counts.recordings);
    const double rows =
        static_cast<double>(counts.transactions + counts.connections + counts.recordings);
    EXPECT_NEAR(rows / 1000, 11, 0.6);
    std::set<std::string> ids;
    for (const auto& table : {"transactions", "connections", "recordings"})
        for (const auto& row : truth(sim, table))
            EXPECT_TRUE(ids.insert(field(row, "id")).second) << row;
}

TEST(SimEndpoints, EventsNameEveryTransaction) {
    const Simulation sim(repeatable(1000));
    const auto counts = count(deliver(sim, contact_ids(sim)));
    std::set<std::string> named;
    std::string last;
    for (const auto& event : list_all(sim, "contacts/transactions/?limit=700&from=").elements) {
        // "fired0001|md5|contact|1,0"
        const auto md5 = event.find('|'), contact = event.find('|', md5 + 1),
                   pointer = event.find('|', contact + 1);
        ASSERT_NE(pointer, std::string::npos) << event;
        EXPECT_EQ(contact - md5, 33U);
        const auto fired = event.substr(1, 24);
        EXPECT_LE(last, fired);
        last = fired;
        named.insert(fired + "|" + event.substr(contact + 1, pointer - contact - 1));
    }
    for (const auto& one : counts.fired) EXPECT_TRUE(named.contains(one)) << one;
    EXPECT_LE(named.size() - counts.fired.size(),
              40U);  // of the contact or two that are listed but gone
}

TEST(SimEndpoints, EventWindowsAndFilters) {
    const Simulation sim(repeatable(3000));
    const auto in = [&](const std::string& parameters) {
        return list_all(sim, "contacts/transactions/?limit=1000&" + parameters).elements;
    };
    const auto all = in("from=2024-05-01&to=2024-05-04"),
               first = in("from=2024-05-01&to=2024-05-02T12:00:00.5"),
               second = in("from=2024-05-02T12:00:00.501&to=2024-05-04");
    EXPECT_GT(all.size(), 50U);
    EXPECT_EQ(first.size() + second.size(), all.size());
    for (const auto& event : all)
        EXPECT_THAT(event.substr(1, 10), testing::AnyOf("2024-05-01", "2024-05-02", "2024-05-03"));
    const auto updates = in("from=2024-05-01&to=2024-05-04&type=update"),
               human = in("from=2024-05-01&to=2024-05-04&type=update&hi=true"),
               stages = in("from=2024-05-01&to=2024-05-04&tasks=qc_,vl_");
    EXPECT_LT(updates.size(), all.size());
    EXPECT_LT(human.size(), updates.size());
    EXPECT_LT(stages.size(), all.size());
    EXPECT_GT(stages.size(), 0U);
    EXPECT_EQ(call(sim, "contacts/transactions/?from=yesterday").status, 400);
}

TEST(SimEndpoints, InboundCallsComeInOrderAndWithinTheWindow) {
    auto options = repeatable(100, 0.2);
    options.inbound_calls = 2500;
    const Simulation sim(options);
    const auto all = list_all(sim, "inbound/calls/?limit=1000&from=").elements;
    EXPECT_EQ(all.size(), 2500U);
    EXPECT_TRUE(std::ranges::is_sorted(
        all, {}, [](const std::string& one) { return field(one, "call_time"); }));
    sim::TruthOptions rejects;
    rejects.rejects = true;
    EXPECT_EQ(truth(sim, "inbound_calls").size() + truth(sim, "inbound_calls", rejects).size(),
              2500U);
    const auto day =
        list_all(sim, "inbound/calls/?limit=10&from=2024-06-01T00:00:00&to=2024-06-08").elements;
    EXPECT_GT(day.size(), 20U);
    for (const auto& one : day) EXPECT_EQ(field(one, "call_time").substr(0, 8), "2024-06-");
}

TEST(SimEndpoints, EveryOddValueIsThere) {
    const Simulation sim(repeatable(1200, 0.05));
    const auto ids = contact_ids(sim);
    std::string all;
    for (std::size_t i = 0; i < ids.size();) {
        std::string body = "[";
        for (const auto end = i + 20; i < end; ++i)
            body += (body.size() > 1 ? ",\"" : "\"") + ids[i] + "\"";
        all += call(sim, "contacts/?include_md5=true", "POST", body + "]").body;
    }
    for (const char* odd : {"\\u0000",
                            "\\ud800",
                            "\\ude00\\ud83d",
                            "12345678901234567890",
                            "\"12,5\"",
                            "1e5",
                            "12.50",
                            "0.1234567890123456789",
                            "😀",
                            "\\u0007",
                            "\"$task_log\":null",
                            "\"transactions\":null",
                            "\"connections\":null",
                            ",null]",
                            "\"fired\":null",
                            "\"fired\":1709629200000",
                            "\"id\":4711",
                            "\"noch_unbekannt\":",
                            "\"$neuer_systemwert\":",
                            "\"ohne_Formular\":",
                            "$$anrufen_task",
                            "$$qc_status",
                            "\"$md5\":null",
                            "\"$id\":null",
                            "wait_time_sec",
                            "\"Extra\":{\"tief\"",
                            "\"type\":null",
                            "\"user\":\"\"",
                            "DROP TABLE",
                            "\"isThirdPartyConnection\":1",
                            "\"0000-00-00\"",
                            "\"disconnected\":null"})
        EXPECT_NE(all.find(odd), std::string::npos) << odd;
    std::size_t longest = 0, run = 0;
    for (std::size_t i = 1; i < all.size(); ++i) {
        run = all[i] == '"' && all[i - 1] != '\\' ? 0 : run + 1;
        longest = std::max(longest, run);
    }
    EXPECT_GT(longest, 10'000U);
}

}  // namespace
}  // namespace ringtail::test
