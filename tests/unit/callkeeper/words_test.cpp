// Phones, webhook bodies, answers, positions: what others write, read.
#include <gmock/gmock.h>

#include <random>

#include "base/error.hpp"
#include "scene.hpp"
#include "source/callkeeper/answer.hpp"
#include "source/callkeeper/hook_body.hpp"
#include "source/callkeeper/phones.hpp"
#include "source/callkeeper/position.hpp"
#include "source/callkeeper/windows.hpp"

namespace ringtail::callkeeper::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Phones, AreE164) {
    EXPECT_EQ(to_e164("79261234567", "RU"), "+79261234567");
    EXPECT_EQ(to_e164("8 (926) 123-45-67", "RU"), "+79261234567");
    EXPECT_EQ(to_e164("+7 (495) 123-45-67 (доб. 12)", "RU"), "+74951234567");
    EXPECT_EQ(to_e164("74951234567(101)", "RU"), "+74951234567");
    EXPECT_EQ(to_e164("74951234567^101", "RU"), "+74951234567");
    EXPECT_EQ(to_e164("8(912)345-67-89", "RU"), "+79123456789");
    EXPECT_EQ(to_e164("0171 2345678", "DE"), "+491712345678");
    EXPECT_EQ(to_e164("+49 171 2345678", "RU"), "+491712345678");
    EXPECT_EQ(to_e164("sip:anon@example.ru", "RU"), std::nullopt);
    EXPECT_EQ(to_e164("", "RU"), std::nullopt);
    EXPECT_EQ(to_e164("12", "RU"), std::nullopt);
    EXPECT_EQ(to_e164(std::string(5000, '7'), "RU"), std::nullopt);
    EXPECT_THROW(check_phone_region("Russia"), Error);
}

// The short way gives what libphonenumber does, which a blank makes sure is asked.
TEST(Phones, RussianOnesGoAShortWay) {
    std::mt19937 random(1);
    for (int i = 0; i < 2'000; ++i) {
        std::string digits = "7";
        while (digits.size() < 11) digits += static_cast<char>('0' + random() % 10);
        const std::string spaced = digits.substr(0, 4) + " " + digits.substr(4);
        ASSERT_EQ(to_e164(digits, "RU"), to_e164(spaced, "RU")) << digits;
        ASSERT_EQ(to_e164(digits, "KZ"), to_e164(spaced, "KZ")) << digits;
        ASSERT_EQ(to_e164("+" + digits, "DE"), to_e164("+" + spaced, "DE")) << digits;
    }
}

std::string why(std::string_view type, std::string_view query, std::string_view body) {
    try {
        parse_hook(type, query, body);
    } catch (const Error& error) {
        EXPECT_EQ(error.fault(), Fault::data);
        EXPECT_FALSE(error.hint().empty());
        return error.what();
    }
    return "it was taken";
}

TEST(HookBody, InEveryForm) {
    const std::string form =
        "id=7&hook_event=Call+is+over&current%5Bsrc%5D=a%26b&"
        "visit_info[session][pgs]=3&empty=&tags=%20";
    const std::string as_json = R"({"id":"7","hook_event":"Call is over","current":{"src":"a&b"},)"
                                R"("visit_info":{"session":{"pgs":"3"}},"empty":"","tags":" "})";
    EXPECT_THAT(parse_hook("application/json", "", " {\"id\":7} \n"), ElementsAre("{\"id\":7}"));
    EXPECT_THAT(parse_hook("text/plain", "", "[{\"id\":7},{\"id\":8}]"),
                ElementsAre("{\"id\":7}", "{\"id\":8}"));
    EXPECT_THAT(parse_hook("application/x-www-form-urlencoded", "", "{\"id\":\"7\"}"),
                ElementsAre("{\"id\":\"7\"}"));
    EXPECT_THAT(parse_hook("application/x-www-form-urlencoded", "", form), ElementsAre(as_json));
    EXPECT_THAT(parse_hook("", form, ""), ElementsAre(as_json));
    EXPECT_THAT(parse_hook("", "", "data=%7B%22id%22%3A7%7D"), ElementsAre("{\"id\":7}"));
    EXPECT_THAT(parse_hook("multipart/form-data; boundary=XX", "",
                           "--XX\r\nContent-Disposition: form-data; name=\"id\"\r\n\r\n7\r\n"
                           "--XX\r\nContent-Disposition: form-data; name=\"current[src]\"\r\n\r\n"
                           "a\r\nb\r\n--XX--\r\n"),
                ElementsAre(R"({"id":"7","current":{"src":"a\u000d\u000ab"}})"));
    EXPECT_THAT(parse_hook("application/json", "", "\xEF\xBB\xBF {\"id\":7}"),
                ElementsAre("{\"id\":7}"));
    // What has no id beside one that has is for the caller to keep.
    EXPECT_THAT(parse_hook("", "", "[{\"id\":7},17]"), ElementsAre("{\"id\":7}", "17"));
}

TEST(HookBody, WhatIsNoCallSaysWhy) {
    EXPECT_THAT(why("", "", ""), HasSubstr("empty"));
    EXPECT_THAT(why("application/json", "", "{\"id\":7"), HasSubstr("byte"));
    EXPECT_THAT(why("application/json", "", "{\"a\":7}"), HasSubstr("no id"));
    EXPECT_THAT(why("application/json", "", "[]"), HasSubstr("none"));
    EXPECT_THAT(why("text/plain", "", "hello"), HasSubstr("neither"));
    EXPECT_THAT(why("", "", "id=-"), HasSubstr("no id"));
    std::string many = "id=1";
    for (int i = 0; i < 1000; ++i) many += "&a=1";
    EXPECT_THAT(why("", "", many), HasSubstr("1,000"));
}

Error refused(int status, const std::string& body) {
    return refusal_error(status, refusal_in(body).value_or(body), "getUserInfo");
}

TEST(Answers, EachRefusalSaysWhatToDo) {
    const auto object = [](const std::string& reason) {
        return R"({"status":"fail","reason":")" + reason + "\"}";
    };
    const Error host = refused(401, "[" + object("Unauthorized host!") + "]");
    EXPECT_EQ(host.fault(), Fault::auth);
    EXPECT_THAT(host.what(), HasSubstr("this machine"));
    EXPECT_THAT(host.hint(), HasSubstr("host check"));
    const Error key = refused(403, object("Wrong api key"));
    EXPECT_EQ(key.fault(), Fault::auth);
    EXPECT_THAT(key.what(), HasSubstr("key is wrong"));
    const Error level = refused(403, object("Access denied: the access level of the key"));
    EXPECT_THAT(level.what(), HasSubstr("access level"));
    EXPECT_THAT(level.hint(), HasSubstr("Только получение данных"));
    EXPECT_THAT(refused(403, object("The paid period is over")).what(), HasSubstr("not paid for"));
    EXPECT_THAT(refused(417, object("length")).hint(), HasSubstr("16 or 32"));
    EXPECT_THAT(refused(412, object("Unknown user")).what(), HasSubstr("does not know"));
    EXPECT_EQ(refused(405, "<html>").fault(), Fault::config);
    EXPECT_EQ(refused(406, object("date is not an array")).fault(), Fault::data);
}

std::size_t calls_in(const std::string& body) { return calls_of(JsonDocument(body)).size(); }

TEST(Answers, CallsInEveryShape) {
    EXPECT_EQ(calls_in(R"({"result":[{"id":1},{"id":2}]})"), 2U);
    EXPECT_EQ(calls_in(R"({"result":{"id":1}})"), 1U);
    EXPECT_EQ(calls_in(R"({"result":{"0":{"id":1},"2":{"id":2}}})"), 2U);
    EXPECT_EQ(calls_in(R"({"result":null})"), 0U);
    EXPECT_EQ(calls_in(R"({"result":""})"), 0U);
    EXPECT_EQ(calls_in("{}"), 0U);
    EXPECT_EQ(calls_in("[]"), 0U);
    EXPECT_THROW(calls_in(R"({"result":17})"), Error);
    EXPECT_THROW(calls_in(R"({"status":"fail","reason":"x"})"), Error);
    EXPECT_THROW(require_whole(R"({"result":[{"id":1})"), Error);
}

TEST(Answers, ThePaidPeriodIsWatched) {
    const Instant now = at("2024-05-01T00:00:00Z");
    const auto info = [&](const std::string& till) {
        return read_user_info(R"([{"id":1,"paid_till":")" + till + "\"}]", now);
    };
    EXPECT_TRUE(info("2025-05-01T00:00:00+03:00").notes.empty());
    ASSERT_EQ(info("2024-05-03T00:00:00+03:00").notes.size(), 1U);
    EXPECT_THAT(info("2024-05-03T00:00:00+03:00").notes[0].message,
                HasSubstr("ends on 2024-05-02"));
    EXPECT_THAT(info("2024-04-03T00:00:00+03:00").notes[0].message, HasSubstr("is over"));
    EXPECT_THROW(read_user_info("[]", now), Error);
}

TEST(Position, IsReadBack) {
    Position position;
    position.inbox = {5, 17, 20};
    position.live_done = *parse_day("2024-04-30");
    position.first = *parse_day("2023-01-01");
    position.last = *parse_day("2024-05-01");
    position.calls_per_hour = 120;
    position.account = "x";
    position.history["job \"7\""] = {*parse_day("2023-01-01"), *parse_day("2023-12-31"),
                                     *parse_day("2023-06-30"), 1, 99};
    const Checkpoint written = write_position(position);
    EXPECT_EQ(write_position(read_position(written)), written);
    EXPECT_EQ(read_position(written).inbox, position.inbox);
    EXPECT_EQ(write_position(read_position(write_position({}))), write_position({}));
}

TEST(Position, ABrokenOrNewerOneSaysWhatToDo) {
    for (const char* text : {"", "{}", "[1]", "ringtail-dialfire 1", R"({"callkeeper":2})",
                             R"({"callkeeper":1,"inbox":{}})"}) {
        try {
            read_position({text});
            ADD_FAILURE() << text;
        } catch (const Error& error) {
            EXPECT_EQ(error.fault(), Fault::config);
            EXPECT_THAT(error.hint(), HasSubstr("ringtail_checkpoints"));
        }
    }
}

TEST(Position, FinishedHistoriesDoNotPileUp) {
    Position position;
    for (int i = 0; i < 100; ++i) {
        position.history["job" + std::to_string(i)] = {
            *parse_day("2023-01-02"), *parse_day("2023-01-03"), *parse_day("2023-01-01"), i + 1, 0};
    }
    position.history["open"] = {*parse_day("2023-01-02"), *parse_day("2023-01-03"),
                                *parse_day("2023-01-03"), 0, 0};
    const auto kept = read_position(write_position(position)).history;
    EXPECT_EQ(kept.size(), 21U);
    EXPECT_TRUE(kept.contains("open") && kept.contains("job99"));
}

TEST(Windows, ADayIsOneWindowOrManyWithoutGaps) {
    const Zone berlin("Europe/Berlin");
    for (const auto& [day, hours] :
         {std::pair("2024-03-31", 23), std::pair("2024-10-27", 25), std::pair("2024-05-01", 24)}) {
        const Instant begin = berlin.start(*parse_day(day));
        const Window whole = next_window(berlin, *parse_day(day), begin, 26h);
        EXPECT_TRUE(whole.ends_day);
        EXPECT_EQ(whole.to - whole.from, std::chrono::hours(hours)) << day;
        Instant reached = begin;
        int windows = 0;
        for (bool ended = false; !ended; ++windows) {
            const Window part = next_window(berlin, *parse_day(day), reached, 2h);
            EXPECT_EQ(part.from, reached);
            reached = part.to;
            ended = part.ends_day;
        }
        EXPECT_EQ(reached, whole.to);
        EXPECT_EQ(windows, (hours + 1) / 2);
    }
}

TEST(Windows, AreAsLongAsTheAccountIsQuiet) {
    Pace pace(0);
    EXPECT_EQ(pace.window_for(5'000), 2h);
    const Window window{at("2024-05-01T00:00:00Z"), at("2024-05-01T02:00:00Z"), {}, false};
    for (int i = 0; i < 10; ++i) pace.note(window, 0);
    EXPECT_GT(pace.window_for(5'000), 24h);
    pace.note(window, 12'000);
    EXPECT_EQ(pace.window_for(5'000), 3'000s);
    pace.note(window, 50'000'000);
    EXPECT_EQ(pace.window_for(5'000), 60s);
}

TEST(Windows, AreSafeHoweverTheBoundsAreRead) {
    const Window past{at("2024-05-01T21:00:00Z"), at("2024-05-02T21:00:00Z"), {}, true};
    const AskedPeriod asked = asked_period(past, at("2024-05-03T00:00:00Z"));
    EXPECT_EQ(asked.from, at("2024-05-01T20:59:59Z"));
    EXPECT_EQ(asked.to, at("2024-05-02T21:00:00Z"));
    EXPECT_EQ(asked_period(past, at("2024-05-02T20:00:00Z")).to, at("2024-05-03T21:00:00Z"));
}

TEST(Tables, WhatIsChosenBringsWhatItNeeds) {
    Options options;
    EXPECT_EQ(make_tables(options).size(), kTables);
    options.tables = {"callkeeper_calls"};
    ASSERT_EQ(make_tables(options).size(), 2U);
    EXPECT_EQ(make_tables(options)[0].name, "general_accounts");
    EXPECT_TRUE(make_views(options).empty());
    options.tables = {"callkeeper_calls_facts"};
    EXPECT_EQ(make_tables(options).size(), kTables);
    options.tables = {"calls"};
    EXPECT_THROW(make_tables(options), Error);
}

TEST(Tables, ViewsShowColumnsThatAreThere) {
    Options options;
    options.prefix = "ck_";
    const std::vector<Table> tables = make_tables(options);
    const std::vector<View> views = make_views(options);
    ASSERT_EQ(views.size(), 3U);
    EXPECT_EQ(views[1].name, "ck_callkeeper_calls_wide_ru");
    for (const View& view : views) {
        std::set<std::string> captions;
        for (const View::Column& shown : view.columns) {
            EXPECT_TRUE(captions.insert(shown.caption).second) << shown.caption;
            const auto table = std::ranges::find(tables, shown.table, &Table::name);
            ASSERT_NE(table, tables.end()) << shown.table;
            EXPECT_NE(std::ranges::find(table->columns, shown.column, &Column::name),
                      table->columns.end())
                << shown.column;
        }
    }
}

}  // namespace
}  // namespace ringtail::callkeeper::testing
