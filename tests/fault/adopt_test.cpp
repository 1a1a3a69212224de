// The old client's tables, with what it cut and lost: `check` tells, a run mends it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fault/old_client.hpp"

namespace ringtail::fault {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

sim::Options plain_campaign(std::uint32_t contacts) {
    sim::Options options;
    options.contacts = contacts;
    options.odd = 0;
    options.gone = 0;
    return options;
}

class Adopt : public ::testing::TestWithParam<DatabaseKind> {
  protected:
    Adopt() { scene_.use_prefix(""); }

    test::Outcome check(const Words& further) {
        Words words = scene_.sync(further);
        words[1] = "check";
        return test::run(words);
    }

    Scene scene_{GetParam(), plain_campaign(60)};
};

class NothingToAdopt : public Adopt {};

TEST_P(Adopt, CheckTellsWhatWasCutAndARunMendsIt) {
    const OldTables old = fill_as_old_client(scene_);
    ASSERT_GT(old.cut.at({"recordings", "location"}), 0U);
    ASSERT_GT(old.cut.at({"contacts", "Notiz"}), 0U);

    const auto seen = check({"--adopt"});
    EXPECT_EQ(seen.code, 0) << seen.out;
    EXPECT_THAT(seen.out, AllOf(HasSubstr("(contacts …) are adopted"),
                                HasSubstr("rows under ids that older versions made: 1;"),
                                HasSubstr("the first run fetches each contact once")));
    for (const auto& [place, count] : old.cut) {
        EXPECT_THAT(seen.out, HasSubstr("\"" + place.second + "\" in " + std::to_string(count) +
                                        " rows (100 characters)"));
    }
    if (GetParam() == DatabaseKind::postgres) {
        EXPECT_THAT(seen.out, HasSubstr("widened when a value needs it: character varying(100): "));
    }
    EXPECT_THAT(scene_.database().dump("ringtail_checkpoints").columns, IsEmpty());

    const auto done = scene_.run({"--once", "--adopt"});
    EXPECT_EQ(done.code, 0) << done.out << done.err;
    EXPECT_THAT(done.out, HasSubstr("are adopted"));
    EXPECT_THAT(scene_.differences(),
                ::testing::ElementsAre("connections " + old.older_id + " is not in the truth"));
    EXPECT_THAT(scene_.database().dump("df_contacts").columns, IsEmpty());

    // From now on they are Ringtail's: nothing more to tell, and the same command goes on.
    EXPECT_THAT(check({}).out, Not(HasSubstr("first run")));
    EXPECT_EQ(scene_.run({"--once", "--adopt"}).code, 0);
}

TEST_P(NothingToAdopt, IsAnError) {
    const auto seen = check({"--adopt"});
    EXPECT_EQ(seen.code, 1);
    EXPECT_THAT(seen.out, HasSubstr("FAILED tables"));
    const auto done = scene_.run({"--once", "--adopt"});
    EXPECT_EQ(done.code, 2) << done.out << done.err;
    EXPECT_THAT(done.err, AllOf(HasSubstr("there is nothing to adopt"), HasSubstr("--tp")));
    EXPECT_THAT(scene_.database().dump("df_contacts").columns, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Every, NothingToAdopt, ::testing::ValuesIn(every_database()),
                         [](const auto& one) { return name_of(one.param); });
INSTANTIATE_TEST_SUITE_P(Every, Adopt, ::testing::ValuesIn(relational_databases()),
                         [](const auto& one) { return name_of(one.param); });

}  // namespace
}  // namespace ringtail::fault
