#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "callkeeper/databases/servers.hpp"
#include "contract/fixture.hpp"
#include "source/callkeeper/tables.hpp"
#include "source/dialfire/calls_part.hpp"
#include "source/dialfire/decode.hpp"

// The same calls of both services in each database: the views show the same rows, which are
// written down here by hand.
namespace ringtail::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Table → rows, each as "column=value column=value".
using Rows = std::map<std::string, std::vector<std::string>>;

const std::string kCampaign = "ZX5CAMP9W2K7RTLB";

// The third-party leg k1b belongs to k1; t9 and k9 are another campaign's; k3 calls +4930111 back
// between two calls of theirs. Clocks in Berlin are put forward at 2024-03-31 01:00 UTC and back at
// 2024-10-27 01:00 UTC.
// NOLINTBEGIN(bugprone-suspicious-missing-comma): a row may go on in the next line.
const Rows kDialfire{
    {"df_contacts",
     {"$id=c1 $campaign_id=" + kCampaign + " $source=fair", "$id=c2 $campaign_id=ANOTHER"}},
    {"df_transactions",
     {"id=t1 contact_id=c1 user_loginName=jana status=success status_detail=Termin",
      "id=t2 contact_id=c1 status=open", "id=t9 contact_id=c2"}},
    {"df_connections",
     {"id=k1 transaction_id=t1 contact_id=c1 started=2024-03-31T00:59:58.900Z "
      "connected=2024-03-31T01:00:10.100Z disconnected=2024-03-31T01:03:00.050Z "
      "remote_number=+4930100",
      "id=k1b transaction_id=t1 contact_id=c1 parent_connection_id=k1 "
      "started=2024-03-31T01:01:00.000Z",
      "id=k2 transaction_id=t2 contact_id=c1 user=5f3a fired=2024-03-31T01:00:00.000Z "
      "disconnected=2024-03-31T01:00:30.000Z phone=+4930100",
      "id=k3 transaction_id=t2 contact_id=c1 user=5f3a started=2024-10-27T00:45:00.000Z "
      "connected=2024-10-27T00:45:00.000Z disconnected=2024-10-27T00:46:00.000Z "
      "remote_number=+4930111",
      "id=k9 transaction_id=t9 contact_id=c2 started=2024-03-31T01:00:00.000Z"}},
    {"df_recordings",
     {"id=r2 connection_id=k1 location=https://b", "id=r1 connection_id=k1 location=https://a"}},
    {"df_inbound_calls",
     {"id=i1 campaign_id=" + kCampaign +
          " remote_number=+4930111 disposition=abandoned "
          "started=2024-10-27T00:30:00.000Z disconnected=2024-10-27T00:30:20.000Z",
      "id=i2 campaign_id=" + kCampaign +
          " remote_number=+4930111 disposition=abandoned "
          "started=2024-10-27T01:30:00.000Z disconnected=2024-10-27T01:30:11.000Z",
      "id=i3 campaign_id=" + kCampaign +
          " remote_number=anonymous "
          "started=2024-10-27T02:00:00.000Z disconnected=2024-10-27T02:00:01.000Z",
      "id=i4 campaign_id=" + kCampaign +
          " remote_number=+4930144 user=o'neill "
          "started=2024-10-27T03:00:00.000Z connected=2024-10-27T03:00:01.000Z"}}};
// NOLINTEND(bugprone-suspicious-missing-comma)

// Moscow gave up an hour for good at 2014-10-25 22:00 UTC.
const Rows kMoscow{
    {"callkeeper_calls",
     {"id=70 account_id=7 call_id=700 call_date=2014-10-25T21:59:59.000Z status_code=200 "
      "status2_code=200 status_reason=OK manager_phone=84951 manager_phone_e164=+74951 "
      "client_phone=89261 client_phone_e164=+79261 record_url=https://r/700",
      "id=71 account_id=7 call_id=701 call_date=2014-10-25T22:00:00.000Z status_code=200 "
      "status2_code=486 status_reason=OK status2_reason=Busy manager_phone=84951 "
      "client_phone_e164=+79261",
      "id=72 account_id=7 call_id=702 call_date=2014-10-25T22:10:00.000Z status_code=1 "
      "status2_code=0"}},
    {"callkeeper_calls_facts",
     {"id=70 calls_id=70 account_id=7 traffic_id=2 duration=75 talk_duration=60",
      "id=71 calls_id=71 account_id=7 traffic_id=1 duration=20 talk_duration=0",
      "id=72 calls_id=72 account_id=7 traffic_id=1 duration=0 talk_duration=0"}}};

const Rows kUtc{
    {"callkeeper_calls",
     {"id=80 account_id=8 call_id=700 call_date=2024-05-01T23:59:59.999Z status_code=487 "
      "status2_code=0"}},
    {"callkeeper_calls_facts",
     {"id=80 calls_id=80 account_id=8 traffic_id=1 duration=9 talk_duration=0"}}};

dialfire::Options campaign() {
    dialfire::Options options;
    options.campaign = kCampaign;
    options.zone = "Europe/Berlin";
    return options;
}

Batch batch_of(const Table& table, const std::vector<std::string>& rows) {
    Batch batch(table);
    for (const std::string& row : rows) {
        batch.add_null_row();
        std::istringstream words(row);
        for (std::string word; words >> word;) {
            const std::size_t equals = word.find('=');
            const std::string value = word.substr(equals + 1);
            const auto column =
                std::ranges::find(table.columns, word.substr(0, equals), &Column::name);
            if (column == table.columns.end()) throw std::logic_error("no column " + word);
            batch.set(
                static_cast<std::size_t>(column - table.columns.begin()),
                column->type == Type::int64 ? contract::number(value) : contract::text(value));
        }
        batch.end_row();
    }
    return batch;
}

class CallsViews : public testing::TestWithParam<const char*> {
  protected:
    static std::unique_ptr<CallDatabase> make() {
        return std::string(GetParam()) == "SQLite" ? make_sqlite_database()
                                                   : make_server_database(GetParam());
    }

    std::unique_ptr<Destination> load(const std::vector<Table>& tables, const CallsPart& part,
                                      const Rows& rows) {
        auto destination = database_->connect(clock_, log_);
        const auto prepared = destination->prepare(tables);
        destination->create_calls(part);
        const std::string stream = part.service + "/" + part.source;
        const std::string holder = this_holder();
        destination->streams().hold(stream, holder);
        std::vector<Batch> batches;
        for (const Table& table : prepared) {
            const auto found = rows.find(table.name);
            batches.push_back(
                batch_of(table, found == rows.end() ? std::vector<std::string>{} : found->second));
        }
        const Checkpoint after{"one"};
        destination->load({batches, {}, {}, stream, holder, &after, contract::kFirst}, {});
        return destination;
    }

    std::unique_ptr<Destination> load_dialfire() {
        return load(dialfire::make_tables({}, campaign()), dialfire::make_calls_part(campaign()),
                    kDialfire);
    }

    void load_callkeeper(std::int64_t account, const std::string& zone, Rows rows) {
        callkeeper::Options options;
        options.account_id = account;
        options.zone = zone;
        for (const char* table :
             {"general_dates", "general_clientids", "general_sites", "general_locations"})
            rows[table] = {"id=1"};
        rows["general_traffic"] = {"id=1", "id=2 source=яндекс"};
        for (std::string& fact : rows["callkeeper_calls_facts"])
            fact += " dates_id=1 clientids_id=1 sites_id=1 locations_id=1";
        load(callkeeper::make_tables(options), *callkeeper::make_calls_part(options), rows);
    }

    void load_all() {
        load_dialfire();
        load_callkeeper(7, "Europe/Moscow", kMoscow);
        load_callkeeper(8, "UTC", kUtc);
    }

    // All of a view, as lines in their order.
    std::vector<std::string> lines(const std::string& columns, const std::string& view) {
        std::vector<std::string> lines;
        for (Texts& row : database_->rows("SELECT " + columns + " FROM " + view)) {
            std::string line;
            for (std::string& value : row) {
                // PostgreSQL says that a time is UTC.
                if (value.size() == 22 && value.ends_with("+00")) value.resize(19);
                line += (line.empty() ? "" : "|") + value;
            }
            lines.push_back(line);
        }
        std::ranges::sort(lines);
        return lines;
    }

    SystemClock clock_;
    contract::LogLines log_;
    std::unique_ptr<CallDatabase> database_ = make();
};

TEST_P(CallsViews, CallsOfAllSourcesInOneView) {
    load_all();
    EXPECT_EQ(log_.count("left as they are"), 0U);
    EXPECT_THAT(
        lines("service, source, call_id, called_at, called_local, local_date, local_hour, zone",
              "calls"),
        ElementsAre(
            "callkeeper|7|700|2014-10-25 21:59:59|2014-10-26 01:59:59|2014-10-26|1|Europe/Moscow",
            "callkeeper|7|701|2014-10-25 22:00:00|2014-10-26 01:00:00|2014-10-26|1|Europe/Moscow",
            "callkeeper|7|702|2014-10-25 22:10:00|2014-10-26 01:10:00|2014-10-26|1|Europe/Moscow",
            "callkeeper|8|700|2024-05-01 23:59:59|2024-05-01 23:59:59|2024-05-01|23|UTC",
            "dialfire|ZX5CAMP9W2K7RTLB|i1|2024-10-27 00:30:00|2024-10-27 02:30:00|2024-10-27|2|"
            "Europe/Berlin",
            "dialfire|ZX5CAMP9W2K7RTLB|i2|2024-10-27 01:30:00|2024-10-27 02:30:00|2024-10-27|2|"
            "Europe/Berlin",
            "dialfire|ZX5CAMP9W2K7RTLB|i3|2024-10-27 02:00:00|2024-10-27 03:00:00|2024-10-27|3|"
            "Europe/Berlin",
            "dialfire|ZX5CAMP9W2K7RTLB|i4|2024-10-27 03:00:00|2024-10-27 04:00:00|2024-10-27|4|"
            "Europe/Berlin",
            "dialfire|ZX5CAMP9W2K7RTLB|k1|2024-03-31 00:59:58|2024-03-31 01:59:58|2024-03-31|1|"
            "Europe/Berlin",
            "dialfire|ZX5CAMP9W2K7RTLB|k2|2024-03-31 01:00:00|2024-03-31 03:00:00|2024-03-31|3|"
            "Europe/Berlin",
            "dialfire|ZX5CAMP9W2K7RTLB|k3|2024-10-27 00:45:00|2024-10-27 02:45:00|2024-10-27|2|"
            "Europe/Berlin"));
    EXPECT_THAT(
        lines("call_id, direction, agent, client_phone, state, result, talk_seconds, "
              "wait_seconds, traffic_source, recording_url",
              "calls"),
        ElementsAre("700|callback|+74951|+79261|answered|OK|60|15|яндекс|https://r/700",
                    "700|callback|||unanswered||0|9||",
                    "701|callback|84951|+79261|unanswered|Busy|0|20||",
                    "702|callback|||open||0|0||", "i1|in||+4930111|unanswered|abandoned|0|20||",
                    "i2|in||+4930111|unanswered|abandoned|0|11||",
                    "i3|in||anonymous|unanswered||0|1||", "i4|in|o'neill|+4930144|open||0|1||",
                    "k1|out|jana|+4930100|answered|Termin|170|12|fair|https://a",
                    "k2|out|5f3a|+4930100|unanswered|open|0|30|fair|",
                    "k3|out|5f3a|+4930111|answered|open|60|0|fair|"));
}

TEST_P(CallsViews, HoursAgentsAndTheMissed) {
    load_all();
    EXPECT_THAT(lines("service, source, local_date, local_hour, direction, calls, answered, "
                      "unanswered, talk_seconds, wait_seconds",
                      "calls_per_hour"),
                ElementsAre("callkeeper|7|2014-10-26|1|callback|3|1|1|60|35",
                            "callkeeper|8|2024-05-01|23|callback|1|0|1|0|9",
                            "dialfire|ZX5CAMP9W2K7RTLB|2024-03-31|1|out|1|1|0|170|12",
                            "dialfire|ZX5CAMP9W2K7RTLB|2024-03-31|3|out|1|0|1|0|30",
                            "dialfire|ZX5CAMP9W2K7RTLB|2024-10-27|2|in|2|0|2|0|31",
                            "dialfire|ZX5CAMP9W2K7RTLB|2024-10-27|2|out|1|1|0|60|0",
                            "dialfire|ZX5CAMP9W2K7RTLB|2024-10-27|3|in|1|0|1|0|1",
                            "dialfire|ZX5CAMP9W2K7RTLB|2024-10-27|4|in|1|0|0|0|1"));
    EXPECT_THAT(
        lines("service, local_date, agent, calls, answered, talk_seconds, first_call, last_call",
              "agent_day"),
        ElementsAre("callkeeper|2014-10-26|+74951|1|1|60|2014-10-26 01:59:59|2014-10-26 01:59:59",
                    "callkeeper|2014-10-26|84951|1|0|0|2014-10-26 01:00:00|2014-10-26 01:00:00",
                    "dialfire|2024-03-31|5f3a|1|0|0|2024-03-31 03:00:00|2024-03-31 03:00:00",
                    "dialfire|2024-03-31|jana|1|1|170|2024-03-31 01:59:58|2024-03-31 01:59:58",
                    "dialfire|2024-10-27|5f3a|1|1|60|2024-10-27 02:45:00|2024-10-27 02:45:00",
                    "dialfire|2024-10-27|o'neill|1|0|0|2024-10-27 04:00:00|2024-10-27 04:00:00"));
    // i1 was called back by k3; who is anonymous cannot be.
    EXPECT_THAT(lines("client_phone, calls, first_missed_at, last_missed_at, last_missed_local, "
                      "wait_seconds",
                      "missed_and_not_called_back"),
                ElementsAre("+4930111|1|2024-10-27 01:30:00|2024-10-27 01:30:00|"
                            "2024-10-27 02:30:00|11",
                            "+79261|1|2014-10-25 22:00:00|2014-10-25 22:00:00|"
                            "2014-10-26 01:00:00|20"));
}

TEST_P(CallsViews, AreLeftAloneUntilSomethingChanges) {
    auto destination = load_dialfire();
    const std::size_t made = log_.count("view ");
    EXPECT_EQ(log_.count("view created"), 5U);
    auto options = campaign();
    destination->create_calls(dialfire::make_calls_part(options));
    EXPECT_EQ(log_.count("view "), made);
    options.zone = "Asia/Yekaterinburg";
    destination->create_calls(dialfire::make_calls_part(options));
    EXPECT_EQ(log_.count("view "), made + 1) << "the part alone";
    EXPECT_EQ(lines("called_local", "calls WHERE call_id = 'k2'").at(0), "2024-03-31 06:00:00");
    EXPECT_EQ(log_.count("left as they are"), 0U);
}

// In names of their own they stand beside the first.
TEST_P(CallsViews, MayHaveAPrefix) {
    auto destination = load_dialfire();
    auto options = campaign();
    options.views_prefix = "rt_";
    destination->create_calls(dialfire::make_calls_part(options));
    EXPECT_EQ(lines("count(*)", "rt_calls"), lines("count(*)", "calls"));
    EXPECT_EQ(lines("count(*)", "rt_calls").at(0), "7");
}

TEST_P(CallsViews, NeverTouchWhatSomebodyElseMade) {
    Table own = {.name = "agent_day",
                 .columns = {{"id"}, {"n", Type::int64}},
                 .key = {"id"},
                 .references = {},
                 .fingerprint = "",
                 .changed = "",
                 .rest = ""};
    database_->connect(clock_, log_)->prepare(std::vector{own});
    auto destination = load_dialfire();
    EXPECT_EQ(log_.count("left as they are"), 1U);
    EXPECT_THAT(lines("id, n", "agent_day"), IsEmpty());
    // Loads are not held up.
    EXPECT_EQ(lines("count(*)", database_->table("df_connections")).at(0), "5");
}

// A number that is wider than its column: the views above it stand in no way.
TEST_P(CallsViews, DoNotHinderTheTables) {
    load_all();
    Rows wider = kMoscow;
    wider["callkeeper_calls_facts"] = {
        "id=71 calls_id=71 account_id=7 traffic_id=1 duration=20.25 talk_duration=0"};
    load_callkeeper(7, "Europe/Moscow", wider);
    const std::string facts = database_->table("callkeeper_calls_facts");
    EXPECT_EQ(lines("count(*)", facts + " WHERE duration > 20 AND duration < 75").at(0), "1");
    EXPECT_EQ(lines("wait_seconds", "calls WHERE call_id = '701'").at(0), "20");
    EXPECT_EQ(lines("count(*)", "missed_and_not_called_back").at(0), "2");
    const std::size_t made = log_.count("view ");
    load_callkeeper(7, "Europe/Moscow", wider);
    EXPECT_EQ(log_.count("view "), made) << "they are as they were";
    EXPECT_EQ(log_.count("left as they are"), 0U);
}

INSTANTIATE_TEST_SUITE_P(All, CallsViews,
                         testing::Values("SQLite", "PostgreSQL", "MariaDB", "ClickHouse"),
                         [](const auto& kind) { return std::string(kind.param); });

}  // namespace
}  // namespace ringtail::test
