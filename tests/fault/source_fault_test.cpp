// Every fault of the stand-in against a load in progress: it ends, and the tables equal the truth.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fault/scene.hpp"

namespace ringtail::fault {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string named(const std::string& text) {
    std::string name;
    for (const char c : text) name += std::isalnum(static_cast<unsigned char>(c)) != 0 ? c : '_';
    return name;
}

// How often a fault may strike in all. An old copy comes now and then: more would be a service that
// went back. A request that is forbidden is made again twice, so that no request may see three.
unsigned times(const std::string& kind) {
    if (kind == "stale") return 3;
    return kind == "403" ? 2 : 12;
}

class SourceFault : public ::testing::TestWithParam<std::string> {};

TEST_P(SourceFault, EndsWithTheTruth) {
    Scene scene(DatabaseKind::sqlite, odd_campaign(1500));
    scene.campaign().change(500);  // so that there are older versions to answer with
    sim::FaultRule rule;
    rule.kind = GetParam();
    rule.share = 0.2;
    rule.count = times(rule.kind);
    rule.pause_ms = 5;
    rule.retry_after = rule.kind == "429" ? 0 : -1;
    scene.campaign().add_fault(rule);
    auto done = scene.run({"--once", "--stall-timeout", "1s"});
    std::uint64_t struck = 0;
    for (const auto& [kind, times] : scene.campaign().stats().faults) struck += times;
    EXPECT_GT(struck, 0U) << "the fault never struck";
    if (rule.kind == "404") {  // a final answer: the run stops, says so, and the next one goes on
        EXPECT_EQ(done.code, 2) << done.out << done.err;
        scene.campaign().clear_faults();
        done = scene.run();
    }
    EXPECT_EQ(done.code, kDoneWithRejects) << done.out << done.err;
    EXPECT_THAT(scene.differences(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Every, SourceFault, ::testing::ValuesIn(sim::fault_kinds()),
                         [](const auto& one) { return named(one.param); });

class Reading : public ::testing::TestWithParam<std::pair<std::string, std::string>> {};

// Under either reading of what is not known of the service: first load, live changes, a later run;
// the tables equal the truth.
TEST_P(Reading, TheTablesEqualTheTruth) {
    auto options = odd_campaign(600);
    options.assume[GetParam().first] = GetParam().second;
    Scene scene(DatabaseKind::sqlite, options);
    auto done = scene.run();
    EXPECT_EQ(done.code, kDoneWithRejects) << done.out << done.err;
    EXPECT_THAT(scene.differences(), IsEmpty());
    scene.campaign().change(150);
    done = scene.run();
    EXPECT_EQ(done.code, kDoneWithRejects) << done.out << done.err;
    EXPECT_THAT(scene.differences(), IsEmpty());
}

std::vector<std::pair<std::string, std::string>> readings() {
    std::vector<std::pair<std::string, std::string>> all;
    for (const auto& one : sim::switches()) {
        for (const auto& reading : one.readings) all.emplace_back(one.name, reading);
    }
    return all;
}

INSTANTIATE_TEST_SUITE_P(Every, Reading, ::testing::ValuesIn(readings()), [](const auto& one) {
    return named(one.param.first + "_" + one.param.second);
});

TEST(FirstLoad, NothingIsFetchedASecondTime) {
    sim::Options options;
    options.contacts = 2500;
    options.odd = 0;
    options.gone = 0;
    Scene scene(DatabaseKind::sqlite, options);
    EXPECT_EQ(scene.run().code, 0);
    scene.campaign().reset_stats();
    const auto done = scene.run({"--once", "--full"});
    EXPECT_EQ(done.code, 0) << done.out << done.err;
    EXPECT_EQ(scene.campaign().stats().contacts_sent, 0U);
    EXPECT_THAT(scene.differences(), IsEmpty());
}

TEST(FirstLoad, AnotherFilterFetchesWhatTheFirstOneLeftOut) {
    Scene scene(DatabaseKind::sqlite, odd_campaign(800));
    scene.run({"--once", "--only", "human", "--stages", "fc_,qc_"});
    EXPECT_THAT(scene.differences({.mode = "hi_updates_only", .stages = "fc_,qc_"}), IsEmpty());
    scene.run({"--once"});
    EXPECT_THAT(scene.differences(), IsEmpty());
}

TEST(FirstLoad, AForbiddenTokenStopsWithAHint) {
    Scene scene(DatabaseKind::sqlite, odd_campaign(50));
    sim::FaultRule forbidden;
    forbidden.kind = "403";
    scene.campaign().add_fault(forbidden);
    const auto done = scene.run();
    EXPECT_EQ(done.code, 2) << done.out << done.err;
    EXPECT_THAT(done.err, HasSubstr("token"));
}

TEST(Following, LiveChangesArrive) {
    Scene scene(DatabaseKind::sqlite, odd_campaign(500));
    auto process = scene.start({"--every", "1s", "--compare-every", "2s"});
    const auto loaded = [&] {
        try {
            return scene.differences().empty();
        } catch (const std::exception&) {
            return false;  // no tables yet
        }
    };
    const auto wait_for_truth = [&] {
        for (int i = 0; i < 300; ++i) {
            if (process->ended_within(std::chrono::milliseconds(100))) return false;
            if (loaded()) return true;
        }
        return false;
    };
    ASSERT_TRUE(wait_for_truth()) << process->err_so_far();
    scene.campaign().change(100);
    EXPECT_TRUE(wait_for_truth()) << process->err_so_far()
                                  << ::testing::PrintToString(scene.differences());
    scene.campaign().add_field("Neues Feld");
    scene.campaign().change(50);
    EXPECT_TRUE(wait_for_truth()) << process->err_so_far()
                                  << ::testing::PrintToString(scene.differences());
    process->send(SIGTERM);
    EXPECT_EQ(process->wait(std::chrono::seconds(10)).code, 0);
}

}  // namespace
}  // namespace ringtail::fault
