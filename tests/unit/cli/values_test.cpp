#include "cli/values.hpp"

#include "unit/cli/expect_error.hpp"

namespace ringtail::cli {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

TEST(Values, Durations) {
    const auto parse = [](std::string_view text) {
        return parse_duration("--every", text, 1s, 24h);
    };
    EXPECT_EQ(parse("60s"), 60s);
    EXPECT_EQ(parse("15m"), 15min);
    EXPECT_EQ(parse("2h"), 2h);
    EXPECT_EQ(parse("1d"), 24h);
    EXPECT_EQ(parse("1500ms"), 1500ms);
    for (const auto* wrong : {"", "60", "s", "1.5s", "-1s", " 1s", "1 s", "1S", "0s", "25h", "1w",
                              "99999999999999999999h", "9223372036854775807d"}) {
        EXPECT_THAT(refusal_of([&] { parse(wrong); }), HasSubstr("from 1s to 1d")) << wrong;
    }
}

TEST(Values, WholeNumbers) {
    EXPECT_EQ(parse_whole("--w", "16", 1, 1024), 16);
    EXPECT_EQ(parse_whole("--x", "-3", -5, 5), -3);
    for (const auto* wrong :
         {"", "0", "1025", "1.0", "0x10", "+1", " 1", "1e3", "sixteen", "99999999999999999999"}) {
        const std::string text = refusal_of([&] { parse_whole("--w", wrong, 1, 1024); });
        EXPECT_THAT(text, HasSubstr("--w")) << wrong;
        EXPECT_THAT(text, HasSubstr("from 1 to 1024")) << wrong;
    }
}

TEST(Values, DatesBecomeUtc) {
    EXPECT_EQ(parse_date("--s", "2018-02-01"), "2018-02-01T00:00:00.000Z");
    EXPECT_EQ(parse_date("--s", "2018-02-01T08:30:00"), "2018-02-01T08:30:00.000Z");
    EXPECT_EQ(parse_date("--s", "2018-02-01T00:30:00+01:00"), "2018-01-31T23:30:00.000Z");
    for (const auto* wrong : {"01.02.2018", "2018-02-30", "yesterday", "2018", "2018-2-1"}) {
        EXPECT_THAT(refusal_of([&] { parse_date("--s", wrong); }), HasSubstr("YYYY-MM-DD"))
            << wrong;
    }
}

TEST(Values, Switches) {
    EXPECT_TRUE(parse_switch("--foreign-keys", "on"));
    EXPECT_FALSE(parse_switch("--foreign-keys", "off"));
    EXPECT_THAT(refusal_of([] { parse_switch("--foreign-keys", "maybe"); }),
                HasSubstr("on or off"));
}

TEST(Values, StagesHaveNoBlanks) {
    EXPECT_EQ(parse_stages("--fp", "fc_,qc_"), "fc_,qc_");
    EXPECT_THAT(refusal_of([] { parse_stages("--fp", "fc_, qc_"); }), HasSubstr("without blanks"));
}

TEST(Values, ApiAddress) {
    EXPECT_EQ(parse_api("--api", "http://127.0.0.1:8080/"), "http://127.0.0.1:8080");
    EXPECT_EQ(parse_api("--api", "https://proxy.example/dialfire"),
              "https://proxy.example/dialfire");
    for (const auto* wrong : {"ftp://x", "https://", "https://user:SECRET@x", "https://x?a=b"}) {
        EXPECT_THAT(refusal_of([&] { parse_api("--api", wrong); }), Not(HasSubstr("SECRET")))
            << wrong;
    }
}

TEST(Values, CampaignsCanStandInPathsAndAddresses) {
    EXPECT_EQ(parse_campaign("--c", "ZX5CAMP9W2K7RTLB"), "ZX5CAMP9W2K7RTLB");
    for (const auto* wrong : {"", "a/b", "../x", "a b", "ä"}) {
        EXPECT_THAT(refusal_of([&] { parse_campaign("--c", wrong); }), HasSubstr("campaign id"));
    }
}

TEST(Values, TokensAreNeverShown) {
    EXPECT_EQ(parse_token("--ct", "aB_-9"), "aB_-9");
    for (const auto* wrong : {"SECRET token", "SECRET\n", "SECRET\r\nX: y"}) {
        EXPECT_THAT(refusal_of([&] { parse_token("--ct", wrong); }), Not(HasSubstr("SECRET")));
    }
}

TEST(Values, ALongTextInTheWrongPlaceIsNotShown) {
    const std::string token = "SECRET" + std::string(60, 'x');
    EXPECT_THAT(refusal_of([&] { parse_whole("--w", token, 1, 9); }), Not(HasSubstr("SECRET")));
    EXPECT_THAT(refusal_of([&] { parse_date("--s", token); }), Not(HasSubstr("SECRET")));
}

}  // namespace
}  // namespace ringtail::cli
