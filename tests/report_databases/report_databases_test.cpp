#include <gmock/gmock.h>

#include <csignal>
#include <functional>
#include <set>

#include "base/time_text.hpp"
#include "service/scene.hpp"
#include "support/clickhouse_server.hpp"
#include "support/mariadb_server.hpp"
#include "support/postgres_server.hpp"

namespace ringtail::service {
namespace {

using namespace std::chrono_literals;

using Rows = std::set<std::vector<std::string>>;

// An empty database of a server.
struct Place {
    std::string url;
    std::function<std::vector<std::vector<std::string>>(const std::string&)> query;
    std::string suffix = {};  // of the name of what holds one row for each key
};

template <typename Server>
Place place_on(Server& server, std::string suffix = {}) {
    const std::string name = server.create_database();
    return {server.url(name),
            [&server, name](const std::string& sql) {
                std::vector<std::vector<std::string>> all;
                for (const auto& row : server.query(name, sql)) {
                    all.emplace_back();
                    for (const auto& value : row) all.back().push_back(value.value_or(""));
                }
                return all;
            },
            std::move(suffix)};
}

Place make_place(const std::string& kind) {
    if (kind == "PostgreSQL") return place_on(test::PostgresServer::shared());
    if (kind == "MariaDB") return place_on(test::MariadbServer::shared());
    return place_on(test::ClickHouseServer::shared(), "_current");
}

constexpr std::string_view kRule = R"({"tables":[
  {"name":"my_calls","key":["call_id"],"columns":[
    {"name":"call_id","path":"id","type":"int64"},
    {"name":"status","path":"status_code","type":"int64"},
    {"name":"client","path":"phone2","type":"text"},
    {"name":"page","path":"session.cpg","type":"text"},
    {"name":"good","const":true,"type":"boolean"}]},
  {"name":"call_tags","each":"tags","key":["call_id","tag"],"columns":[
    {"name":"call_id","path":"id","type":"int64"},
    {"name":"tag","path":".","type":"text"}]}]})";

class ReportsOn : public testing::TestWithParam<const char*> {
  protected:
    ReportsOn() : calls_(small_account(3, 60)), place_(make_place(GetParam())) {
        scene_.run({"destination", "add", "db", "--url", place_.url});
        scene_.add_callkeeper(calls_, "office", {"--settle", "off", "--destination", "db"});
        scene_.stage.write("rule.json", kRule);
        scene_.run({"job", "add", "--source", "office", "--name", "mine", "--kind", "report",
                    "--last-days", "4", "--rule", scene_.stage.path("rule.json")});
    }
    Rows wanted() const {
        Rows all;
        calls_.truth("callkeeper_calls", {}, [&](std::string_view json) {
            const std::string row(json);
            const auto text = [&](const char* name) {
                const std::string value = member(row, name);
                return value == "null" ? "" : value;
            };
            all.insert({text("call_id"), format_day(*parse_time(text("call_date"))),
                        text("status_code"), text("client_phone"), text("page")});
        });
        return all;
    }
    Rows stored() const {
        const auto rows = place_.query(
            "SELECT call_id, simple_date, status, client, page FROM "
            "my_calls" +
            place_.suffix);
        Rows all(rows.begin(), rows.end());
        EXPECT_EQ(all.size(), rows.size());
        return all;
    }
    std::string count(const std::string& from) const {
        return place_.query("SELECT count(*) FROM " + from).at(0).at(0);
    }
    std::string last(const std::string& name) const {
        return member(scene_.last_run("office", "report"), name);
    }

    sim::CallKeeper calls_;
    const Place place_;
    Scene scene_;
};

TEST_P(ReportsOn, ADayIsReplacedWhole) {
    scene_.run({"run", "office/mine"});
    EXPECT_EQ(last("state"), "done") << last("message");
    EXPECT_TRUE(stored() == wanted());
    EXPECT_NE(count("call_tags" + place_.suffix), "0");
    scene_.run({"run", "office/mine"});
    const std::string rows = last("rows");
    EXPECT_EQ(member(rows, "added") + member(rows, "updated") + member(rows, "deleted"), "000");
    calls_.change(40);
    calls_.remove(40);
    scene_.run({"run", "office/mine"});
    EXPECT_TRUE(stored() == wanted());
    // Days are a job's own.
    scene_.run({"job", "add", "--source", "office", "--name", "json", "--kind", "report",
                "--fields", "id,tags", "--filter", "status_code = 200", "--last-days", "4"});
    scene_.run({"run", "office/json"});
    EXPECT_EQ(last("state"), "done") << last("message");
    EXPECT_EQ(count("callkeeper_reports" + place_.suffix),
              count("my_calls" + place_.suffix + " WHERE status = 200"));
    EXPECT_TRUE(stored() == wanted());
}

// ClickHouse knows no transactions: docs/guarantees.md says what it promises.
class KilledReportsOn : public ReportsOn {};

TEST_P(KilledReportsOn, LeaveWholeDays) {
    scene_.run({"run", "office/mine"});
    const Rows before = stored();
    calls_.change(60);
    calls_.remove(60);
    const Rows after = wanted();
    ASSERT_FALSE(before == after);
    scene_.run({"job", "edit", "office", "--schedule", "manual"});
    scene_.start({}, {{"RINGTAIL_FAILPOINT", "merge_done:5"}});
    e2e::wait_for_output(scene_.process(), "\"serving\"");
    scene_.run({"run", "office/mine"});
    ASSERT_EQ(scene_.process().wait(60s).signal, SIGKILL);
    const Rows between = stored();
    EXPECT_FALSE(between == after);
    for (unsigned days = 0; days < 5; ++days) {
        const std::string day = format_day(SystemClock().now() - std::chrono::days(days));
        const auto of_day = [&](const Rows& rows) {
            Rows some;
            for (const auto& row : rows)
                if (row[1] == day) some.insert(row);
            return some;
        };
        const Rows now = of_day(between);
        EXPECT_TRUE(now == of_day(before) || now == of_day(after)) << day;
    }
    scene_.start();
    scene_.wait("it goes on", [&] { return last("state") == "done"; });
    EXPECT_TRUE(stored() == after);
}

INSTANTIATE_TEST_SUITE_P(Each, ReportsOn, testing::Values("PostgreSQL", "MariaDB", "ClickHouse"),
                         [](const auto& at) { return std::string(at.param); });
INSTANTIATE_TEST_SUITE_P(Each, KilledReportsOn, testing::Values("PostgreSQL", "MariaDB"),
                         [](const auto& at) { return std::string(at.param); });

}  // namespace
}  // namespace ringtail::service
