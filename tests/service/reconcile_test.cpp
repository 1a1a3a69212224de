#include <gmock/gmock.h>

#include <csignal>

#include "base/time_text.hpp"
#include "service/file_rows.hpp"
#include "service/scene.hpp"
#include "sqlite/connection.hpp"

namespace ringtail::service {
namespace {

using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

constexpr int kEqual = 0, kLeft = 1, kRepaired = 3;

// An account whose calls are loaded; the days that are over are compared.
class Compared : public testing::Test {
  protected:
    Compared() : calls_(small_account(6, 60)) {
        scene_.add_callkeeper(calls_, "office", {"--settle", "off"});
        scene_.run({"job", "edit", "office", "--schedule", "manual"});
        scene_.run({"load", "office", "--from", calls_.options().first_day, "--to", yesterday()});
    }

    static std::string yesterday() { return format_day(SystemClock().now() - 24h); }
    Words words(Words further = {}) const {
        Words all{"reconcile", "office", "--from", calls_.options().first_day, "--to", yesterday()};
        all.insert(all.end(), further.begin(), further.end());
        return all;
    }
    void damage(const std::string& sql) {
        sqlite::Connection(scene_.stage.path("data/calls.db")).run(sql);
    }
    void remove_some() {
        damage(
            "DELETE FROM callkeeper_calls_facts WHERE calls_id % 3 = 0; DELETE FROM "
            "callkeeper_calls WHERE id % 3 = 0; UPDATE callkeeper_calls_facts SET duration = "
            "duration + 1 WHERE calls_id % 3 = 1");
    }
    std::vector<test::Texts> rows(const std::string& select) {
        return FileRows(scene_.stage.path("data/calls.db")).rows(select);
    }
    std::vector<test::Texts> facts() {
        return rows(
            "SELECT f.*, c.call_id, c.call_date, c.status_reason FROM "
            "callkeeper_calls_facts f JOIN callkeeper_calls c ON c.id = f.calls_id ORDER "
            "BY f.id");
    }

    sim::CallKeeper calls_;
    Scene scene_;
};

TEST_F(Compared, ExitCodesAndWordsTellWhatWasFound) {
    const auto truth = facts();
    ASSERT_GT(truth.size(), 200U);
    scene_.run(words(), kEqual);
    remove_some();
    EXPECT_THAT(scene_.run(words({"--plan"}), kLeft), HasSubstr("Nothing was changed"));
    EXPECT_FALSE(facts() == truth);
    EXPECT_THAT(scene_.run(words(), kRepaired), HasSubstr(": repaired"));
    EXPECT_TRUE(facts() == truth);
    scene_.run(words({"--plan", "--output", "json"}), kEqual);
    scene_.run(words(), kEqual);

    // Some row that the source never had.
    damage(
        "INSERT INTO callkeeper_calls (id, account_id, call_id, call_date) SELECT 1, "
        "account_id, 1, call_date FROM callkeeper_calls LIMIT 1");
    EXPECT_THAT(scene_.run(words(), kLeft), HasSubstr("1 extra marked"));
    EXPECT_THAT(scene_.run({"ledger", "office"}), HasSubstr("!"));
    damage(
        "UPDATE callkeeper_calls SET _missing_at_source_since = '2020-01-01T00:00:00.000Z' "
        "WHERE id = 1");
    EXPECT_THAT(scene_.run(words(), kRepaired), HasSubstr("1 extra call: repaired"));
    EXPECT_TRUE(facts() == truth);
    const auto ledger = scene_.run({"ledger", "office"});
    EXPECT_THAT(ledger, HasSubstr("week of"));
    EXPECT_THAT(ledger, HasSubstr("+ repaired, then equal (1 day)"));
    EXPECT_THAT(ledger, Not(HasSubstr("\x1b")));
    EXPECT_THAT(scene_.run({"ledger", "office", "--output", "json"}),
                HasSubstr("\"verdict\":\"healed\""));
    const auto run = scene_.last_run("office", "reconcile");
    EXPECT_EQ(member(run, "message"), "1 extra call: repaired");
}

TEST_F(Compared, WorksWithAServiceAndBySchedule) {
    const auto truth = facts();
    scene_.serve();
    remove_some();
    scene_.run(words(), kRepaired);
    EXPECT_TRUE(facts() == truth);
    scene_.run(words(), kEqual);
    remove_some();
    scene_.run({"job", "add", "--source", "office", "--name", "check", "--kind", "reconcile",
                "--last-days", "9", "--schedule", "daily 05:00 UTC"});
    scene_.run({"run", "office/check", "--wait"});
    EXPECT_EQ(member(scene_.last_run("office", "reconcile"), "state"), "done");
    EXPECT_GE(facts().size(), truth.size());
    scene_.run(words(), kEqual);
}

TEST_F(Compared, KilledAnywhereItIsGoneOnWith) {
    const auto truth = facts();
    const auto variables = [this](const std::string& failpoint) {
        return e2e::Variables{{"RINGTAIL_DATA", scene_.stage.path("data")},
                              {"RINGTAIL_FAILPOINT", failpoint}};
    };
    for (const char* place :
         {"reconcile_loading:1", "stage_sent:1", "merge_done:1", "commit_sent:1", "commit_done:1",
          "reconcile_loaded:2", "reconcile_loaded:5", "run_ending:1"}) {
        remove_some();
        const auto damaged = facts();
        auto process = scene_.stage.start(words(), variables(place));
        ASSERT_EQ(process->wait(60s).signal, SIGKILL) << place;
        const auto now = facts();
        if (std::string(place) == "merge_done:1" || std::string(place) == "stage_sent:1") {
            EXPECT_TRUE(now == damaged) << "the old rows are there until the day is whole";
        }
        EXPECT_GE(now.size(), damaged.size()) << place;
        const auto outcome =
            scene_.stage.run(words(), {{"RINGTAIL_DATA", scene_.stage.path("data")}});
        EXPECT_THAT(outcome.code, testing::AnyOf(kEqual, kRepaired)) << place << outcome.err;
        EXPECT_TRUE(facts() == truth) << place;
        scene_.run(words(), kEqual);
    }
    // The facts of a row that goes are gone, it is not.
    damage(
        "INSERT INTO callkeeper_calls (id, account_id, call_id, call_date, "
        "_missing_at_source_since) SELECT 1, account_id, 1, call_date, "
        "'2020-01-01T00:00:00.000Z' FROM callkeeper_calls LIMIT 1; INSERT INTO "
        "callkeeper_calls_facts SELECT 1, account_id, dates_id, clientids_id, traffic_id, "
        "sites_id, locations_id, 1, 0, 0, 0, 0, 0 FROM callkeeper_calls_facts LIMIT 1");
    ASSERT_EQ(facts().size(), truth.size() + 1);
    auto process = scene_.stage.start(words(), variables("pruned_some:1"));
    ASSERT_EQ(process->wait(60s).signal, SIGKILL);
    EXPECT_TRUE(facts() == truth);
    EXPECT_EQ(scene_.value("SELECT count(*) FROM callkeeper_calls WHERE id = 1"), "1");
    scene_.run(words(), kRepaired);
    EXPECT_EQ(scene_.value("SELECT count(*) FROM callkeeper_calls WHERE id = 1"), "0");
    scene_.run(words(), kEqual);
}

TEST_F(Compared, SaysWhatIsWrong) {
    EXPECT_THAT(scene_.refused({"reconcile", "office"}), HasSubstr("--last-days"));
    EXPECT_THAT(scene_.refused({"reconcile", "office", "--last", "0"}), HasSubstr("--last"));
    EXPECT_THAT(scene_.refused({"reconcile", "office", "--last", "3", "--from", "2024-01-01"}),
                HasSubstr("not both"));
    EXPECT_THAT(
        scene_.refused({"reconcile", "office", "--from", "2024-02-01", "--to", "2024-01-01"}),
        HasSubstr("before from"));
    EXPECT_THAT(scene_.refused({"reconcile", "office", "--from", "May"}), HasSubstr("no day"));
    EXPECT_THAT(scene_.refused({"ledger", "office", "--to", "May"}), HasSubstr("no day"));
    EXPECT_THAT(scene_.refused({"ledger", "nowhere"}), HasSubstr("office"));
    EXPECT_THAT(scene_.run({"ledger", "office"}), HasSubstr("No days were compared yet"));
    EXPECT_THAT(scene_.refused({"job", "add", "--source", "office", "--name", "x", "--kind",
                                "reconcile", "--schedule", "manual"}),
                HasSubstr("--last-days"));
}

}  // namespace
}  // namespace ringtail::service
