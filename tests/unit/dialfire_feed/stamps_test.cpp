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

TEST(StampCheck, AnotherVersionThanListedIsRefusedTwiceThenTaken) {
    NewestStamps newest;
    StampCheck check(newest);
    check.expect("A", "m2");
    EXPECT_THROW(check.check("[" + contact("A", "m1", "t") + "]"), Error);
    EXPECT_NO_THROW(check.check("[" + contact("A", "m2", "t") + "]"));
    check.note();
    EXPECT_EQ(newest.find("A")->md5, "m2");
}

TEST(StampCheck, WhenTheListingNeverAgreesNothingIsAskedForAgain) {
    NewestStamps newest;
    const std::string body = "[" + contact("A", "m1", "t") + "]";
    int refused = 0;
    for (int i = 0; i < 10; ++i) {
        StampCheck check(newest);
        check.expect("A", "always another");
        for (bool taken = false; !taken;) {
            try {
                check.check(body);
                taken = true;
            } catch (const Error&) {
                ++refused;
            }
        }
    }
    EXPECT_EQ(refused, 6);  // two for each of the first three answers
}

}  // namespace
}  // namespace ringtail::dialfire
