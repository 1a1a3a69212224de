#include "delivery/retry.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "delivery/signing.hpp"

namespace ringtail::delivery {
namespace {

using namespace std::chrono_literals;
using What = Verdict::What;

constexpr double kMiddle = 0.5;  // no jitter

Verdict after(int status, unsigned attempts = 0, bool is_probe = false,
              std::optional<Millis> retry_after = {}, const RetryOptions& options = {}) {
    return judge(options, status, retry_after, attempts, is_probe, kMiddle);
}

TEST(Retry, OnlyTwoHundredsAreSuccess) {
    for (const int status : {200, 201, 204, 299}) EXPECT_EQ(after(status).what, What::done);
    for (const int status : {0, 100, 301, 302, 307, 401, 403, 408, 500, 503, 599})
        EXPECT_EQ(after(status).what, What::again) << status;
}

TEST(Retry, PausesGrowAndTheTenthAttemptIsTheLast) {
    EXPECT_EQ(after(500, 0).pause, 2s);
    EXPECT_EQ(after(500, 1).pause, 6s);
    EXPECT_EQ(after(500, 8).pause, 13'122s);
    EXPECT_EQ(after(500, 8).what, What::again);
    EXPECT_EQ(after(500, 9).what, What::dead);
    RetryOptions days;
    days.attempts = 100;
    EXPECT_EQ(after(500, 50, false, {}, days).pause, 4h);
}

TEST(Retry, FollowsAPlan) {
    const RetryOptions options{4, {5s, 30s}};
    EXPECT_EQ(after(0, 0, false, {}, options).pause, 5s);
    EXPECT_EQ(after(0, 1, false, {}, options).pause, 30s);
    EXPECT_EQ(after(0, 2, false, {}, options).pause, 30s);
    EXPECT_EQ(after(0, 3, false, {}, options).what, What::dead);
}

TEST(Retry, JitterIsTenPercent) {
    EXPECT_EQ(judge({}, 500, {}, 0, false, 0).pause, 1'800ms);
    EXPECT_EQ(judge({}, 500, {}, 0, false, 1).pause, 2'200ms);
}

TEST(Retry, RefusalsEndAfterThreeAttempts) {
    for (const int status : {400, 404, 405, 413, 422}) {
        EXPECT_EQ(after(status, 1).what, What::again);
        EXPECT_EQ(after(status, 2).what, What::dead);
    }
    EXPECT_EQ(after(401, 2).what, What::again);
    EXPECT_EQ(after(410).what, What::gone);
}

TEST(Retry, TheReceiverSaysWhen) {
    const auto throttled = after(429, 3, false, 7s);
    EXPECT_EQ(throttled.what, What::hold);
    EXPECT_EQ(throttled.pause, 7s);
    EXPECT_FALSE(throttled.counts);
    EXPECT_EQ(after(503, 0, false, 7s).what, What::hold);
    EXPECT_EQ(after(429, 0, false, 0s).pause, 1s);    // not a busy loop
    EXPECT_EQ(after(429, 0, false, 900h).pause, 1h);  // not for ever
    EXPECT_EQ(after(500, 0, false, 60s).pause, 60s);
}

TEST(Retry, WhatAProbeFindsDownDoesNotCount) {
    for (const int status : {0, 502, 503, 504}) {
        EXPECT_FALSE(after(status, 9, true).counts) << status;
        EXPECT_EQ(after(status, 9, true).what, What::again) << status;
        EXPECT_EQ(after(status, 9).what, What::dead) << status;
    }
}

TEST(Retry, WhatTheReceiverItselfAnswersAProbeCounts) {
    for (const int status : {302, 401, 403, 500, 501}) {
        EXPECT_TRUE(after(status, 8, true).counts) << status;
        EXPECT_EQ(after(status, 9, true).what, What::dead) << status;
    }
    EXPECT_EQ(after(404, 2, true).what, What::dead);
}

TEST(Breaker, OpensAfterFiveInARow) {
    Breaker breaker;
    const Instant now{};
    for (int i = 0; i < 4; ++i) EXPECT_FALSE(breaker.failed(false, now, kMiddle));
    breaker.succeeded();
    for (int i = 0; i < 4; ++i) EXPECT_FALSE(breaker.failed(false, now, kMiddle));
    EXPECT_TRUE(breaker.may_try(now));
    EXPECT_TRUE(breaker.failed(false, now, kMiddle));
    EXPECT_TRUE(breaker.is_open());
    EXPECT_FALSE(breaker.may_try(now));
    EXPECT_TRUE(breaker.may_try(now + 5s));
}

TEST(Breaker, ProbesWithGrowingPausesUntilOneSucceeds) {
    Breaker breaker;
    Instant now{};
    for (int i = 0; i < 5; ++i) breaker.failed(false, now, kMiddle);
    for (const auto pause : {5s, 10s, 20s, 40s, 80s, 160s, 300s, 300s}) {
        EXPECT_FALSE(breaker.may_try(now + pause - 1ms));
        now += pause;
        ASSERT_TRUE(breaker.may_try(now));
        breaker.begin_probe();
        EXPECT_FALSE(breaker.may_try(now));
        breaker.failed(false, now, kMiddle);  // one that was under way when it opened
        EXPECT_TRUE(breaker.is_probing());
        breaker.failed(true, now, kMiddle);
    }
    breaker.succeeded();
    EXPECT_TRUE(breaker.may_try(now));
}

TEST(TokenBucket, GivesABurstAndThenTheRate) {
    TokenBucket bucket(5, 10);
    Instant now{};
    for (int i = 0; i < 10; ++i) EXPECT_TRUE(bucket.take(now)) << i;
    EXPECT_FALSE(bucket.take(now));
    EXPECT_EQ(bucket.next(now), now + 200ms);
    now += 200ms;
    EXPECT_TRUE(bucket.take(now));
    EXPECT_FALSE(bucket.take(now));
    int taken = 0;
    for (int ms = 0; ms < 10'000; ++ms) taken += bucket.take(now += 1ms) ? 1 : 0;
    EXPECT_EQ(taken, 50);
    now += 1h;
    for (int i = 0; i < 10; ++i) EXPECT_TRUE(bucket.take(now));
    EXPECT_FALSE(bucket.take(now));
    TokenBucket none(0, 1);
    for (int i = 0; i < 1'000; ++i) EXPECT_TRUE(none.take(now));
}

// The example of the Standard Webhooks libraries.
TEST(Signing, IsThatOfStandardWebhooks) {
    const std::string key = signing_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    EXPECT_EQ(
        signature(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", R"({"test": 2432232314})"),
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(Signing, SecretsMayBeRaw) {
    EXPECT_EQ(signing_key("a raw one"), "a raw one");
    EXPECT_THROW(signing_key(""), Error);
    EXPECT_THROW(signing_key("whsec_"), Error);
    EXPECT_THROW(signing_key("whsec_no-base64!"), Error);
}

}  // namespace
}  // namespace ringtail::delivery
