#include "http/retry_rule.hpp"

#include <gtest/gtest.h>

#include "base/time_text.hpp"

namespace ringtail::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using Action = Decision::Action;
using TimePoint = RetryRule::TimePoint;

constexpr TimePoint kNow{std::chrono::hours(1)};

void expect_about(milliseconds value, milliseconds wanted) {
    EXPECT_GE(value, wanted * 9 / 10);
    EXPECT_LE(value, wanted * 11 / 10);
}

TEST(RetryRule, FinalAnswers) {
    for (const int status :
         {200, 201, 204, 301, 302, 304, 400, 401, 404, 405, 409, 410, 413, 422}) {
        RetryRule rule{ClientOptions()};
        EXPECT_EQ(rule.after_answer(status, std::nullopt, kNow).action, Action::deliver) << status;
        EXPECT_EQ(rule.after_answer(status, seconds(3), kNow).action, Action::deliver) << status;
    }
}

TEST(RetryRule, FailuresPauseLongerEachTimeUntilTheAttemptsAreUsedUp) {
    ClientOptions options;
    options.last_pause = milliseconds(3000);
    RetryRule rule(options);
    const auto attempt = [&](int number) {
        return number % 2 == 0 ? rule.after_failure() : rule.after_answer(500, std::nullopt, kNow);
    };
    for (const int wanted : {500, 1000, 2000, 3000, 3000}) {
        const Decision decision = attempt(wanted / 500);
        ASSERT_EQ(decision.action, Action::repeat);
        expect_about(decision.pause, milliseconds(wanted));
    }
    EXPECT_EQ(rule.after_failure().action, Action::give_up);
    EXPECT_EQ(rule.attempts(), 6U);
}

TEST(RetryRule, OneAttemptIsOneAttempt) {
    ClientOptions options;
    for (const unsigned attempts : {0U, 1U}) {
        options.attempts = attempts;
        RetryRule rule(options);
        EXPECT_EQ(rule.after_failure().action, Action::give_up);
    }
}

TEST(RetryRule, WhichStatusesAreFailures) {
    for (const int status : {408, 425, 500, 501, 502, 503, 504, 599}) {
        RetryRule rule{ClientOptions()};
        EXPECT_EQ(rule.after_answer(status, std::nullopt, kNow).action, Action::repeat) << status;
    }
}

TEST(RetryRule, ForbiddenIsRepeatedTwice) {
    RetryRule rule{ClientOptions()};
    EXPECT_EQ(rule.after_answer(403, std::nullopt, kNow).action, Action::repeat);
    EXPECT_EQ(rule.after_answer(403, std::nullopt, kNow).action, Action::repeat);
    EXPECT_EQ(rule.after_answer(403, std::nullopt, kNow).action, Action::deliver);
}

TEST(RetryRule, ThrottlingIsBoundedByTimeNotByAttempts) {
    ClientOptions options;
    options.max_throttled = minutes(15);
    RetryRule rule(options);
    for (int i = 0; i < 14; ++i) {
        const Decision decision =
            rule.after_answer(i % 2 == 0 ? 429 : 503, minutes(1), kNow + minutes(i));
        ASSERT_EQ(decision.action, Action::repeat) << i;
        EXPECT_EQ(decision.pause, minutes(1));
    }
    EXPECT_EQ(rule.after_answer(429, minutes(1), kNow + minutes(14)).action, Action::repeat);
    const Decision last = rule.after_answer(429, minutes(1), kNow + minutes(15));
    EXPECT_EQ(last.action, Action::put_off);
    EXPECT_EQ(last.pause, minutes(1));
    // The counted attempts are all still there.
    EXPECT_EQ(rule.after_failure().action, Action::repeat);
}

TEST(RetryRule, ThrottlingWithoutAWaitPausesLongerEachTime) {
    RetryRule rule{ClientOptions()};
    for (const int wanted : {500, 1000, 2000})
        expect_about(rule.after_answer(429, std::nullopt, kNow).pause, milliseconds(wanted));
}

TEST(RetryRule, NoWaitForEverIsNoBusyLoop) {
    RetryRule rule{ClientOptions()};
    EXPECT_EQ(rule.after_answer(429, seconds(0), kNow).pause, seconds(0));
    EXPECT_GE(rule.after_answer(429, seconds(0), kNow).pause, milliseconds(500));
}

TEST(RetryAfter, SecondsAndDates) {
    const Instant now = *parse_time("2024-03-05T10:00:00.500Z");
    EXPECT_EQ(parse_retry_after("0", now), seconds(0));
    EXPECT_EQ(parse_retry_after("120", now), seconds(120));
    EXPECT_EQ(parse_retry_after("Tue, 05 Mar 2024 10:01:00 GMT", now), milliseconds(59'500));
    EXPECT_EQ(parse_retry_after("Tuesday, 05-Mar-24 10:01:00 GMT", now), milliseconds(59'500));
    EXPECT_EQ(parse_retry_after("Tue Mar  5 10:01:00 2024", now), milliseconds(59'500));
    EXPECT_EQ(parse_retry_after("Tue, 05 Mar 2024 09:00:00 GMT", now), seconds(0));
}

TEST(RetryAfter, OddTexts) {
    const Instant now = *parse_time("2024-03-05");
    for (const char* text : {"", "soon", "-5", "1.5", "5 s", "0x10", " "})
        EXPECT_EQ(parse_retry_after(text, now), std::nullopt) << text;
    EXPECT_EQ(parse_retry_after("99999999999999999999999", now), std::chrono::hours(24 * 366));
    EXPECT_EQ(parse_retry_after("9223372036854775807", now), std::chrono::hours(24 * 366));
}

TEST(RetryAfter, ADateIsMeasuredAgainstTheServersClock) {
    Response response;
    EXPECT_EQ(retry_after(response, *parse_time("2024-03-05")), std::nullopt);
    response.headers = {{"retry-after", "Tue, 05 Mar 2024 10:01:00 GMT"},
                        {"date", "Tue, 05 Mar 2024 10:00:30 GMT"}};
    EXPECT_EQ(retry_after(response, *parse_time("2020-01-01")), seconds(30));
    response.headers["date"] = "rubbish";
    EXPECT_EQ(retry_after(response, *parse_time("2024-03-05T10:00:50Z")), seconds(10));
}

}  // namespace
}  // namespace ringtail::http
