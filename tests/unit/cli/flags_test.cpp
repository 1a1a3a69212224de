#include "cli/flags.hpp"

#include <array>
#include <vector>

#include "unit/cli/expect_error.hpp"

namespace ringtail::cli {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::UnorderedElementsAre;

constexpr std::array<Flag, 4> kFlags{{{"c"}, {"ct"}, {"tp"}, {"v", Flag::Takes::nothing}}};

Given parse(const std::vector<std::string>& words) { return parse_flags(words, kFlags); }

TEST(Flags, BothForms) {
    EXPECT_THAT(parse({"--c", "A", "--ct=B=C", "--v"}),
                UnorderedElementsAre(Pair("c", "A"), Pair("ct", "B=C"), Pair("v", "true")));
}

TEST(Flags, AnEmptyValueStaysEmptyAndSwallowsNothing) {
    EXPECT_THAT(parse({"--tp=", "--c", "", "--ct=x"}),
                UnorderedElementsAre(Pair("tp", ""), Pair("c", ""), Pair("ct", "x")));
}

TEST(Flags, AValueMayBeginWithADash) {
    EXPECT_THAT(parse({"--ct", "-abc", "--c", "--x"}),
                UnorderedElementsAre(Pair("ct", "-abc"), Pair("c", "--x")));
}

TEST(Flags, TheLastOneWins) {
    EXPECT_THAT(parse({"--c", "A", "--c=B", "--v", "--v=false"}),
                UnorderedElementsAre(Pair("c", "B"), Pair("v", "false")));
}

TEST(Flags, AMissingValueIsNotTakenFromTheNextFlag) {
    EXPECT_THAT(refusal_of([] { parse({"--ct", "--c", "A"}); }), HasSubstr("--ct needs a value"));
    EXPECT_THAT(refusal_of([] { parse({"--c"}); }), HasSubstr("--c needs a value"));
}

TEST(Flags, ASwitchTakesNoOtherValue) {
    EXPECT_THAT(refusal_of([] { parse({"--v=7"}); }), HasSubstr("--v takes no value"));
    EXPECT_THAT(refusal_of([] { parse({"--v", "true"}); }), HasSubstr("word 2"));
}

TEST(Flags, UnknownOnes) {
    EXPECT_THAT(refusal_of([] { parse({"--frobnicate", "7"}); }), HasSubstr("--frobnicate"));
    EXPECT_THAT(refusal_of([] { parse({"--"}); }), HasSubstr("unknown flag --"));
    EXPECT_THAT(refusal_of([] { parse({"-x"}); }), HasSubstr("unknown flag -x"));
}

TEST(Flags, ASingleDashSaysTwo) {
    const std::string text = refusal_of([] { parse({"-c", "A"}); });
    EXPECT_THAT(text, HasSubstr("-c has one dash"));
    EXPECT_THAT(text, HasSubstr("--c"));
}

TEST(Flags, AStrayWordIsNamedByItsPlaceAndNeverShownWhenItMayBeASecret) {
    const std::string text = refusal_of([] { parse({"--c", "A", "Tok3n_SECRET"}); });
    EXPECT_THAT(text, HasSubstr("word 3"));
    EXPECT_THAT(text, Not(HasSubstr("SECRET")));
    EXPECT_THAT(refusal_of([] { parse({"--tok=SECRET"}); }), Not(HasSubstr("SECRET")));
    EXPECT_THAT(refusal_of([] { parse({"--SECRET0123"}); }), Not(HasSubstr("SECRET")));
    EXPECT_THAT(refusal_of([] { parse({"db_init"}); }), HasSubstr("db_init"));
}

}  // namespace
}  // namespace ringtail::cli
