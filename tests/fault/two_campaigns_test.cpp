// Two programs load two campaigns into the same tables at the same time.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fault/scene.hpp"

namespace ringtail::fault {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::Eq;
using ::testing::IsEmpty;

constexpr int kDone = 0;
sim::Options second_campaign() {
    sim::Options options;
    options.contacts = 500;
    options.campaign = "KW7SECONDC4MPA1G";
    options.seed = 2;
    options.odd = 0;
    options.fields = 30;
    // The stand-in's inbound calls are called by their day and number.
    options.first_day = "2025-04-01";
    options.inbound_calls = 300;
    return options;
}

class TwoCampaigns : public ::testing::TestWithParam<DatabaseKind> {
  protected:
    TwoCampaigns() : other_(scene_.add_campaign(second_campaign())) {}

    void run_both(const Words& further) {
        auto first = scene_.start(further);
        auto second = std::make_unique<test::Process>(scene_.sync_other(further), Environment(),
                                                      scene_.folder());
        for (auto* program : {first.get(), second.get()}) {
            const auto done = program->wait();
            EXPECT_THAT(done.code, AnyOf(Eq(kDone), Eq(kDoneWithRejects))) << done.out << done.err;
        }
    }

    Scene scene_{GetParam(), odd_campaign(500)};
    sim::Simulation& other_;
};

TEST_P(TwoCampaigns, TheTablesHoldTheRowsAndColumnsOfBoth) {
    // Small loads, so that they meet often; both make the tables, too.
    const Words small_loads{"--once", "--rows-per-load", "200"};
    run_both(small_loads);
    EXPECT_THAT(scene_.differences(), IsEmpty());
    EXPECT_THAT(scene_.database().dump("df_contacts").columns,
                AllOf(Contains("Größe in cm"), Contains("feld_030")));
    for (int i = 0; i < 2; ++i) {
        scene_.campaign().change(150);
        other_.change(150);
        run_both(small_loads);
        EXPECT_THAT(scene_.differences(), IsEmpty());
    }
}

INSTANTIATE_TEST_SUITE_P(Every, TwoCampaigns, ::testing::ValuesIn(every_database()),
                         [](const auto& one) { return name_of(one.param); });

}  // namespace
}  // namespace ringtail::fault
