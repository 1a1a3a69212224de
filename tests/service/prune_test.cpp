#include <gmock/gmock.h>

#include <csignal>

#include "base/time_text.hpp"
#include "service/scene.hpp"
#include "sqlite/connection.hpp"
#include "support/raw_http.hpp"

namespace ringtail::service {
namespace {

using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

constexpr int kDays = 10, kKept = 4;

std::string kept_from() { return format_day(SystemClock().now() - std::chrono::days(kKept)); }

// An account whose calls of ten days are loaded, and a service that does nothing by itself.
class Pruned : public testing::Test {
  protected:
    Pruned() : calls_(small_account(kDays, 60)) {
        scene_.add_callkeeper(calls_, "office", {"--settle", "off"});
        scene_.run({"job", "edit", "office", "--schedule", "manual"});
        scene_.serve();
        load_all();
        EXPECT_EQ(scene_.count("callkeeper_calls"), true_calls(calls_));
    }

    std::string load_all() {
        return scene_.run({"load", "office", "--from", calls_.options().first_day, "--to",
                           format_day(SystemClock().now()), "--wait"});
    }
    std::uint64_t wanted() const { return true_calls(calls_, {.from = kept_from()}); }
    void expect_only_young_ones() {
        EXPECT_EQ(scene_.count("callkeeper_calls"), wanted());
        EXPECT_EQ(scene_.count("callkeeper_calls_facts"), wanted());
        EXPECT_EQ(scene_.value("SELECT count(*) FROM callkeeper_calls WHERE call_date < '" +
                               kept_from() + "'"),
                  "0");
    }

    sim::CallKeeper calls_;
    Scene scene_;
};

TEST_F(Pruned, NeitherLoadNorHookNorHistoryBringsRowsBack) {
    const std::uint64_t all = true_calls(calls_), old = all - wanted();
    ASSERT_GT(old, 200U);
    ASSERT_GT(wanted(), 100U);
    const auto dimension_rows = scene_.count("general_dates");
    const auto plan = scene_.run(
        {"prune", "office", "--keep-days", std::to_string(kKept), "--plan", "--output", "json"});
    EXPECT_EQ(member(plan, "rows"), std::to_string(old));
    EXPECT_EQ(scene_.count("callkeeper_calls"), all);

    scene_.run({"prune", "office", "--keep-days", std::to_string(kKept), "--wait"});
    expect_only_young_ones();
    EXPECT_EQ(scene_.count("general_dates"), dimension_rows) << "shared tables stay";
    const std::string run = scene_.last_run("office", "prune");
    EXPECT_EQ(member(run, "state"), "done");
    EXPECT_EQ(member(member(run, "rows"), "deleted"), std::to_string(2 * old));
    EXPECT_THAT(member(run, "message"), HasSubstr("deleted " + std::to_string(old)));

    scene_.run({"load", "office", "--wait"});
    expect_only_young_ones();
    load_all();
    expect_only_young_ones();
    EXPECT_THAT(member(scene_.last_run("office", "history"), "message"), HasSubstr(kept_from()));
    const auto sent = calls_.send_hooks({.url = scene_.hook_address()});
    EXPECT_EQ(sent.acknowledged, sent.sent);
    EXPECT_GT(sent.acknowledged_calls.size(), wanted());
    scene_.wait("all hooks are taken", [&] {
        return scene_.stage.value("data/inbox.db", "SELECT count(*) FROM hooks") == "0";
    });
    expect_only_young_ones();

    // Until somebody wants them back.
    scene_.run({"prune", "office", "--lift"});
    load_all();
    EXPECT_EQ(scene_.count("callkeeper_calls"), all);
}

TEST_F(Pruned, GoesOnAfterKillMinus9) {
    scene_.kill();
    scene_.run({"job", "add", "--source", "office", "--name", "old", "--kind", "prune",
                "--keep-days", std::to_string(kKept), "--schedule", "every 1h"});
    sqlite::Connection(scene_.stage.path("data/control.db"))
        .run("UPDATE jobs SET next_due = 1 WHERE name = 'old'");
    // The facts are gone, their calls are not.
    scene_.start({}, {{"RINGTAIL_FAILPOINT", "pruned_some:1"}});
    ASSERT_EQ(scene_.process().wait(60s).signal, SIGKILL);
    EXPECT_EQ(scene_.count("callkeeper_calls_facts"), wanted());
    EXPECT_GT(scene_.count("callkeeper_calls"), wanted());
    scene_.start({}, {{"RINGTAIL_FAILPOINT", "run_ending:1"}});
    ASSERT_EQ(scene_.process().wait(60s).signal, SIGKILL);
    scene_.serve();
    scene_.wait("it is done",
                [&] { return member(scene_.last_run("office", "prune"), "state") == "done"; });
    EXPECT_EQ(member(scene_.last_run("office", "prune"), "attempt"), "1");
    expect_only_young_ones();
}

TEST_F(Pruned, SaysWhatIsWrong) {
    EXPECT_THAT(scene_.refused({"prune", "office"}), HasSubstr("--keep-days is missing"));
    EXPECT_THAT(scene_.refused({"prune", "office", "--keep-days", "0"}), HasSubstr("--keep-days"));
    EXPECT_THAT(
        scene_.refused({"prune", "office", "--keep-days", "9", "--tables", "general_dates"}),
        HasSubstr("callkeeper_calls"));
    EXPECT_THAT(scene_.refused({"prune", "office", "--keep-days", "9", "--contacts"}),
                HasSubstr("contacts"));
    EXPECT_THAT(scene_.refused({"job", "add", "--source", "office", "--name", "x", "--kind",
                                "prune", "--schedule", "manual"}),
                HasSubstr("keep_days"));
}

TEST_F(Pruned, RowsOfReportsAndWhatWasRejectedGoToo) {
    scene_.run({"job", "add", "--source", "office", "--name", "mine", "--kind", "report",
                "--last-days", std::to_string(kDays + 1)});
    scene_.run({"run", "office/mine", "--wait"});
    ASSERT_EQ(scene_.count("callkeeper_reports"), true_calls(calls_));
    calls_.send_hooks({.url = scene_.hook_address(), .share = 0, .unusable = 6});
    const std::string inbox = scene_.stage.path("data/inbox.db");
    const auto rejected = [&] {
        return scene_.stage.value("data/inbox.db", "SELECT count(*) FROM hook_rejects");
    };
    scene_.wait("they are rejected", [&] { return rejected() == "6"; });
    sqlite::Connection(inbox).run("UPDATE hook_rejects SET received = 1 WHERE number % 2 = 0");
    const std::string old_day = format_day(SystemClock().now() - std::chrono::days(kDays));
    sqlite::Connection(scene_.stage.path("data/calls.db"))
        .run(
            "INSERT INTO ringtail_rejects (table_name, row_key, column_name, raw, reason, "
            "rejected_at) SELECT 'callkeeper_reports', account_id || '/' || processor_id || '/' "
            "|| simple_date, '', '7', 'no object', '' FROM callkeeper_reports GROUP BY "
            "simple_date");
    const auto days_of = [&](const std::string& from) {
        return scene_.value("SELECT count(*) FROM " + from);
    };
    ASSERT_NE(days_of("ringtail_rejects WHERE row_key LIKE '%/" + old_day + "'"), "0");

    const auto plan =
        scene_.run({"prune", "office", "--keep-days", std::to_string(kKept), "--plan"});
    EXPECT_THAT(plan, HasSubstr("callkeeper_reports"));
    scene_.run({"prune", "office", "--keep-days", std::to_string(kKept), "--wait"});
    expect_only_young_ones();
    const auto expect_young_reports = [&] {
        EXPECT_EQ(scene_.count("callkeeper_reports"), wanted());
        EXPECT_EQ(days_of("callkeeper_reports WHERE simple_date < '" + kept_from() + "'"), "0");
    };
    expect_young_reports();
    EXPECT_EQ(rejected(), "3");
    EXPECT_EQ(days_of("ringtail_rejects WHERE table_name = 'callkeeper_reports'"),
              days_of("(SELECT DISTINCT simple_date FROM callkeeper_reports)"));
    scene_.run({"run", "office/mine", "--wait"});
    expect_young_reports();
}

TEST_F(Pruned, ByTheRestApiAndByAFile) {
    const std::string key =
        member(scene_.run({"key", "add", "me", "--scope", "manage", "--output", "json"}), "key");
    const std::vector<std::string> with_key{"Authorization: Bearer " + key,
                                            "Content-Type: application/json"};
    const auto call = [&](const std::string& target, const std::string& body) {
        return test::fetch(scene_.port(), "POST", "/api/v1/jobs" + target, body, with_key);
    };
    const auto job = [](const std::string& settings) {
        return R"({"source":"office","name":"old","kind":"prune","schedule":"manual","settings":)" +
               settings + "}";
    };
    const auto refused = call("", job(R"({"keep_days":0})"));
    EXPECT_EQ(refused.status, 400) << refused.body;
    EXPECT_THAT(refused.body, HasSubstr("keep_days"));
    const auto made = call("", job(R"({"keep_days":)" + std::to_string(kKept + 2) + "}"));
    ASSERT_EQ(made.status, 201) << made.body;
    const auto begun = call("/" + member(made.body, "number") + "/run", "");
    EXPECT_LT(begun.status, 300) << begun.body;
    const auto state = [&] { return member(scene_.last_run("office", "prune"), "state"); };
    scene_.wait("the first one is done", [&] { return state() == "done"; });
    const auto left = scene_.count("callkeeper_calls");
    EXPECT_LT(left, true_calls(calls_));
    EXPECT_GT(left, wanted());

    const std::string exported = scene_.run({"export"});
    EXPECT_THAT(exported, HasSubstr("keep_days = " + std::to_string(kKept + 2)));
    scene_.stage.write("ringtail.toml", exported +
                                            "\n[source.office.job.older]\nkind = \"prune\"\n"
                                            "schedule = \"every 1h\"\nkeep_days = " +
                                            std::to_string(kKept) + "\n");
    scene_.run({"apply", "-f", scene_.stage.path("ringtail.toml")}, 0,
               {{"RINGTAIL_OFFICE_KEY", calls_.options().key}});
    scene_.run({"run", "office/older", "--wait"});
    expect_only_young_ones();
}

TEST(PrunedDialfire, TransactionsGoWithWhatHangsOnThemAndContactsWhenAsked) {
    sim::Simulation campaign(e2e::small_campaign(200));
    Scene scene;
    scene.add_dialfire(campaign);
    scene.run({"load", "campaign"});
    const std::uint64_t contacts = scene.count("df_contacts");
    ASSERT_GT(contacts, 100U);
    // The day in the middle.
    const std::string day = scene.value(
        "SELECT substr(fired, 1, 10) FROM df_transactions ORDER BY fired LIMIT 1 OFFSET "
        "(SELECT count(*) / 2 FROM df_transactions)");
    const auto today = std::chrono::floor<std::chrono::days>(SystemClock().now());
    const auto kept = (today - std::chrono::floor<std::chrono::days>(*parse_time(day))).count();
    const auto number = [&](const std::string& sql) {
        return scene.value("SELECT count(*) FROM " + sql);
    };
    const std::string young = "(SELECT id FROM df_transactions WHERE fired >= '" + day + "')";
    const std::string connections = number("df_connections WHERE transaction_id IN " + young);
    const std::string recordings = number(
        "df_recordings WHERE connection_id IN (SELECT id FROM df_connections WHERE transaction_id "
        "IN " +
        young + ")");
    const std::string transactions = number(young);
    const std::string calls = number("df_inbound_calls WHERE started >= '" + day + "'");
    ASSERT_NE(transactions, number("df_transactions"));
    ASSERT_NE(connections, number("df_connections"));

    const auto expect = [&] {
        EXPECT_EQ(number("df_transactions"), transactions);
        EXPECT_EQ(number("df_connections"), connections);
        EXPECT_EQ(number("df_recordings"), recordings);
        EXPECT_EQ(number("df_inbound_calls"), calls);
    };
    scene.run({"prune", "campaign", "--keep-days", std::to_string(kept)});
    expect();
    EXPECT_EQ(scene.count("df_contacts"), contacts);

    // All contacts are fetched again, with all that the service knows of them.
    sqlite::Connection(scene.stage.path("data/calls.db"))
        .run("UPDATE df_contacts SET \"$md5\" = 'x'");
    scene.run({"load", "campaign", "--from", "2000-01-01"});
    EXPECT_EQ(number("df_contacts WHERE \"$md5\" = 'x'"), "0");
    expect();

    const std::string without = number(
        "df_contacts c WHERE \"$created_date\" < '" + day +
        "' AND NOT EXISTS (SELECT 1 FROM df_transactions WHERE contact_id = c.\"$id\") AND NOT "
        "EXISTS (SELECT 1 FROM df_inbound_calls WHERE contact_id = c.\"$id\")");
    ASSERT_NE(without, "0");
    // How many go is not known before their transactions went.
    EXPECT_THAT(scene.run({"prune", "campaign", "--keep-days", std::to_string(kept), "--contacts",
                           "--plan"}),
                HasSubstr("nothing points at them; more, when what points at them has gone"));
    scene.run({"prune", "campaign", "--keep-days", std::to_string(kept), "--contacts"});
    const std::uint64_t left = contacts - std::stoull(without);
    EXPECT_EQ(scene.count("df_contacts"), left);
    scene.run({"load", "campaign", "--from", "2000-01-01"});
    EXPECT_EQ(scene.count("df_contacts"), left);
    expect();
}

}  // namespace
}  // namespace ringtail::service
