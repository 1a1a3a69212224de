#include <fmt/core.h>
#include <gmock/gmock.h>

#include <csignal>

#include "service/scene.hpp"

// The commands of the service: what they say, right and wrong. No service runs.
namespace ringtail::service {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(ServiceWords, WrongOnesSayWhatIsAllowed) {
    const Scene scene;
    const std::string key = "0123456789abcdef0123456789abcdef";
    const e2e::Variables with_key{{"RINGTAIL_KEY", key}};
    scene.run({"source", "add", "callkeeper", "--name", "office", "--no-check"}, 0, with_key);
    scene.run({"destination", "add", "web", "--url", "https://u:secret@example.com/api/"});
    const std::vector<std::pair<Words, std::string>> cases{
        {{"source"}, "rotate-hook"},
        {{"source", "ad"}, "rotate-hook"},
        {{"source", "add", "callkeper", "--name", "x"}, "There are callkeeper and dialfire"},
        {{"source", "add", "callkeeper"}, "--name is missing"},
        {{"source", "add", "callkeeper", "--name", "office", "--no-check"}, "office"},
        {{"source", "add", "callkeeper", "--name", "x", "--key", key}, "unknown flag --key"},
        {{"source", "add", "callkeeper", "--name", "x", "--campaign", "C"},
         "--campaign is no setting"},
        {{"source", "add", "callkeeper", "--name", "x", "--zone", "Europe/Moskow"},
         "Europe/Moscow"},
        {{"source", "add", "callkeeper", "--name", "x", "--overlap-days", "many"}, "from 0 to 60"},
        {{"source", "add", "callkeeper", "--name", "x", "--tables", "calls"}, "callkeeper_calls"},
        {{"source", "add", "callkeeper", "--name", "x", "--filters",
          "callkeeper_calls: status_cod = 200"},
         "status_cod"},
        {{"source", "add", "callkeeper", "--name", "x", "--destination", "nowhere"},
         "no destination called"},
        {{"source", "add", "callkeeper", "--name", "x", "--no-check", "--destination", "web"},
         "cannot go to a web service"},
        {{"source", "edit", "office", "--destination", "web"}, "cannot go to a web service"},
        {{"source", "add", "dialfire", "--name", "x"}, "campaign"},
        {{"source", "add", "dialfire", "--name", "x", "--campaign", "C", "--deliver-since", "soon"},
         "YYYY-MM-DD"},
        {{"deliveries", "list", "--source", "office"}, "nothing has been delivered for office"},
        {{"deliveries", "list", "--source", "nobody"}, "nobody"},
        {{"source", "show", "offic"}, "office"},
        {{"source", "remove", "office"}, "--yes"},
        {{"destination", "add", "db", "--url", "oracle://u:secret@h/db"}, "postgres://"},
        {{"destination", "add", "db", "--url", "sqlite:calls.db"}, "from the root"},
        {{"job", "add", "--source", "office", "--name", "x", "--schedule", "daily 25:00 UTC"},
         "23:59"},
        {{"job", "add", "--source", "office", "--name", "x", "--kind", "received"},
         "load, hooks, history, report"},
        {{"job", "edit", "office", "--schedule", "hourly"}, "every 15m"},
        {{"job", "edit", "office/nothing"}, "It has: load, hooks"},
        {{"run", "99"}, "there is no job 99"},
        {{"load", "office", "--from", "2023-01-01"}, "to"},
        {{"load", "office", "--from", "2023-02-01", "--to", "2023-01-01"}, "before"},
        {{"load", "office", "--from", "yesterday", "--to", "2023-01-01"}, "YYYY-MM-DD"},
        {{"cancel", "7"}, "there is no run 7"},
        {{"journal", "--state", "broken"}, "allowed are"},
        {{"key", "add", "me", "--scope", "all"}, "read and manage"},
        {{"serve", "--listen", "8480"}, "127.0.0.1:8480"},
        {{"source", "list", "--output", "xml"}, "text and json"},
    };
    for (const auto& [words, says] : cases) {
        const std::string said = scene.refused(words, with_key);
        EXPECT_THAT(said, HasSubstr(says)) << testing::PrintToString(words);
        EXPECT_THAT(said, AllOf(Not(HasSubstr(key)), Not(HasSubstr("secret@")))) << said;
    }
    EXPECT_THAT(scene.refused({"source", "add", "callkeeper", "--name", "x"}),
                HasSubstr("RINGTAIL_KEY"));
}

TEST(ServiceWords, AWrongKeyIsNotStored) {
    sim::CallKeeper calls(small_account());
    const Scene scene;
    const std::string said = scene.refused(
        {"source", "add", "callkeeper", "--name", "office", "--api", calls.base_url()},
        {{"RINGTAIL_KEY", "0123456789abcdef0123456789abcdef"}});
    EXPECT_THAT(said, HasSubstr("key"));
    EXPECT_EQ(scene.run({"source", "list", "--output", "json"}), "");
}

TEST(ServiceWords, AChangedFilterIsTriedOnWhatIsStored) {
    sim::CallKeeper calls(small_account());
    Scene scene;
    scene.add_callkeeper(calls, "office",
                         {"--filters", "callkeeper_calls_facts: status_code = 200"});
    scene.serve();
    scene.wait("all calls are there",
               [&] { return scene.count("callkeeper_calls") == true_calls(calls); });
    EXPECT_EQ(scene.stop(std::chrono::seconds(10)), 0);
    const auto number = [&](const std::string& sql) {
        return std::stoull(scene.value("SELECT count(*) FROM callkeeper_calls WHERE " + sql));
    };
    const auto calls_here = number("1 = 1"), leaving = number("status_code IS NOT 200");
    const auto facts_here = scene.count("callkeeper_calls_facts");
    const auto talked = number("status_code = 200 AND status2_code = 200");
    ASSERT_GT(leaving, 0U);
    ASSERT_GT(facts_here, talked);
    const std::string plan =
        scene.run({"source", "edit", "office", "--filters", "callkeeper_calls: status_code = 200",
                   "--filters", "callkeeper_calls_facts: status2_code = 200", "--plan"});
    EXPECT_THAT(plan, HasSubstr(fmt::format("{} rows are here, {} of them no longer pass",
                                            calls_here, leaving)));
    EXPECT_THAT(plan, HasSubstr(fmt::format("{} rows are here, {} of them no longer pass",
                                            facts_here, facts_here - talked)));
    const std::string wider = scene.run({"source", "edit", "office", "--filters", "", "--plan"});
    EXPECT_THAT(wider, HasSubstr(fmt::format("{} rows are here, 0 of them no longer pass; {} more",
                                             facts_here, calls_here - facts_here)));
    EXPECT_EQ(number("1 = 1"), calls_here);
}

TEST(ServiceWords, ARunThatWasKilledIsGoneOnWithByTheNextCommand) {
    sim::CallKeeper calls(small_account());
    Scene scene;
    scene.add_callkeeper(calls);
    const auto killed = scene.stage.run(
        {"run", "office"},
        {{"RINGTAIL_DATA", scene.stage.path("data")}, {"RINGTAIL_FAILPOINT", "commit_sent"}});
    ASSERT_EQ(killed.signal, SIGKILL) << killed.err;
    EXPECT_EQ(scene.value("SELECT count(*) FROM callkeeper_calls"), "0");
    const std::string number = member(scene.last_run("office", "load"), "number");
    EXPECT_THAT(scene.run({"run", "office"}),
                AllOf(HasSubstr("Run " + number + " was not at its end"), HasSubstr("done")));
    EXPECT_EQ(scene.count("callkeeper_calls"), true_calls(calls));
    EXPECT_EQ(member(scene.last_run("office", "load"), "number"), number);
}

TEST(ServiceWords, TheLifeOfASource) {
    sim::CallKeeper calls(small_account());
    Scene scene;
    scene.add_callkeeper(calls);
    const std::string shown = scene.run({"source", "show", "office"});
    EXPECT_THAT(shown,
                AllOf(HasSubstr("/hooks/callkeeper/"), HasSubstr("WebhookCall"),
                      HasSubstr("office/load: every 1h"), Not(HasSubstr(calls.options().key))));
    const std::string before = scene.hook_address();
    EXPECT_THAT(scene.run({"source", "rotate-hook", "office"}), HasSubstr(before));
    EXPECT_NE(scene.hook_address(), before);
    EXPECT_THAT(scene.run({"source", "check", "office"}), HasSubstr("ok "));
    EXPECT_THAT(scene.run({"source", "edit", "office", "--filters",
                           "callkeeper_calls: status_code = 200", "--plan"}),
                HasSubstr("read from now on"));
    scene.run({"source", "edit", "office", "--overlap-days", "5", "--rename", "desk"});
    EXPECT_THAT(member(scene.run({"source", "show", "desk", "--output", "json"}), "settings"),
                HasSubstr("\"overlap_days\":5"));
    scene.run({"source", "edit", "desk", "--overlap-days", ""});
    EXPECT_THAT(member(scene.run({"source", "show", "desk", "--output", "json"}), "settings"),
                Not(HasSubstr("overlap_days")));
    scene.run({"source", "pause", "desk"});
    EXPECT_EQ(member(scene.run({"source", "list", "--output", "json"}), "enabled"), "false");
    scene.run({"source", "resume", "desk"});
    scene.run({"job", "add", "--source", "desk", "--name", "nightly", "--schedule",
               "Daily 03:30 Europe/Berlin", "--last-days", "30"});
    EXPECT_THAT(scene.run({"jobs"}), HasSubstr("daily 03:30 Europe/Berlin"));
    scene.run({"job", "remove", "desk/nightly"});
    scene.run({"source", "remove", "desk", "--yes"});
    EXPECT_EQ(scene.run({"source", "list", "--output", "json"}), "");
}

TEST(ServiceWords, ASetUpInAFileIsPlannedAppliedAndExported) {
    const Scene scene;
    const std::string key = "0123456789abcdef0123456789abcdef";
    const e2e::Variables with_key{{"SHOP_KEY", key}};
    const std::string file = scene.stage.path("ringtail.toml");
    scene.stage.write("ringtail.toml",
                      "[source.shop]\nkind = \"callkeeper\"\nkey_env = \"SHOP_KEY\"\n"
                      "zone = \"UTC\"\n\n[source.shop.job.nightly]\nkind = \"load\"\n"
                      "schedule = \"daily 03:30 Europe/Berlin\"\n");
    EXPECT_THAT(scene.run({"apply", "-f", file, "--plan"}, 0, with_key), HasSubstr("source shop"));
    EXPECT_EQ(scene.run({"source", "list", "--output", "json"}), "");
    scene.run({"apply", "-f", file}, 0, with_key);
    // The file names one job; webhooks need theirs whatever it says.
    EXPECT_THAT(scene.run({"jobs"}), AllOf(HasSubstr("shop/nightly"), HasSubstr("shop/hooks")));
    EXPECT_THAT(scene.run({"apply", "-f", file}, 0, with_key), HasSubstr("is as the file says"));
    const std::string exported = scene.run({"export"});
    EXPECT_THAT(exported, AllOf(HasSubstr("[source.shop]"), Not(HasSubstr(key))));
    scene.stage.write("exported.toml", exported);
    EXPECT_THAT(scene.run({"apply", "-f", scene.stage.path("exported.toml"), "--plan"}, 0,
                          {{"RINGTAIL_SHOP_KEY", key}}),
                HasSubstr("is as the file says"));
    scene.stage.write("wrong.toml", "[source.shop]\nkind = \"callkeeper\"\nzon = \"UTC\"\n");
    EXPECT_THAT(scene.refused({"apply", "-f", scene.stage.path("wrong.toml")}), HasSubstr("zon"));
    EXPECT_THAT(scene.refused({"apply"}), HasSubstr("--file is missing"));
}

TEST(ServiceWords, KeysAndDestinations) {
    const Scene scene;
    const std::string made = scene.run({"key", "add", "me", "--output", "json"});
    EXPECT_THAT(member(made, "key"), testing::StartsWith("rt_"));
    EXPECT_THAT(scene.run({"key", "list"}), Not(HasSubstr(member(made, "key"))));
    scene.run({"key", "remove", "me"});
    EXPECT_THAT(scene.refused({"key", "remove", "me"}), HasSubstr("still good"));
    scene.run({"destination", "add", "file", "--url", "sqlite://" + scene.stage.path("x.db")});
    EXPECT_THAT(scene.run({"destination", "check", "file"}), HasSubstr("ok "));
    scene.run({"destination", "remove", "file"});
    EXPECT_EQ(scene.run({"destination", "list", "--output", "json"}), "");
}

}  // namespace
}  // namespace ringtail::service
