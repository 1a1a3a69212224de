#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "decoding.hpp"

namespace ringtail::dialfire {
namespace {

using testing::Decoding;
using ::testing::ElementsAre;
using testing::Scene;
using enum TableIndex;

Decoding decode(std::string_view body, Scene scene = {}) {
    Decoding decoding(std::move(scene));
    decoding.inbound(body);
    return decoding;
}

TEST(Inbound, RenamedKeysOverwriteEvenWithNull) {
    const auto decoding = decode(R"({"results":[
        {"id":"1","started":"old","call_time":"new","connected":"old","connect_time":null,"line_number":"kept"},
        {"call_time":"first","started":"behind","id":"2"}]})");
    EXPECT_EQ(decoding.cell(inbound_calls, 0, "started"), "\"new\"");
    EXPECT_EQ(decoding.cell(inbound_calls, 0, "connected"), "null");
    EXPECT_EQ(decoding.cell(inbound_calls, 0, "line_number"), "\"kept\"");
    EXPECT_EQ(decoding.cell(inbound_calls, 1, "started"), "\"first\"");
}

TEST(Inbound, EveryTypeIsTaken) {
    const auto decoding =
        decode(R"({"results":[{"id":17,"connectable_time":1709629200000,"dispatch_error":"no",
        "state":1.5e0,"user":{"a": 1},"calling_number":49,"call_time":true,"contact_id":[]}]})");
    EXPECT_EQ(decoding.cell(inbound_calls, 0, "id"), "17");
    EXPECT_EQ(decoding.cell(inbound_calls, 0, "connectable_time"), "1709629200000");
    EXPECT_EQ(decoding.cell(inbound_calls, 0, "dispatch_error"), "\"no\"");
    EXPECT_EQ(decoding.cell(inbound_calls, 0, "state"), "1.5e0");
    EXPECT_EQ(decoding.cell(inbound_calls, 0, "user"), R"({"a":1})");
    EXPECT_EQ(decoding.cell(inbound_calls, 0, "remote_number"), "49");
    EXPECT_EQ(decoding.cell(inbound_calls, 0, "started"), "true");
    EXPECT_EQ(decoding.cell(inbound_calls, 0, "contact_id"), "[]");
}

TEST(Inbound, WithoutAUsableIdAreKeptAsRejects) {
    const auto decoding =
        decode(R"({"results":[{"id":null},{ },"x",null,{"id":""},{"id":true},{"id":"a"}]})");
    EXPECT_THAT(decoding.column(inbound_calls, "id"), ElementsAre("\"a\""));
    ASSERT_EQ(decoding.out().rejects.size(), 5U);
    EXPECT_EQ(decoding.out().rejects[2].raw, "\"x\"");
    EXPECT_EQ(decoding.out().rejects[2].key, "element 2 of the answer");
    EXPECT_EQ(decoding.out().rejects[4].key, "element 5 of the answer");
    EXPECT_EQ(decoding.out().tally.rejected, 0U);  // the tally counts contacts
}

TEST(Inbound, TheRestIsKeptOnDemand) {
    Scene scene;
    scene.options.extra_everywhere = true;
    EXPECT_EQ(
        decode(R"({"results":[{"id":"1","call_time":"t","duration":7,"$changed":"x"}]})", scene)
            .cell(inbound_calls, 0, "_extra"),
        R"({"duration":7})");
}

TEST(Inbound, AnythingButAPageIsRefused) {
    for (const char* body : {"[]", R"({"error":"x"})", R"({"results":[{"id":"1"})"}) {
        Decoding decoding({});
        EXPECT_THROW(decoding.inbound(body), Error) << body;
        EXPECT_EQ(decoding.batch(inbound_calls).rows(), 0U);
    }
}

}  // namespace
}  // namespace ringtail::dialfire
