// Campaigns with more fields than become columns, and more than a table may have.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "fault/scene.hpp"

namespace ringtail::fault {
namespace {

using ::testing::IsEmpty;

sim::Options wide_campaign() {
    sim::Options options;
    options.contacts = 60;
    options.fields = 400;
    options.odd = 0;
    options.gone = 0;
    return options;
}

class Wide : public ::testing::TestWithParam<DatabaseKind> {
  protected:
    std::int64_t custom_columns() {
        return std::ranges::count_if(
            scene_.database().dump("df_contacts").columns,
            [](const std::string& name) { return name.starts_with("feld_"); });
    }

    Scene scene_{GetParam(), wide_campaign()};
};

TEST_P(Wide, FourHundredFields) {
    const auto narrow = scene_.run();
    EXPECT_EQ(narrow.code, 0) << narrow.out << narrow.err;
    EXPECT_THAT(scene_.differences(), IsEmpty());
    EXPECT_LE(custom_columns(), 150);

    // Then all of them as columns, as far as the table has room: the values move.
    sim::TruthOptions all;
    all.custom_columns = 400;
    const auto wide = scene_.run({"--once", "--fields", "400"});
    EXPECT_EQ(wide.code, 0) << wide.out << wide.err;
    EXPECT_THAT(scene_.differences(all), IsEmpty());
    if (GetParam() == DatabaseKind::sqlite || GetParam() == DatabaseKind::postgres)
        EXPECT_EQ(custom_columns(), 388) << "12 have other names";
    else
        EXPECT_GT(custom_columns(), 150);

    scene_.campaign().change(40);
    EXPECT_EQ(scene_.run({"--once", "--fields", "400"}).code, 0);
    EXPECT_THAT(scene_.differences(all), IsEmpty());
}

TEST_P(Wide, FourHundredColumnsFromTheStart) {
    sim::TruthOptions all;
    all.custom_columns = 400;
    const auto done = scene_.run({"--once", "--fields", "400"});
    EXPECT_EQ(done.code, 0) << done.out << done.err;
    EXPECT_THAT(scene_.differences(all), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Every, Wide, ::testing::ValuesIn(every_database()),
                         [](const auto& one) { return name_of(one.param); });

}  // namespace
}  // namespace ringtail::fault
