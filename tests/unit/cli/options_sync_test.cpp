#include "cli/options_sync.hpp"

#include <vector>

#include "unit/cli/expect_error.hpp"

namespace ringtail::cli {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

using Words = std::vector<std::string>;

SyncOptions parse(const Words& words, const std::optional<std::string>& token = "TOKEN",
                  const ReadFile& read = {}) {
    return parse_sync(
        words,
        [&](std::string_view name) { return name == "RINGTAIL_TOKEN" ? token : std::nullopt; },
        read);
}
SyncOptions parse_more(Words more) {
    more.insert(more.begin(), {"--from", "dialfire://CAMP"});
    return parse(more);
}
std::string refusal_of_more(const Words& more) {
    return refusal_of([&] { parse_more(more); });
}

TEST(SyncOptions, Defaults) {
    const Plan plan = parse_more({}).plan;
    EXPECT_EQ(plan.source.campaign, "CAMP");
    EXPECT_EQ(plan.source.token, "TOKEN");
    EXPECT_EQ(plan.destination, "sqlite:///./ringtail.db");
    EXPECT_EQ(plan.source.prefix, "df_");
    EXPECT_FALSE(plan.prefix_given);
    EXPECT_FALSE(plan.once);
    EXPECT_TRUE(plan.source.follow);
    EXPECT_FALSE(plan.source.first.since.has_value());
    EXPECT_FALSE(plan.source.first.again);
    EXPECT_EQ(plan.every, 60s);
    EXPECT_TRUE(plan.destination_options.foreign_keys);
    EXPECT_EQ(plan.output, Output::text);
}

TEST(SyncOptions, FieldsIsAnotherNameForCustomColumns) {
    EXPECT_EQ(parse_more({"--fields", "400"}).plan.source.custom_columns, 400U);
    EXPECT_EQ(parse_more({"--custom-columns", "0"}).plan.source.custom_columns, 0U);
    EXPECT_THAT(refusal_of_more({"--fields", "2000"}), HasSubstr("--fields"));
}

TEST(SyncOptions, Everything) {
    const Plan plan = parse_more({"--to",
                                  "postgres://u:p@h/db",
                                  "--once",
                                  "--since=2024-01-01",
                                  "--only",
                                  "human",
                                  "--stages=fc_,qc_",
                                  "--prefix=",
                                  "--every",
                                  "30s",
                                  "--overlap",
                                  "5m",
                                  "--compare-every",
                                  "1h",
                                  "--w",
                                  "4",
                                  "--extra",
                                  "all",
                                  "--foreign-keys",
                                  "off",
                                  "--output=json",
                                  "--custom-columns",
                                  "10",
                                  "--api=http://h:1",
                                  "--log-file",
                                  "x.log",
                                  "--log-level",
                                  "debug",
                                  "--retry-pause",
                                  "20ms",
                                  "--rows-per-load",
                                  "500",
                                  "--zone",
                                  "Europe/Berlin",
                                  "--views-prefix=rt_"})
                          .plan;
    EXPECT_EQ(plan.destination, "postgres://u:p@h/db");
    EXPECT_TRUE(plan.once);
    EXPECT_EQ(plan.source.first.since, "2024-01-01T00:00:00.000Z");
    EXPECT_TRUE(plan.source.first.again);
    EXPECT_EQ(plan.source.filter.mode, dialfire::FilterMode::hi_updates_only);
    EXPECT_EQ(plan.source.filter.stages, "fc_,qc_");
    EXPECT_TRUE(plan.prefix_given);
    EXPECT_EQ(plan.source.prefix, "");
    EXPECT_EQ(plan.every, 30s);
    EXPECT_EQ(plan.source.overlap, 5min);
    EXPECT_EQ(plan.source.compare_every, 1h);
    EXPECT_EQ(plan.source.in_flight, 4U);
    EXPECT_TRUE(plan.source.extra_everywhere);
    EXPECT_FALSE(plan.destination_options.foreign_keys);
    EXPECT_EQ(plan.output, Output::json);
    EXPECT_EQ(plan.source.custom_columns, 10U);
    EXPECT_EQ(plan.source.api, "http://h:1");
    EXPECT_EQ(plan.log_file, "x.log");
    EXPECT_EQ(plan.log_level, LogLevel::debug);
    EXPECT_EQ(plan.source.retry_pause, 20ms);
    EXPECT_EQ(plan.rows_per_load, 500U);
    EXPECT_EQ(plan.source.zone, "Europe/Berlin");
    EXPECT_EQ(plan.source.views_prefix, "rt_");
}

TEST(SyncOptions, AZoneThatIsNoneAndViewsWithoutOneAreRefused) {
    EXPECT_THAT(refusal_of_more({"--zone", "Europe/Berlinn"}),
                AllOf(HasSubstr("--zone"), HasSubstr("Berlinn")));
    EXPECT_THAT(refusal_of_more({"--views-prefix", "rt_"}), HasSubstr("--zone"));
}

TEST(SyncOptions, FullListsAgain) { EXPECT_TRUE(parse_more({"--full"}).plan.source.first.again); }

TEST(SyncOptions, TheTokenFileBeatsTheVariable) {
    const auto options = parse({"--from", "dialfire://CAMP", "--token-file", "secret.txt"}, "OTHER",
                               [](const std::string& path) {
                                   EXPECT_EQ(path, "secret.txt");
                                   return std::string("FROM_FILE\r\n");
                               });
    EXPECT_EQ(options.plan.source.token, "FROM_FILE");
}

TEST(SyncOptions, NoToken) {
    for (const std::optional<std::string>& token : {std::optional<std::string>(), {""}}) {
        EXPECT_THAT(refusal_of([&] {
                        parse({"--from", "dialfire://CAMP"}, token);
                    }),
                    testing::AllOf(HasSubstr("--token-file"), HasSubstr("RINGTAIL_TOKEN")));
    }
}

TEST(SyncOptions, WrongCampaignAddresses) {
    EXPECT_THAT(refusal_of([] { parse({}); }), HasSubstr("--from"));
    for (const auto* wrong : {"CAMP", "dialfire:CAMP", "https://CAMP", "dialfire://",
                              "dialfire://A/B", "dialfire://A?x=1", "dialfire://u:SECRET@A"}) {
        EXPECT_THAT(refusal_of([&] {
                        parse({"--from", wrong});
                    }),
                    testing::AllOf(HasSubstr("--from"), Not(HasSubstr("SECRET"))))
            << wrong;
    }
}

TEST(SyncOptions, WrongValuesSayWhatIsAllowed) {
    EXPECT_THAT(refusal_of_more({"--only", "hi"}), HasSubstr("updates and human"));
    EXPECT_THAT(refusal_of_more({"--log-level", "4"}), HasSubstr("error, warning, info and debug"));
    EXPECT_THAT(refusal_of_more({"--foreign-keys", "none"}), HasSubstr("on or off"));
    EXPECT_THAT(refusal_of_more({"--overlap", "1500ms"}), HasSubstr("fraction of a second"));
    EXPECT_THAT(refusal_of_more({"--token", "SECRET"}), Not(HasSubstr("SECRET")));
}

}  // namespace
}  // namespace ringtail::cli
