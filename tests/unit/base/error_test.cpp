#include "base/error.hpp"

#include <gtest/gtest.h>

#include <set>

namespace ringtail {
namespace {

TEST(Error, KeepsWhatItWasGiven) {
    const Error error =
        Error(Fault::throttled, "too fast").with_hint("slow down").wait(std::chrono::seconds(3));
    EXPECT_EQ(error.fault(), Fault::throttled);
    EXPECT_STREQ(error.what(), "too fast");
    EXPECT_EQ(error.hint(), "slow down");
    EXPECT_EQ(error.retry_after(), std::chrono::seconds(3));
    const Error plain(Fault::data, "x");
    EXPECT_EQ(plain.hint(), "");
    EXPECT_EQ(plain.retry_after(), std::nullopt);
}

TEST(Error, ContextGoesInFrontAndTheRestStays) {
    const Error error =
        Error(Fault::transient, "reset").with_hint("h").wait(std::chrono::seconds(1));
    const Error outer = error.within("GET /x").within("load df_contacts");
    EXPECT_STREQ(outer.what(), "load df_contacts: GET /x: reset");
    EXPECT_EQ(outer.fault(), Fault::transient);
    EXPECT_EQ(outer.hint(), "h");
    EXPECT_EQ(outer.retry_after(), std::chrono::seconds(1));
}

TEST(Error, FaultsHaveNames) {
    std::set<std::string_view> names;
    for (const Fault fault : {Fault::transient, Fault::throttled, Fault::auth, Fault::config,
                              Fault::data, Fault::stopped, Fault::bug})
        names.insert(name_of(fault));
    EXPECT_EQ(names.size(), 7U);
    EXPECT_EQ(name_of(Fault::auth), "auth");
}

}  // namespace
}  // namespace ringtail
