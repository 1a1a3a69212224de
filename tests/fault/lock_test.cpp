// Somebody else holds rows for longer than the server lets a session wait: the load is tried again
// until they are free.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "fault/scene.hpp"

namespace ringtail::fault {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class HeldLock : public ::testing::TestWithParam<DatabaseKind> {};

TEST_P(HeldLock, IsWaitedForAgainAndAgain) {
    Scene scene(GetParam(), odd_campaign(200));
    ASSERT_EQ(scene.run().code, kDoneWithRejects);
    scene.campaign().change(100, {"contact", "edit"});
    auto words = scene.sync();
    std::replace(words.begin(), words.end(), scene.database().url(),
                 scene.database().impatient_url());
    auto held = scene.database().lock_rows("df_contacts");
    test::Process process(words, {}, scene.folder());
    while (process.err_so_far().find("trying again") == std::string::npos)
        ASSERT_FALSE(process.ended_within(std::chrono::milliseconds(5))) << process.out_so_far();
    EXPECT_THAT(process.err_so_far(), HasSubstr("Another session holds a lock"));
    held.reset();
    const auto done = process.wait();
    EXPECT_EQ(done.code, kDoneWithRejects) << done.out << done.err;
    EXPECT_THAT(scene.differences(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Servers, HeldLock,
                         ::testing::Values(DatabaseKind::postgres, DatabaseKind::mysql),
                         [](const auto& one) { return name_of(one.param); });

}  // namespace
}  // namespace ringtail::fault
