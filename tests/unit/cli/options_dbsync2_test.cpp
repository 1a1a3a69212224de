#include "cli/options_dbsync2.hpp"

#include <map>
#include <vector>

#include "base/time_text.hpp"
#include "unit/cli/expect_error.hpp"

namespace ringtail::cli {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

using Words = std::vector<std::string>;
using Variables = std::map<std::string, std::string, std::less<>>;

const Words kEnough{"--c", "CAMP", "--ct", "TOKEN", "--a", "db_sync", "--url", "sqlite:x.db"};

Dbsync2Options parse(Words words, const Variables& variables = {}) {
    return parse_dbsync2(words, [&](std::string_view name) -> std::optional<std::string> {
        const auto place = variables.find(name);
        return place == variables.end() ? std::nullopt : std::optional(place->second);
    });
}

Dbsync2Options parse_more(const Words& more, const Variables& variables = {}) {
    Words words = kEnough;
    words.insert(words.end(), more.begin(), more.end());
    return parse(words, variables);
}

std::string refusal(const Words& words) {
    return refusal_of([&] { parse(words); });
}
std::string refusal_of_more(const Words& more) {
    return refusal_of([&] { parse_more(more); });
}

TEST(Dbsync2Options, Defaults) {
    const auto options = parse(kEnough);
    EXPECT_EQ(options.mode, Mode::db_sync);
    EXPECT_EQ(options.plan.source.campaign, "CAMP");
    EXPECT_EQ(options.plan.source.token, "TOKEN");
    EXPECT_EQ(options.plan.source.api, "https://api.dialfire.com");
    EXPECT_EQ(options.plan.source.prefix, "df_");
    EXPECT_FALSE(options.plan.prefix_given);
    EXPECT_EQ(options.plan.source.in_flight, 16U);
    EXPECT_EQ(options.plan.source.filter, dialfire::Filter{});
    EXPECT_EQ(options.plan.log_level, LogLevel::info);
    EXPECT_EQ(options.plan.every, 60s);
    EXPECT_FALSE(options.start.has_value());
    EXPECT_FALSE(options.plan.once);
}

TEST(Dbsync2Options, TheSeedsExample) {
    const auto options =
        parse({"--a", "db_sync", "--fm", "hi_updates_only", "--fp", "fc_,qc_", "--c",
               "MY_CAMPAIGN_ID", "--ct", "MY_TOKEN", "--s", "2018-02-01", "--url",
               "postgres://my_user:my_password@localhost:5432/my_database"});
    EXPECT_EQ(options.plan.source.filter.mode, dialfire::FilterMode::hi_updates_only);
    EXPECT_EQ(options.plan.source.filter.stages, "fc_,qc_");
    EXPECT_EQ(options.start, "2018-02-01T00:00:00.000Z");
    EXPECT_EQ(options.plan.destination,
              "postgres://my_user:my_password@localhost:5432/my_database");
}

TEST(Dbsync2Options, TheChecksComeInTheOldOrderWithTheOldTexts) {
    EXPECT_THAT(refusal({}), StartsWith("Campaign ID (--c) is required\n"));
    EXPECT_THAT(refusal({"--ct", "T", "--a", "x"}), StartsWith("Campaign ID (--c) is required\n"));
    EXPECT_THAT(refusal({"--c", "A"}), StartsWith("Campaign token (--ct) is required\n"));
    EXPECT_THAT(refusal({"--c", "A", "--ct", "T"}), StartsWith("Invalid mode: \n"));
    EXPECT_THAT(refusal({"--c", "A", "--ct", "T", "--a", "db_all", "--w", "x"}),
                StartsWith("Invalid mode: db_all\n"));
}

TEST(Dbsync2Options, AWrongFlagIsNoticedFirst) {
    EXPECT_THAT(refusal({"--foo"}), HasSubstr("unknown flag --foo"));
    EXPECT_THAT(refusal({"-c", "A"}), HasSubstr("-c has one dash"));
}

TEST(Dbsync2Options, WrongValuesSayWhatIsAllowed) {
    EXPECT_THAT(refusal_of_more({"--fm", "updates"}),
                HasSubstr("updates_only and hi_updates_only"));
    EXPECT_THAT(refusal_of_more({"--s", "1.2.2018"}), HasSubstr("YYYY-MM-DD"));
    EXPECT_THAT(refusal_of_more({"--fp", "fc_, qc_"}), HasSubstr("without blanks"));
    EXPECT_THAT(refusal_of_more({"--w", "many"}), HasSubstr("from 1 to 1024"));
    EXPECT_THAT(refusal_of_more({"--w", "0"}), HasSubstr("from 1 to 1024"));
    EXPECT_THAT(refusal_of_more({"--l", "debug"}), HasSubstr("--l"));
    for (const auto* unused : {"--d", "--wr", "--wb"}) {
        EXPECT_THAT(refusal_of_more({unused, "x"}), HasSubstr(unused));
    }
    EXPECT_THAT(refusal_of_more({"--every", "60"}), HasSubstr("such as 30s, 15m, 2h"));
    EXPECT_THAT(refusal_of_more({"--output", "xml"}), HasSubstr("text and json"));
    EXPECT_THAT(refusal_of_more({"--extra", "none"}), HasSubstr("contacts and all"));
}

TEST(Dbsync2Options, FlagBeatsVariableBeatsDefault) {
    EXPECT_EQ(parse(kEnough, {{"DBSYNC_W", "3"}, {"DBSYNCW", "4"}}).plan.source.in_flight, 3U);
    EXPECT_EQ(parse(kEnough, {{"DBSYNCW", "4"}}).plan.source.in_flight, 4U);
    EXPECT_EQ(parse_more({"--w", "5"}, {{"DBSYNC_W", "3"}}).plan.source.in_flight, 5U);
    EXPECT_EQ(parse(kEnough, {{"DBSYNC_COMPARE_EVERY", "5m"}}).plan.source.compare_every, 5min);
}

TEST(Dbsync2Options, EverythingMayComeFromVariables) {
    const auto options = parse({}, {{"DBSYNC_C", "CAMP"},
                                    {"DBSYNCCT", "TOKEN"},
                                    {"DBSYNC_A", "db_init"},
                                    {"DBSYNC_URL", "sqlite:x.db"},
                                    {"DBSYNC_V", "true"},
                                    {"DBSYNC_FM", ""}});
    EXPECT_EQ(options.mode, Mode::db_init);
    EXPECT_EQ(options.plan.source.token, "TOKEN");
    EXPECT_TRUE(options.verbose);
    EXPECT_EQ(options.plan.source.filter.mode, dialfire::FilterMode::none);
}

TEST(Dbsync2Options, AWrongVariableIsNamed) {
    EXPECT_THAT(refusal_of([] { parse(kEnough, {{"DBSYNC_W", "x"}}); }), HasSubstr("DBSYNC_W"));
}

TEST(Dbsync2Options, AnEmptyPrefixIsAPrefix) {
    const auto flag = parse_more({"--tp="});
    EXPECT_TRUE(flag.plan.prefix_given);
    EXPECT_EQ(flag.plan.source.prefix, "");
    const auto variable = parse(kEnough, {{"DBSYNC_TP", ""}});
    EXPECT_TRUE(variable.plan.prefix_given);
    EXPECT_EQ(variable.plan.source.prefix, "");
}

TEST(Dbsync2Options, LevelsOutOfRangeMeanTheNearest) {
    EXPECT_EQ(parse_more({"--l", "9"}).plan.log_level, LogLevel::debug);
    EXPECT_EQ(parse_more({"--l", "-1"}).plan.log_level, LogLevel::critical);
    EXPECT_EQ(parse_more({"--l", "2"}).plan.log_level, LogLevel::warning);
    EXPECT_EQ(parse_more({"--l", "2", "--v"}).plan.log_level, LogLevel::debug);
}

TEST(Dbsync2Options, OnlyDbSyncFollows) {
    EXPECT_TRUE(parse(kEnough).plan.source.follow);
    for (const auto* mode : {"db_init", "db_update"}) {
        const auto options = parse_more({"--a", mode});
        EXPECT_FALSE(options.plan.source.follow) << mode;
        EXPECT_TRUE(options.plan.once) << mode;
    }
}

TEST(Dbsync2Options, HelpNeedsNothingElse) { EXPECT_TRUE(parse({"--help"}).help); }

TEST(Dbsync2Url, TheOldTexts) {
    const auto refusal_of_url = [](const std::string& url) {
        return refusal_of([&] { check_database_url(url); });
    };
    EXPECT_THAT(refusal_of_url(""), HasSubstr("Database URL (--url) is required"));
    EXPECT_THAT(
        refusal_of_url("oracle://u:SECRET@h/db"),
        testing::AllOf(StartsWith("Invalid database driver 'oracle'"), Not(HasSubstr("SECRET"))));
    EXPECT_THAT(refusal_of_url("postgres://u:SECRET@h:5432/"),
                testing::AllOf(StartsWith("Database name is required"), Not(HasSubstr("SECRET"))));
    EXPECT_THAT(refusal_of_url("postgres://h/?sslmode=disable"),
                StartsWith("Database name is required"));
    EXPECT_THAT(refusal_of_url("sqlserver://u:p@h:1433/"), StartsWith("Database name is required"));
    EXPECT_NO_THROW(check_database_url("postgres://u:p@h:5432/db?sslmode=disable"));
    EXPECT_NO_THROW(check_database_url("postgresql://u:p@h/db"));
    EXPECT_NO_THROW(check_database_url("sqlserver://u:p@h:1433/instance/db"));
    EXPECT_NO_THROW(check_database_url("mysql://u:p@h:3306/db?useSSL=false"));
    EXPECT_NO_THROW(check_database_url("sqlite:///./x.db"));
}

TEST(Dbsync2First, PerMode) {
    const Instant now = *parse_time("2024-03-08T12:00:00Z");
    const auto first = [&](const Words& more, const std::optional<std::string>& state = {}) {
        return first_listing(parse_more(more), state, now);
    };
    const auto init = first({"--a", "db_init"}, "2020-01-01T00:00:00.000Z");
    EXPECT_EQ(init.since, std::nullopt);
    EXPECT_TRUE(init.again);
    EXPECT_EQ(first({"--a", "db_init", "--s", "2024-01-01"}).since, "2024-01-01T00:00:00.000Z");

    const auto update = first({"--a", "db_update"}, "2020-01-01T00:00:00.000Z");
    EXPECT_EQ(update.since, "2024-03-01");
    EXPECT_TRUE(update.again);
    EXPECT_EQ(first({"--a", "db_update", "--s", "2024-01-01"}).since, "2024-01-01T00:00:00.000Z");

    const auto sync = first({"--a", "db_sync"});
    EXPECT_EQ(sync.since, "2024-03-08T12:00:00.000Z");
    EXPECT_FALSE(sync.again);
    EXPECT_EQ(first({"--a", "db_sync"}, "2020-01-01T00:00:00.000Z").since,
              "2020-01-01T00:00:00.000Z");
    const auto told = first({"--a", "db_sync", "--s", "2024-01-01"}, "2020-01-01T00:00:00.000Z");
    EXPECT_EQ(told.since, "2024-01-01T00:00:00.000Z");
    EXPECT_TRUE(told.again);
}

TEST(Dbsync2Options, AdoptListsEverythingOnce) {
    Dbsync2Options options;
    options.mode = Mode::db_sync;
    options.plan.adopt = true;
    const auto everything = first_listing(options, std::nullopt, Instant());
    EXPECT_FALSE(everything.since.has_value());
    EXPECT_FALSE(everything.again) << "a later start goes on from the checkpoint";
    options.start = "2024-01-01T00:00:00.000Z";
    EXPECT_EQ(first_listing(options, std::nullopt, Instant()).since, options.start);
}

}  // namespace
}  // namespace ringtail::cli
