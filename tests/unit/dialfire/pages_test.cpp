#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.hpp"
#include "source/dialfire/decode.hpp"

namespace ringtail::dialfire {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

template <typename Call>
std::pair<Fault, std::string> failure_of(Call call) {
    try {
        call();
    } catch (const Error& error) {
        return {error.fault(), error.what()};
    }
    ADD_FAILURE() << "nothing was thrown";
    return {};
}

TEST(Pages, AnythingButAPageIsRefused) {
    for (const char* body :
         {"", "[]", "null", "{}", R"({"error":"internal"})", R"({"results":{}})",
          R"({"results":"x"})", R"({"count":3,"results":null})", R"({"count":3})",
          R"({"results":[],"cursor":7})", R"({"results":[],"cursor":"\ud800"})",
          R"({"results":[]} x)", R"({"results":[)"}) {
        EXPECT_EQ(failure_of([&] { decode_list(body); }).first, Fault::data) << body;
        EXPECT_EQ(failure_of([&] { decode_events(body); }).first, Fault::data) << body;
        EXPECT_EQ(failure_of([&] { decode_cursor(body); }).first, Fault::data) << body;
    }
    EXPECT_THAT(failure_of([] { decode_list("{\"results\":[}"); }).second,
                HasSubstr("contact list: the JSON text is wrong at byte 12"));
}

TEST(Pages, EmptyOnes) {
    for (const char* body : {R"({"results":[]})", R"({"count":0,"results":null,"cursor":null})",
                             R"({"count":0})", R"({"results":null,"cursor":""})"}) {
        EXPECT_THAT(decode_list(body).entries, IsEmpty()) << body;
        EXPECT_EQ(decode_list(body).cursor, "");
        EXPECT_EQ(decode_cursor(body), "");
    }
}

TEST(Pages, OnlyTheCursorTellsWhetherThereIsMore) {
    EXPECT_EQ(decode_cursor(R"({"results":[],"cursor":"a\/b-_"})"), "a/b-_");
    EXPECT_EQ(decode_list(R"({"cursor":"x","cursor":"y","results":[]})").cursor, "y");
}

TEST(List, ACountAboveThePagesOwnIsTheTotal) {
    const auto total = [](const std::string& count) {
        return decode_list("{\"count\":" + count + R"(,"results":[{"id":"A"},{}],"cursor":"x"})")
            .total;
    };
    EXPECT_EQ(total("3"), 3U);
    for (const char* count :
         {"2", "0", "-3", "3.5", "3e2", "\"3\"", "null", "99999999999999999999"})
        EXPECT_EQ(total(count), 0U) << count;
}

TEST(List, ElementsWithoutAUsableIdAreCounted) {
    const ListPage page = decode_list(
        R"({"results":[{"id":"A","md5":"1","new":[]},{"md5":"2"},{"id":""},{"id":7},null,"B",
            {"id":"\ud800"},{"id":"a\u0000"},{"id":"C"},{"id":"D","md5":5}]})");
    ASSERT_EQ(page.entries.size(), 3U);
    EXPECT_EQ(page.entries[0].id, "A");
    EXPECT_EQ(page.entries[0].md5, "1");
    EXPECT_EQ(page.entries[1].md5, "");
    EXPECT_EQ(page.entries[2].md5, "");
    EXPECT_EQ(page.unusable, 7U);
}

TEST(Events, ThreePartsAreEnough) {
    const EventPage page = decode_events(
        R"({"results":["2018-10-17T08:07:46.468Z0217|cf44|6EU5|6,166","2018-10-17T08:07:46Z|a|B","t|a|C|1|2|3"]})");
    ASSERT_EQ(page.events.size(), 3U);
    EXPECT_EQ(page.events[0].fired, "2018-10-17T08:07:46.468Z");
    EXPECT_EQ(page.events[0].mark, "2018-10-17T08:07:46.468Z0217|cf44|6EU5");
    EXPECT_EQ(page.events[0].contact, "6EU5");
    EXPECT_EQ(page.events[1].fired, "2018-10-17T08:07:46Z");
    EXPECT_EQ(page.events[1].contact, "B");
    EXPECT_EQ(page.events[2].fired, "t");
    EXPECT_EQ(page.events[2].mark, "t|a|C");
    EXPECT_THAT(page.unusable, IsEmpty());
}

TEST(Events, WhatIsNoEventIsKeptRaw) {
    const EventPage page =
        decode_events(R"({"results":["a|b","a|b|","",{"x": 1},null,3,"a|b|\ud800"]})");
    EXPECT_THAT(page.events, IsEmpty());
    EXPECT_THAT(page.unusable, ElementsAre(R"("a|b")", R"("a|b|")", R"("")", R"({"x": 1})", "null",
                                           "3", R"("a|b|\ud800")"));
}

TEST(Fields, OnlyFieldsCount) {
    const auto fields = decode_fields(
        R"([{"type":"field","fieldType":"number","name":"a","state":"hidden","x":{}},null,3,
            {"type":"headline","name":"b"},{"name":"c"},{"type":"field","name":"d","deleted":true},
            {"type":"field","name":""},{"type":"field"},{"type":"field","name":"e\u0000"},
            {"type":"field","fieldType":7,"name":"\u00fc \"x\"","deleted":false}])");
    ASSERT_EQ(fields.size(), 3U);
    EXPECT_EQ(fields[0].name, "a");
    EXPECT_EQ(fields[0].type, "number");
    EXPECT_EQ(fields[1].name, "d");
    EXPECT_TRUE(fields[1].deleted);
    EXPECT_EQ(fields[2].name, "\u00fc \"x\"");
    EXPECT_EQ(fields[2].type, "");
    EXPECT_FALSE(fields[2].deleted);
    EXPECT_EQ(failure_of([] { decode_fields("{}"); }).first, Fault::data);
}

TEST(RequireWhole, AnswersThatWereCutAreAskedForAgain) {
    require_whole(" [] ", '[');
    require_whole("{\"a\":\"\xFF\"}", '{');  // one bad text does not make it worth asking again
    const std::string body = R"([{"$id":"A","n":[1,2,{"x":"y"}]}])";
    for (std::size_t length = 0; length < body.size(); ++length) {
        EXPECT_EQ(failure_of([&] { require_whole(body.substr(0, length), '['); }).first,
                  Fault::transient);
    }
    require_whole(body, '[');
    EXPECT_EQ(failure_of([] { require_whole("{}", '['); }).first, Fault::transient);
    EXPECT_EQ(failure_of([] { require_whole("[]", '{'); }).first, Fault::transient);
    EXPECT_EQ(failure_of([] { require_whole("<html>", '['); }).first, Fault::transient);
}

}  // namespace
}  // namespace ringtail::dialfire
