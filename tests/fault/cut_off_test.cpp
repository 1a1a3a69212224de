// A run that ended in the middle of a list, and what came before the next one: that one goes on
// where the list stood, and its tables equal the truth all the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <regex>

#include "fault/scene.hpp"

namespace ringtail::fault {
namespace {

using ::testing::IsEmpty;
using namespace std::chrono_literals;

std::string position(Scene& scene) {
    for (const auto& row : scene.database().dump("ringtail_checkpoints").rows)
        for (const auto& value : row)
            if (value && value->starts_with("ringtail-dialfire")) return *value;
    return "none";
}

// Page by page, and so that each is stored soon.
Words small_loads(Words words) {
    words.insert(words.end(), {"--w", "1", "--rows-per-load", "100"});
    return words;
}

// Kills a run that waits for a later page of a list, once its position is behind the first:
// `where`.
void cut_off(Scene& scene, test::Process& process, const std::string& where) {
    const std::regex behind_first(where);
    while (!std::regex_search(position(scene), behind_first))
        ASSERT_FALSE(process.ended_within(20ms)) << process.err_so_far();
    process.send(SIGKILL);
    EXPECT_EQ(process.wait().signal, SIGKILL);
    scene.campaign().clear_faults();
}

sim::Options many_pages(std::uint32_t contacts) {
    auto options = odd_campaign(contacts);
    options.assume["G-12"] = "capped";  // a hundred a page
    return options;
}

TEST(CutOff, InboundCallsThatCameSince) {
    auto options = many_pages(100);
    options.inbound_calls = 2000;
    Scene scene(DatabaseKind::sqlite, options);
    scene.campaign().add_fault({.kind = "hang", .path = "inbound/calls", .skip = 10});
    cut_off(scene, *scene.start(small_loads({"--once"})), R"(\ninbound \S+ \S+ \S+ [^%])");
    scene.campaign().change(30, {"inbound"});
    EXPECT_EQ(scene.run().code, kDoneWithRejects);
    EXPECT_THAT(scene.differences(), IsEmpty());
}

// In a comparison that a run makes now and then, which is not followed by a further pass.
TEST(CutOff, ContactsThatChangedSince) {
    auto options = many_pages(1500);
    options.assume["G-9"] = "stable";  // what changes keeps its place in the list
    Scene scene(DatabaseKind::sqlite, options);
    EXPECT_EQ(scene.run().code, kDoneWithRejects);
    const std::string before = position(scene);
    const auto process = scene.start(small_loads({"--every", "100ms", "--compare-every", "2s"}));
    while (position(scene) == before || position(scene).find("\nlisting ") != std::string::npos)
        ASSERT_FALSE(process->ended_within(20ms)) << process->err_so_far();
    scene.campaign().change(4000, {"edit"});
    scene.campaign().add_fault({.kind = "hang", .path = "contacts/list", .skip = 10});
    cut_off(scene, *process, R"(\nlisting \S+ [^%])");
    scene.campaign().change(300, {"edit"});
    EXPECT_EQ(scene.run().code, kDoneWithRejects);
    EXPECT_THAT(scene.differences(), IsEmpty());
}

}  // namespace
}  // namespace ringtail::fault
