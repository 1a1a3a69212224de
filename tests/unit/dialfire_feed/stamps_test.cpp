#include "source/dialfire/stamps.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"

namespace ringtail::dialfire {
namespace {

std::string contact(const std::string& id, const std::string& md5, const std::string& fired) {
    return R"({"$id":")" + id + R"(","$md5":")" + md5 +
           R"(","$version":"QXZ","$task_log":[{"transactions":[{"fired":")" + fired + R"("}]}]})";
}

TEST(Stamps, ReadsWhatTellsVersionsApart) {
    const auto stamps =
        read_stamps("[null, 7, {\"$id\":\"\"}, " + contact("A", "m1", "2024-01-01T00:00:00.000Z") +
                    ", {\"$id\":\"B\",\"$task_log\":null}]");
    ASSERT_EQ(stamps.size(), 2U);
    EXPECT_EQ(stamps.at("A").md5, "m1");
    EXPECT_EQ(stamps.at("A").fired, "2024-01-01T00:00:00.000Z");
    EXPECT_EQ(stamps.at("B").fired, "");
}

TEST(Stamps, AnAnswerThatIsNotWholeIsTransient) {
    for (const char* body : {"", "[", "[{\"$id\":\"A\"", "{\"error\":1}", "<html>", "[] []"}) {
        try {
            read_stamps(body);
            FAIL() << body;
        } catch (const Error& error) {
            EXPECT_EQ(error.fault(), Fault::transient) << body;
        }
    }
}

TEST(Stamps, OlderByChangedThenByNumberThenByNewestTransaction) {
    EXPECT_TRUE(is_older({"", "2024-01-01", "", "z"}, {"", "2024-01-02", "", "a"}));
    EXPECT_TRUE(is_older({"", "", "9", "z"}, {"", "", "10", "a"}));
    EXPECT_FALSE(is_older({"", "", "QXZ", "2024-01-02"}, {"", "", "ABC", "2024-01-01"}));
    EXPECT_TRUE(is_older({"", "", "QXZ", "2024-01-01"}, {"", "", "ABC", "2024-01-02"}));
    EXPECT_FALSE(is_older({"", "", "A", "same"}, {"", "", "B", "same"}));
}

TEST(StampCheck, AnOlderAnswerIsRefusedTwiceThenTaken) {
    NewestStamps newest;
    newest.note("A", {"m2", "", "", "2024-01-02T00:00:00.000Z"});
    StampCheck check(newest);
    const std::string old = "[" + contact("A", "m1", "2024-01-01T00:00:00.000Z") + "]";
    EXPECT_THROW(check.check(old), Error);
    EXPECT_THROW(check.check(old), Error);
    EXPECT_NO_THROW(check.check(old));
}

TEST(StampCheck, WhatWasUsedIsWhatLaterAnswersAreMeasuredBy) {
    NewestStamps newest;
    StampCheck first(newest);
    first.check("[" + contact("A", "m2", "2024-01-02") + "]");
    EXPECT_EQ(newest.find("A"), std::nullopt);
    first.note();
    EXPECT_EQ(newest.find("A")->md5, "m2");
    StampCheck second(newest);
    EXPECT_THROW(second.check("[" + contact("A", "m1", "2024-01-01") + "]"), Error);
    EXPECT_NO_THROW(second.check("[" + contact("A", "m3", "2024-01-03") + "]"));
}

}  // namespace
}  // namespace ringtail::dialfire
