#include "source/dialfire/census.hpp"

#include <gtest/gtest.h>

#include "base/clock.hpp"
#include "sim/simulation.hpp"
#include "source/dialfire/decode.hpp"

namespace ringtail::dialfire {
namespace {

TEST(Census, CountsWhatTheFurtherPagesName) {
    sim::Options campaign;
    campaign.contacts = 3'700;
    const sim::Simulation service(campaign);
    Options options;
    options.campaign = service.options().campaign;
    options.token = service.options().token;
    options.api = service.base_url();
    SystemClock clock;
    const auto log = make_null_logger();
    Api api(options, clock, *log);
    const auto answer = api.contact_list({}, "").wait({});
    ASSERT_TRUE(answer);
    const ListPage first = decode_list(answer->body);
    const Census census(api, first.cursor);
    while (census.total() == 0) std::this_thread::yield();
    EXPECT_EQ(first.entries.size() + census.total(), 3'700U);
}

}  // namespace
}  // namespace ringtail::dialfire
