#include <gmock/gmock.h>

#include <csignal>
#include <map>
#include <set>

#include "base/time_text.hpp"
#include "json/document.hpp"
#include "service/scene.hpp"
#include "sqlite/connection.hpp"
#include "support/sqlite_rows.hpp"

namespace ringtail::service {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using namespace std::chrono_literals;

constexpr std::uint32_t kDays = 4;

// One table of calls with labels from every place they stand in, one of their tags.
constexpr std::string_view kRule = R"({"tables":[
  {"name":"my_calls","key":["call_id"],"columns":[
    {"name":"call_id","path":"id","type":"int64"},
    {"name":"at","path":"date","type":"timestamp"},
    {"name":"status","path":"status_code","type":"int64"},
    {"name":"client","path":"phone2","type":"text"},
    {"name":"page","path":"session.cpg","type":"text"},
    {"name":"browser","path":"visit_info.udata.uag","type":"text"},
    {"name":"office","const":"Москва","type":"text"},
    {"name":"campaign","path":"current.cmp","type":"text"}]},
  {"name":"call_tags","each":"tags","where":"status_code = 200","key":["call_id","tag"],"columns":[
    {"name":"call_id","path":"id","type":"int64"},
    {"name":"tag","path":".","type":"text"}]}]})";

std::string day_before(unsigned days) {
    return format_day(SystemClock().now() - std::chrono::days(days));
}

class Reports : public testing::Test {
  protected:
    explicit Reports(double odd = 0) : calls_(account(odd)) {
        scene_.add_callkeeper(calls_, "office", {"--settle", "off"});
        scene_.stage.write("rule.json", kRule);
    }
    static sim::CallKeeperOptions account(double odd) {
        auto options = small_account(kDays, 60);
        options.odd = odd;
        return options;
    }
    void add_job(const Words& further = {}) {
        Words words{"job",  "add",    "--source", "office",      "--name",
                    "mine", "--kind", "report",   "--last-days", std::to_string(kDays + 1)};
        words.insert(words.end(), further.begin(), further.end());
        scene_.run(words);
    }
    void add_ruled_job() { add_job({"--rule", scene_.stage.path("rule.json")}); }
    std::string last(const std::string& name) const {
        return member(scene_.last_run("office", "report"), name);
    }
    std::string counted(const std::string& name) const { return member(last("rows"), name); }

    using Rows = std::set<std::vector<std::string>>;
    Rows stored(const std::string& select) const {
        const auto rows = test::sqlite_rows(scene_.stage.path("data/calls.db"), select);
        Rows all(rows.begin(), rows.end());
        EXPECT_EQ(all.size(), rows.size()) << "rows twice: " << select;
        return all;
    }
    // What my_calls must hold, from the stand-in's own words; `ahead`: of UTC, of the zone.
    Rows wanted(std::chrono::hours ahead = 0h) const {
        Rows all;
        calls_.truth("callkeeper_calls", {}, [&](std::string_view json) {
            const std::string row(json);
            const auto at = parse_time(member(row, "call_date"));
            const auto text = [&](const char* name) {
                const std::string value = member(row, name);
                return value == "null" ? "" : value;
            };
            all.insert({text("call_id"), format_day(*at + ahead), format_time(*at),
                        text("status_code"), text("client_phone"), text("page"), text("user_agent"),
                        "Москва"});
        });
        return all;
    }
    Rows my_calls() const {
        return stored(
            "SELECT call_id, simple_date, at, status, client, page, browser, office FROM my_calls");
    }

    sim::CallKeeper calls_;
    Scene scene_;
};

TEST_F(Reports, TablesHoldWhatTheRuleSaysAndADayIsReplacedWhole) {
    add_ruled_job();
    scene_.run({"run", "office/mine"});
    EXPECT_EQ(last("state"), "done") << last("message");
    const Rows before = my_calls();
    ASSERT_GT(before.size(), 150U);
    EXPECT_TRUE(before == wanted());
    EXPECT_GT(scene_.count("call_tags"), 10U);
    EXPECT_EQ(scene_.value("SELECT count(*) FROM call_tags WHERE call_id NOT IN "
                           "(SELECT call_id FROM my_calls WHERE status = 200)"),
              "0");
    EXPECT_NE(last("requests"), "0");
    EXPECT_EQ(scene_.value("SELECT count(DISTINCT processor_id) || max(account_id) FROM my_calls"),
              "11");
    EXPECT_EQ(scene_.value("SELECT count(*) FROM callkeeper_reports"), "no row");

    // Nothing changed: nothing is written.
    scene_.run({"run", "office/mine"});
    EXPECT_EQ(counted("added") + counted("updated") + counted("deleted"), "000");

    // Calls that are gone go, whatever else changes.
    calls_.change(40);
    calls_.remove(30);
    scene_.run({"run", "office/mine"});
    EXPECT_TRUE(my_calls() == wanted());
    EXPECT_EQ(before.size() - my_calls().size(), 30U);
    EXPECT_NE(counted("deleted"), "0");
}

class OddReports : public Reports {
  protected:
    OddReports() : Reports(0.4) {}
};

// Emoji, control characters, lone surrogates, words for numbers, labels in two places …
TEST_F(OddReports, HoldWhatTheTruthSays) {
    add_ruled_job();
    scene_.run({"run", "office/mine"});
    const Rows made = my_calls(), true_ones = wanted();
    EXPECT_EQ(made.size(), true_ones.size());
    for (const auto& row : made)
        EXPECT_TRUE(true_ones.contains(row)) << testing::PrintToString(row);
    const std::string rejects = scene_.value("SELECT count(*) FROM ringtail_rejects");
    EXPECT_NE(rejects, "0");
    // They are of the day, and replaced with it.
    scene_.run({"run", "office/mine"});
    EXPECT_EQ(scene_.value("SELECT count(*) FROM ringtail_rejects WHERE table_name = 'my_calls'"),
              rejects);
}

TEST_F(Reports, OtherDaysAndOtherJobsAreLeftAlone) {
    add_ruled_job();
    scene_.run({"job", "add", "--source", "office", "--name", "theirs", "--kind", "report",
                "--rule", scene_.stage.path("rule.json"), "--last-days",
                std::to_string(kDays + 1)});
    scene_.run({"run", "office/mine"});
    scene_.run({"run", "office/theirs"});
    const auto count = [&](const std::string& where) {
        return scene_.value("SELECT count(*) FROM my_calls WHERE " + where);
    };
    const std::string all = std::to_string(wanted().size());
    EXPECT_EQ(count("processor_id = (SELECT min(processor_id) FROM my_calls)"), all);
    EXPECT_EQ(count("processor_id = (SELECT max(processor_id) FROM my_calls)"), all);
    calls_.remove(60);
    const std::string day = day_before(2);
    scene_.run({"run", "office/theirs", "--from", day, "--to", day});
    EXPECT_THAT(last("message"), HasSubstr(day + " to " + day + ": 1 day"));
    EXPECT_EQ(count("processor_id = (SELECT min(processor_id) FROM my_calls)"), all);
    std::size_t left = 0;
    for (const auto& row : wanted()) left += row[1] == day ? 1 : 0;
    EXPECT_EQ(count("processor_id = (SELECT max(processor_id) FROM my_calls) AND simple_date = '" +
                    day + "'"),
              std::to_string(left));
    EXPECT_THAT(scene_.refused({"run", "office", "--from", day, "--to", day}),
                HasSubstr("no period of its own"));
}

TEST_F(Reports, DaysAreThoseOfTheSourcesZone) {
    scene_.run({"source", "edit", "office", "--zone", "Asia/Vladivostok"});
    add_ruled_job();
    scene_.run({"run", "office/mine", "--from", calls_.options().first_day});
    EXPECT_TRUE(my_calls() == wanted(10h));
}

TEST_F(Reports, WithoutARuleRowsAreJson) {
    add_job({"--fields", "id,status_code,current.src", "--filter",
             "status_code = 200 and status2_code = 200"});
    scene_.run({"run", "office/mine"});
    std::uint64_t good = 0;
    calls_.truth("callkeeper_calls", {}, [&](std::string_view json) {
        const std::string row(json);
        if (member(row, "status_code") == "200" && member(row, "status2_code") == "200") ++good;
    });
    ASSERT_GT(good, 50U);
    EXPECT_EQ(scene_.count("callkeeper_reports"), good);
    EXPECT_EQ(scene_.value("SELECT count(*) FROM callkeeper_reports WHERE "
                           "json_extract(row_data, '$.status_code') + 0 = 200"),
              std::to_string(good));
    EXPECT_NE(scene_.value("SELECT count(*) FROM callkeeper_reports WHERE "
                           "json_extract(row_data, '$.\"current.src\"') IS NOT NULL"),
              "0");
    EXPECT_EQ(scene_.value("SELECT group_concat(DISTINCT (SELECT group_concat(key) FROM "
                           "json_each(row_data))) FROM callkeeper_reports"),
              "id,status_code,current.src");
    EXPECT_EQ(scene_.value("SELECT min(row_id) FROM callkeeper_reports"), "1");
}

TEST_F(Reports, RetentionTakesTheirRowsToo) {
    add_ruled_job();
    scene_.run({"job", "edit", "office", "--schedule", "manual"});
    scene_.run({"run", "office/mine"});
    const std::string kept = day_before(2);
    Rows young;
    for (const auto& row : wanted()) {
        if (row[1] >= kept) young.insert(row);
    }
    const std::size_t old = my_calls().size() - young.size();
    ASSERT_GT(old, 50U);
    const std::string plan = scene_.run({"prune", "office", "--keep-days", "2", "--plan"});
    EXPECT_THAT(plan, HasSubstr("my_calls: " + std::to_string(old) + " rows"));
    scene_.run({"prune", "office", "--keep-days", "2"});
    EXPECT_EQ(member(scene_.last_run("office", "prune"), "state"), "done");
    EXPECT_TRUE(my_calls() == young);
    EXPECT_EQ(scene_.value("SELECT count(*) FROM call_tags WHERE simple_date < '" + kept + "'"),
              "0");
    EXPECT_GT(scene_.count("call_tags"), 0U);
    scene_.run({"run", "office/mine"});
    EXPECT_TRUE(my_calls() == young) << "and nothing brings them back";
    EXPECT_THAT(last("message"), HasSubstr("cut at " + kept));
}

TEST_F(Reports, GiveWayToALoadAfterADay) {
    add_ruled_job();
    scene_.run({"job", "edit", "office", "--schedule", "manual"});
    scene_.serve();
    calls_.set_latency(300ms);
    scene_.run({"run", "office/mine", "--from", day_before(9)});
    scene_.wait("it is at work", [&] { return last("state") == "running"; });
    scene_.run({"run", "office"});
    scene_.wait("both are done", [&] {
        return last("state") == "done" &&
               member(scene_.last_run("office", "load"), "state") == "done";
    });
    EXPECT_LT(member(scene_.last_run("office", "load"), "ended"), last("ended"));
    EXPECT_TRUE(my_calls() == wanted());
}

// Of each moment at which the program can die: what is read is the whole old day or the whole new
// one, and it goes on.
class KilledReports : public Reports, public testing::WithParamInterface<const char*> {
  protected:
    Rows rejects(const std::string& day) const {
        return stored(
            "SELECT row_key, column_name, raw FROM ringtail_rejects WHERE table_name = "
            "'my_calls' AND row_key LIKE '%/" +
            day + "'");
    }
};

TEST_P(KilledReports, LeaveTheOldRowsOrTheNewOnes) {
    // A text that is no whole number is a reject of each row.
    std::string rule(kRule);
    const std::string column = R"({"name":"client","path":"phone2","type":"text"},)";
    rule.insert(rule.find(column), R"({"name":"word","path":"phone2","type":"boolean"},)");
    scene_.stage.write("rule.json", rule);
    add_ruled_job();
    scene_.run({"run", "office/mine"});
    const Rows before = my_calls();
    const std::string day_killed = day_before(3);
    const Rows rejects_before = rejects(day_killed);
    ASSERT_FALSE(rejects_before.empty());
    calls_.change(60);
    calls_.remove(60);
    const Rows after = wanted();
    ASSERT_FALSE(before == after);
    // The third day of five.
    scene_.run({"job", "edit", "office", "--schedule", "manual"});
    scene_.start({}, {{"RINGTAIL_FAILPOINT", GetParam()}});
    e2e::wait_for_output(scene_.process(), "\"serving\"");
    scene_.run({"run", "office/mine"});
    ASSERT_EQ(scene_.process().wait(60s).signal, SIGKILL);
    const Rows between = my_calls();
    EXPECT_FALSE(between == before) << "two days were done";
    const auto of_day = [](const Rows& rows, const std::string& day) {
        Rows some;
        for (const auto& row : rows) {
            if (row[1] == day) some.insert(row);
        }
        return some;
    };
    for (unsigned days = 0; days <= kDays; ++days) {
        const std::string day = day_before(days);
        const Rows now = of_day(between, day);
        EXPECT_TRUE(now == of_day(before, day) || now == of_day(after, day)) << day;
    }
    const Rows rejects_between = rejects(day_killed);
    scene_.start();
    scene_.wait("it goes on", [&] { return last("state") == "done"; });
    EXPECT_TRUE(my_calls() == after);
    EXPECT_EQ(last("attempt"), "1");
    EXPECT_TRUE(rejects_between == rejects_before || rejects_between == rejects(day_killed))
        << "rejects are replaced with the rows";
}

INSTANTIATE_TEST_SUITE_P(At, KilledReports,
                         testing::Values("report_day_read:4", "stage_sent:4", "merge_done:4",
                                         "report_day_stored:4"),
                         [](const auto& at) {
                             std::string name(at.param);
                             return name.substr(0, name.find(':'));
                         });

TEST_F(Reports, PreviewShowsRowsAndWritesNothing) {
    const std::string text =
        scene_.run({"report", "preview", "office", "--rule", scene_.stage.path("rule.json"),
                    "--from", day_before(2), "--to", day_before(1)});
    EXPECT_THAT(text, HasSubstr("my_calls: 20 of "));
    EXPECT_THAT(text, HasSubstr("simple_date  call_id"));
    EXPECT_THAT(text, HasSubstr("Nothing was written."));
    EXPECT_EQ(scene_.value("SELECT count(*) FROM my_calls"), "no row");
    const std::string json =
        scene_.run({"report", "preview", "office", "--fields", "id,tags", "--output", "json"});
    const std::string first = json.substr(0, json.find('\n'));
    EXPECT_EQ(member(first, "table"), "callkeeper_reports");
    EXPECT_NE(member(member(member(first, "row"), "row_data"), "id"), "");
    EXPECT_THAT(scene_.run({"report", "fields", "office"}), HasSubstr("visit_info.current.src"));
}

TEST_F(Reports, SaysWhatIsWrong) {
    const Words add{"job", "add",    "--source", "office",     "--name",
                    "x",   "--kind", "report",   "--schedule", "manual"};
    const auto refused = [&](Words further) {
        Words words = add;
        words.insert(words.end(), further.begin(), further.end());
        return scene_.refused(words);
    };
    EXPECT_THAT(refused({"--fields", "id,sorce"}), HasSubstr("fields[1]: sorce"));
    EXPECT_THAT(refused({"--fields", "id,statuscode"}), HasSubstr("Did you mean status_code?"));
    EXPECT_THAT(refused({"--type", "call"}), HasSubstr("Did you mean calls?"));
    EXPECT_THAT(refused({"--filter", "status_cod = 1"}), HasSubstr("status_code"));
    EXPECT_THAT(refused({"--rule", scene_.stage.path("none.json")}), HasSubstr("none.json"));
    scene_.stage.write("bad.json", "{\"tables\":");
    EXPECT_THAT(refused({"--rule", scene_.stage.path("bad.json")}), HasSubstr("no JSON"));
    scene_.stage.write("bad.json",
                       R"({"tables":[{"name":"my_calls","key":["call_id"],"columns":[
                        {"name":"call_id","path":"idd","type":"int64"}]}]})");
    EXPECT_THAT(refused({"--rule", scene_.stage.path("bad.json")}),
                HasSubstr("tables[0].columns[0].path"));
    EXPECT_EQ(scene_.run({"jobs", "--source", "office", "--output", "json"}).find("\"x\""),
              std::string::npos);
    // Another job's table, with a column of another type.
    add_ruled_job();
    scene_.stage.write("bad.json",
                       R"({"tables":[{"name":"my_calls","key":["call_id"],"columns":[
                        {"name":"call_id","path":"id","type":"text"}]}]})");
    EXPECT_THAT(refused({"--rule", scene_.stage.path("bad.json")}),
                HasSubstr("job office/mine fills its column call_id with int64"));
}

// What a rule takes away needs a word, however it is given; what it adds does not.
TEST_F(Reports, NothingIsTakenAwayUnasked) {
    add_ruled_job();
    const std::string rule = scene_.stage.path("rule.json"), less = scene_.stage.path("less.json");
    scene_.stage.write("less.json",
                       R"({"tables":[{"name":"my_calls","key":["call_id"],"columns":[
                        {"name":"call_id","path":"id","type":"text"},
                        {"name":"site","path":"site","type":"text"}]}]})");
    // Nothing was made yet, so nothing is lost.
    EXPECT_THAT(scene_.run({"report", "check", "office/mine", "--rule", less}),
                HasSubstr("my_calls: is made, with"));
    scene_.run({"run", "office/mine"});
    EXPECT_THAT(scene_.run({"report", "check", "office/mine"}),
                HasSubstr("The tables stay as they are."));
    EXPECT_THAT(scene_.run({"report", "check", "office/mine", "--rule", less}),
                AllOf(HasSubstr("call_tags: is no longer filled"),
                      HasSubstr("column call_id stays INTEGER in the database"),
                      HasSubstr("column site (text) is added")));
    EXPECT_THAT(scene_.refused({"job", "edit", "office/mine", "--rule", less}),
                AllOf(HasSubstr("column at is no longer filled"), HasSubstr("--yes")));

    const std::string file = scene_.run({"export"});
    const auto rule_at = file.find("rule = ");
    ASSERT_NE(rule_at, std::string::npos) << file;
    std::string other = file;
    other.replace(rule_at, file.find('\n', rule_at) - rule_at,
                  R"(rule = '''{"tables":[{"name":"my_calls","key":["call_id"],"columns":[)"
                  R"({"name":"call_id","path":"id","type":"int64"}]}]}''')");
    // The stored key stays.
    const auto key_at = other.find("key_env");
    other.erase(key_at, other.find('\n', key_at) + 1 - key_at);
    scene_.stage.write("set-up.toml", other);
    const Words apply{"apply", "-f", scene_.stage.path("set-up.toml")};
    const auto with = [&](const std::string& flag) {
        Words words = apply;
        words.push_back(flag);
        return words;
    };
    EXPECT_THAT(scene_.refused(apply), AllOf(HasSubstr("job office/mine: my_calls: column at is no "
                                                       "longer filled"),
                                             HasSubstr("--yes")));
    EXPECT_THAT(scene_.run({"export"}), file) << "nothing was changed";
    EXPECT_THAT(scene_.run(with("--plan")), HasSubstr("call_tags: is no longer filled"));
    scene_.run(with("--yes"));
    EXPECT_THAT(scene_.run({"export"}), Not(HasSubstr("call_tags")));
    EXPECT_THAT(scene_.run(apply), HasSubstr("The store is as the file says."));
    // All of it is there still.
    EXPECT_THAT(scene_.run({"job", "edit", "office/mine", "--rule", rule}),
                Not(HasSubstr("my_calls")));
}

TEST_F(Reports, TheTablesAsTheyStandAreLookedAt) {
    add_ruled_job();
    scene_.run({"run", "office/mine"});
    const std::string file = scene_.stage.path("data/calls.db");
    sqlite::Connection(file).run(
        "ALTER TABLE my_calls DROP COLUMN page; DROP TABLE call_tags;"
        "CREATE TABLE orders (id INTEGER PRIMARY KEY, note TEXT)");
    EXPECT_THAT(scene_.run({"report", "check", "office/mine"}),
                AllOf(HasSubstr("my_calls: column page (text) is added"),
                      HasSubstr("call_tags: is made, with _id text")));
    scene_.run({"run", "office/mine"});
    EXPECT_THAT(scene_.run({"report", "check", "office/mine"}),
                HasSubstr("The tables stay as they are."));

    scene_.stage.write("orders.json",
                       R"({"tables":[{"name":"orders","key":["call_id"],"columns":[
                        {"name":"call_id","path":"id","type":"int64"}]}]})");
    const Words add{"job",    "add",    "--source", "office", "--name",
                    "orders", "--kind", "report",   "--rule", scene_.stage.path("orders.json")};
    EXPECT_THAT(scene_.refused(add), HasSubstr("orders: is there already and none of Ringtail's "
                                               "reports (it has id, note)"));
    // Where it cannot look, it says so, and what the rules alone tell.
    scene_.run({"destination", "add", "away", "--url", "postgres://nobody@127.0.0.1:1/calls"});
    scene_.run({"source", "edit", "office", "--destination", "away"});
    EXPECT_THAT(
        scene_.run({"report", "check", "office/mine", "--rule", scene_.stage.path("orders.json")}),
        AllOf(HasSubstr("The tables as they stand could not be looked at"),
              HasSubstr("call_tags: is no longer filled")));
}

// Against the tables of the load, whose rows other tests compare with the truth.
TEST(DialfireReports, TransactionsAndConnectionsOfADay) {
    sim::Simulation campaign(e2e::small_campaign(150));
    Scene scene;
    scene.add_dialfire(campaign);
    scene.run({"load", "campaign"});
    const std::string day = scene.value(
        "SELECT substr(fired, 1, 10) FROM df_transactions GROUP BY 1 ORDER BY count(*) DESC");
    scene.stage.write("rule.json", R"({"tables":[
      {"name":"deals","key":["id"],"columns":[
        {"name":"id","path":"id","type":"text"},
        {"name":"contact","path":"contact_id","type":"text"},
        {"name":"fired","path":"fired","type":"timestamp"},
        {"name":"task","path":"task","type":"text"},
        {"name":"edit","path":"edit_time_sec","type":"decimal"},
        {"name":"is_human","path":"isHI","type":"boolean"},
        {"name":"phone","path":"contact.$phone","type":"text"}]},
      {"name":"deal_calls","each":"connections","key":["id"],"where":".ended is not null",
       "columns":[{"name":"id","path":".id","type":"text"},
                  {"name":"ended","path":".disconnected","type":"timestamp"},
                  {"name":"deal","path":"id","type":"text"}]}]})");
    // Elements' fields can be asked for where a column has them.
    EXPECT_THAT(scene.refused({"job", "add", "--source", "campaign", "--name", "deals", "--kind",
                               "report", "--rule", scene.stage.path("rule.json")}),
                HasSubstr("tables[1].where"));
    std::string rule = scene.stage.read("rule.json");
    rule.replace(rule.find(".ended is"), 6, "\\\".disconnected\\\"");
    scene.stage.write("rule.json", rule);
    scene.run({"job", "add", "--source", "campaign", "--name", "deals", "--kind", "report",
               "--rule", scene.stage.path("rule.json")});
    scene.run({"run", "campaign/deals", "--from", day, "--to", day});
    const std::string of_day = " WHERE substr(fired, 1, 10) = '" + day + "'";
    const auto rows = [&](const std::string& select) {
        const auto all = test::sqlite_rows(scene.stage.path("data/calls.db"), select);
        return std::set<std::vector<std::string>>(all.begin(), all.end());
    };
    const auto deals = rows("SELECT id, contact, fired, task, edit, is_human, phone FROM deals");
    EXPECT_GT(deals.size(), 3U);
    EXPECT_TRUE(deals ==
                rows("SELECT id, contact_id, fired, task, edit_time_sec, isHI, (SELECT \"$phone\" "
                     "FROM df_contacts WHERE \"$id\" = contact_id) FROM df_transactions" +
                     of_day));
    const auto calls = rows("SELECT id, ended, deal FROM deal_calls");
    EXPECT_TRUE(calls == rows("SELECT id, disconnected, transaction_id FROM df_connections "
                              "WHERE coalesce(isThirdPartyConnection, '0') = '0' AND "
                              "transaction_id IN (SELECT id FROM df_transactions" +
                              of_day + ")"));

    scene.run({"job", "add", "--source", "campaign", "--name", "calls", "--kind", "report",
               "--type", "connections", "--fields", "id,transaction_id,transaction.task",
               "--filter", "disconnected is not null"});
    scene.run({"run", "campaign/calls", "--from", day, "--to", day});
    EXPECT_TRUE(rows("SELECT json_extract(row_data, '$.id'), json_extract(row_data, "
                     "'$.transaction_id'), json_extract(row_data, '$.\"transaction.task\"') FROM "
                     "dialfire_reports") ==
                rows("SELECT c.id, t.id, t.task FROM df_connections c JOIN df_transactions t ON "
                     "t.id = c.transaction_id WHERE substr(t.fired, 1, 10) = '" +
                     day + "'"));
    EXPECT_GT(scene.count("dialfire_reports"), 0U);
    EXPECT_THAT(scene.refused({"job", "add", "--source", "campaign", "--name", "x", "--kind",
                               "report", "--fields", "edit_time_se"}),
                HasSubstr("Did you mean edit_time_sec?"));
}

}  // namespace
}  // namespace ringtail::service
