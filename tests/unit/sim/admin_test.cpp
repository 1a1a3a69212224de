#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "unit/sim/service.hpp"

// The calls under /sim/, over HTTP.
namespace ringtail::test {
namespace {

using sim::Simulation;
using testing::HasSubstr;

RawReply admin(const Simulation& sim, const char* method, const std::string& path,
               const std::string& body = "") {
    return fetch(sim.port(), method, "/sim/" + path, body);
}

TEST(SimAdmin, CountsWhatWasAsked) {
    const Simulation sim(repeatable(100));
    const auto ids = contact_ids(sim);
    (void)deliver(sim, ids);
    EXPECT_THAT(admin(sim, "GET", "stats").body,
                testing::AllOf(HasSubstr(R"("requests":{"contacts":5,"list":1})"),
                               HasSubstr(R"("ids_asked":100)"), HasSubstr(R"("in_flight_max":1)"),
                               HasSubstr(R"("changes":0,"contacts":100)")));
    EXPECT_THAT(admin(sim, "GET", "requests?path=contacts/list").body,
                HasSubstr(R"(contacts/list?limit=1000","status":200,"ids":0})"));
    EXPECT_EQ(sim.requests().at(1).ids, 20U);
    EXPECT_EQ(admin(sim, "POST", "stats/reset").status, 200);
    EXPECT_EQ(sim.stats().ids_asked, 0U);
    EXPECT_TRUE(sim.requests().empty());
}

TEST(SimAdmin, SteersTheService) {
    const Simulation sim(repeatable(100));
    EXPECT_EQ(admin(sim, "POST", "faults",
                    R"({"kind": "500", "share": 1, "count": 1, "path": "contacts\/list"})")
                  .status,
              200);
    EXPECT_EQ(call(sim, "contacts/list").status, 500);
    EXPECT_EQ(admin(sim, "POST", "faults", R"({"kind":"404"})").status, 200);
    EXPECT_EQ(admin(sim, "DELETE", "faults").status, 200);
    EXPECT_EQ(call(sim, "contacts/list").status, 200);
    EXPECT_EQ(admin(sim, "POST", "change", R"({"count":7,"kinds":["edit","delete"]})").status, 200);
    EXPECT_EQ(sim.stats().changes, 7U);
    EXPECT_THAT(admin(sim, "GET", "deleted").body,
                sim.deleted().empty() ? HasSubstr("[]") : HasSubstr(sim.deleted()[0]));
    EXPECT_EQ(admin(sim, "POST", "assume", R"({"G-11":"missing","G-4":"none"})").status, 200);
    EXPECT_THAT(call(sim, "contacts/list").body, testing::Not(HasSubstr("count")));
    EXPECT_EQ(admin(sim, "POST", "fields",
                    R"({"name":"Gr\u00f6\u00dfe \ud83d\ude00","fieldType":"number"})")
                  .status,
              200);
    EXPECT_THAT(call(sim, "fields/list").body, HasSubstr("\"Größe 😀\""));
    EXPECT_EQ(admin(sim, "POST", "rate", R"({"changes_per_second":0})").status, 200);
    EXPECT_EQ(admin(sim, "POST", "latency", R"({"ms":1})").status, 200);
    EXPECT_THAT(admin(sim, "GET", "assumptions").body,
                HasSubstr(R"({"name":"G-1","readings":["fired","changed"])"));
}

TEST(SimAdmin, SaysWhatIsWrong) {
    const Simulation sim(repeatable(10));
    for (const char* body : {"", "{", R"({"kind":})", R"({"kind":"500"} x)",
                             R"({"kind":"500","count":"many"})", R"({"knd":"500"})", "[]"}) {
        const auto reply = admin(sim, "POST", "faults", body);
        EXPECT_EQ(reply.status, 400) << body;
        EXPECT_THAT(reply.body, HasSubstr("\"error\":"));
    }
    EXPECT_EQ(admin(sim, "GET", "truth/nothing").status, 400);
    EXPECT_EQ(admin(sim, "GET", "nothing").status, 404);
    EXPECT_EQ(admin(sim, "PUT", "faults").status, 405);
    EXPECT_EQ(call(sim, "fields/list").status, 200);
}

TEST(SimAdmin, TheTruthOverHttpIsTheTruth) {
    const Simulation sim(repeatable(400, 0.1));
    for (const std::string table :
         {"contacts", "transactions", "connections", "recordings", "inbound_calls"}) {
        std::string rows;
        for (const auto& row : truth(sim, table)) rows.append(row).push_back('\n');
        const auto reply = admin(sim, "GET", "truth/" + table);
        EXPECT_TRUE(reply.whole);
        EXPECT_EQ(reply.body, rows) << table;
    }
    sim::TruthOptions options;
    options.mode = "hi_updates_only";
    options.stages = "fc_,qc_";
    options.extra_everywhere = true;
    std::string rows;
    for (const auto& row : truth(sim, "transactions", options)) rows.append(row).push_back('\n');
    EXPECT_EQ(admin(sim, "GET", "truth/transactions?fm=hi_updates_only&fp=fc_,qc_&extra=all").body,
              rows);
    EXPECT_THAT(admin(sim, "GET", "truth/contacts?columns=2").body,
                HasSubstr(R"("_extra":{"$call_order":)"));
    EXPECT_THAT(admin(sim, "GET", "truth/connections?rejects=1").body,
                HasSubstr("a connection without an id"));
}

TEST(SimAdmin, WrongOptionsAreRefused) {
    auto options = repeatable(1);
    options.first_day = "some day";
    EXPECT_THROW(Simulation{options}, Error);
    options = repeatable(1);
    options.odd = 2;
    EXPECT_THROW(Simulation{options}, Error);
    options = repeatable(1);
    options.assume["G-99"] = "x";
    EXPECT_THROW(Simulation{options}, Error);
}

}  // namespace
}  // namespace ringtail::test
