#include "reconcile_dialfire/bureau.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <thread>

#include "base/time_text.hpp"
#include "json/document.hpp"
#include "sqlite/connection.hpp"
#include "support/clickhouse_server.hpp"

namespace ringtail::fault {
namespace {

std::string key_of(const std::string& table) { return table == "df_contacts" ? "$id" : "id"; }

std::size_t place_of(const contract::Dump& dump, const std::string& column) {
    const auto found = std::ranges::find(dump.columns, column);
    EXPECT_NE(found, dump.columns.end()) << column;
    return static_cast<std::size_t>(found - dump.columns.begin());
}

std::string text_of(JsonValue value) {
    std::string scratch;
    return std::string(value.text_or_raw(scratch));
}

}  // namespace

sim::Options few_days(std::uint32_t contacts) {
    sim::Options options;
    options.contacts = contacts;
    options.odd = 0;
    options.gone = 0;
    options.days = 10;
    options.first_day = format_day(SystemClock().now() - std::chrono::days(12));
    return options;
}

Bureau::Bureau(DatabaseKind kind, const sim::Options& options) : scene(kind, options) {
    // The transactions of a contact lie within the week before its last change.
    first_day_ = format_day(*parse_time(options.first_day) - std::chrono::days(8));
}

std::string Bureau::time_text(Instant time) const {
    const std::string text = format_time(time);
    return is_mysql() || is_clickhouse() ? text.substr(0, 10) + " " + text.substr(11, 12) : text;
}

std::string Bureau::a_day() const {
    return time_text(*parse_time(scene.campaign().options().first_day) + std::chrono::hours(106));
}

std::string Bureau::records() {
    std::string lines;
    for (const auto& row : scene.database().dump("ringtail_reconciliation").rows) {
        for (const auto& value : row) lines += value.value_or("-").substr(0, 60) + " | ";
        lines += '\n';
        if (lines.size() > 4'000) break;
    }
    return lines;
}

void Bureau::recover() {
    sqlite::Connection(scene.folder() + "/data/control.db")
        .run("UPDATE runs SET state = 'failed', ended = 1 WHERE state = 'running'");
}

test::Outcome Bureau::run(const Words& words, const Environment& environment) const {
    Words all{program()};
    all.insert(all.end(), words.begin(), words.end());
    Environment with = environment;
    with["RINGTAIL_DATA"] = scene.folder() + "/data";
    return test::Process(all, with, scene.folder()).wait();
}

void Bureau::connect(const Words& further) {
    const auto db = run({"destination", "add", "db", "--url", scene.database().url()});
    EXPECT_EQ(db.code, 0) << db.out << db.err;
    Words words{"source",
                "add",
                "dialfire",
                "--name",
                "campaign",
                "--campaign",
                scene.campaign().options().campaign,
                "--api",
                scene.campaign().base_url(),
                "--retry-pause",
                "20ms",
                "--destination",
                "db"};
    words.insert(words.end(), further.begin(), further.end());
    const auto added = run(words, {{"RINGTAIL_KEY", scene.campaign().options().token}});
    EXPECT_EQ(added.code, 0) << added.out << added.err;
}

void Bureau::add_other(const sim::Options& options) {
    sim::Simulation& other = scene.add_campaign(options);
    const auto added =
        run({"source", "add", "dialfire", "--name", "other", "--campaign", other.options().campaign,
             "--api", other.base_url(), "--retry-pause", "20ms", "--destination", "db"},
            {{"RINGTAIL_KEY", other.options().token}});
    EXPECT_EQ(added.code, 0) << added.out << added.err;
}

void Bureau::load(const std::string& source) {
    const auto loaded = run({"load", source});
    EXPECT_TRUE(loaded.code == 0 || loaded.code == 3) << loaded.out << loaded.err;
}

Reconciled Bureau::reconcile(Words further, const Environment& environment) {
    Words words{"reconcile", "campaign"};
    const bool has_days = std::ranges::find(further, "--from") != further.end();
    if (!has_days) words.insert(words.end(), {"--from", first_day_});
    words.insert(words.end(), further.begin(), further.end());
    const auto outcome = run(words, environment);
    Reconciled result{outcome.code, outcome.signal, outcome.out + outcome.err, "", 0};
    const auto journal = run({"journal", "--source", "campaign", "--kind", "reconcile", "--limit",
                              "1", "--output", "json"});
    if (journal.code != 0 || journal.out.empty()) return result;
    const std::string line = journal.out.substr(0, journal.out.find('\n'));
    const JsonDocument document(line);
    result.message = text_of(document.root().find("message"));
    const std::string requests = text_of(document.root().find("requests"));
    if (!requests.empty()) result.requests = std::stoull(requests);
    return result;
}

std::vector<std::string> Bureau::choose(const std::string& table, std::size_t rows) {
    const auto dump = scene.database().dump(table);
    const std::size_t key = place_of(dump, key_of(table));
    std::vector<std::string> keys;
    for (const auto& row : dump.rows)
        if (!chosen_[table].contains(*row[key])) keys.push_back(*row[key]);
    std::ranges::sort(keys);
    std::mt19937_64 dice(20240305);
    std::ranges::shuffle(keys, dice);
    EXPECT_GE(keys.size(), rows) << table;
    keys.resize(std::min(rows, keys.size()));
    chosen_[table].insert(keys.begin(), keys.end());
    return keys;
}

std::string Bureau::where(const std::string& table, const std::vector<std::string>& keys) const {
    std::string list;
    for (const std::string& key : keys) list += (list.empty() ? "'" : ",'") + key + "'";
    return " WHERE \"" + key_of(table) + "\" IN (" + list + ")";
}

// Such changes are made in the background.
void Bureau::mutate(const std::string& table, const std::string& what) {
    const std::string url = scene.database().url();
    const std::size_t begin = url.rfind('/') + 1;
    const std::string name = url.substr(begin, url.find('?', begin) - begin);
    auto& server = test::ClickHouseServer::shared();
    server.query(name, "ALTER TABLE " + table + " " + what);
    while (!server
                .query(name,
                       "SELECT 1 FROM system.mutations WHERE database = currentDatabase() "
                       "AND is_done = 0")
                .empty()) {
        std::this_thread::yield();
    }
}

void Bureau::remove(const std::string& table, const std::vector<std::string>& keys) {
    if (is_clickhouse()) return mutate(table, "DELETE" + where(table, keys));
    scene.database().run("DELETE FROM " + table + where(table, keys));
}

void Bureau::change(const std::string& table, const std::string& column, const std::string& value,
                    const std::vector<std::string>& keys) {
    const std::string change = '"' + column + "\" = " + value;
    if (is_clickhouse()) return mutate(table, "UPDATE " + change + where(table, keys));
    scene.database().run("UPDATE " + table + " SET " + change + where(table, keys));
}

void Bureau::add(const std::string& table, const std::vector<std::string>& keys,
                 const std::map<std::string, std::string>& changes) {
    std::string into, from;
    for (const std::string& column : scene.database().dump(table).columns) {
        const auto change = changes.find(column);
        std::string value = '"' + column + '"';
        if (column == key_of(table)) {
            const bool is_contact = table == "df_contacts";
            const std::string begin = is_contact ? "'2222'" : "'X'";
            const std::string rest = "substr(" + value + (is_contact ? ", 5)" : ", 2)");
            value = is_mysql() || is_clickhouse() ? "concat(" + begin + ", " + rest + ")"
                                                  : begin + " || " + rest;
        }
        if (change != changes.end()) value = change->second;
        into += (into.empty() ? "\"" : ", \"") + column + '"';
        from += (from.empty() ? "" : ", ") + value;
    }
    scene.database().run("INSERT INTO " + table + " (" + into + ") SELECT " + from + " FROM " +
                         table + (is_clickhouse() ? "_current" : "") + where(table, keys));
}

void Bureau::let_two_hours_pass() {
    const std::string before = time_text(SystemClock().now() - std::chrono::hours(2));
    for (const std::string& table : kTables) {
        const std::string change = "\"_missing_at_source_since\" = '" + before +
                                   "' WHERE \"_missing_at_source_since\" IS NOT NULL";
        if (is_clickhouse())
            mutate(table, "UPDATE " + change);
        else
            scene.database().run("UPDATE " + table + " SET " + change);
    }
}

std::vector<std::string> Bureau::keys(const std::string& table, const std::string& column,
                                      const std::optional<std::string>& value) {
    const auto dump = scene.database().dump(table);
    const std::size_t key = place_of(dump, key_of(table)), of = place_of(dump, column);
    std::vector<std::string> keys;
    for (const auto& row : dump.rows)
        if (row[of] == value) keys.push_back(row[key].value_or(""));
    std::ranges::sort(keys);
    return keys;
}

std::size_t Bureau::rows(const std::string& table) {
    return scene.database().dump(table).rows.size();
}

std::size_t Bureau::marked() {
    std::size_t marked = 0;
    for (const std::string& table : kTables) {
        const auto dump = scene.database().dump(table);
        const auto mark = std::ranges::find(dump.columns, "_missing_at_source_since");
        if (mark == dump.columns.end()) continue;
        const auto place = static_cast<std::size_t>(mark - dump.columns.begin());
        for (const auto& row : dump.rows) marked += row[place] ? 1U : 0U;
    }
    return marked;
}

}  // namespace ringtail::fault
