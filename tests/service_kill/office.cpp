#include "service_kill/office.hpp"

#include <fmt/core.h>

#include <csignal>
#include <stdexcept>

#include "sqlite/connection.hpp"

namespace ringtail::service {
namespace {

using namespace std::chrono_literals;
using test::Texts;

using Feeds = OfficeOptions::Feeds;

std::string sum_of(FileRows& file, const std::string& table, const std::string& column) {
    return file.rows(fmt::format("SELECT coalesce(sum({}), 0) FROM {}", column, table)).at(0).at(0);
}

}  // namespace

Office::Office(const OfficeOptions& options)
    : feeds_(options.feeds), calls_(small_account(3, feeds_ == Feeds::hooks ? 600 : 100)) {
    Words words{"--settle", "off"};
    if (!options.destination.empty()) {
        scene_.run({"destination", "add", "db", "--url", options.destination});
        words.insert(words.end(), {"--destination", "db"});
    }
    scene_.add_callkeeper(calls_, "office", words);
    // So that the port is known to the senders.
    scene_.run({"job", "edit", "office", "--schedule", "manual"});
    scene_.serve();
    const std::string address = scene_.hook_address();
    scene_.stop(10s);
    if (feeds_ == Feeds::all) scene_.run({"job", "edit", "office", "--schedule", "every 1h"});
    sender_ = std::jthread([this, address] { send_hooks(address); });
}

void Office::send_hooks(const std::string& address) {
    sim::HookOptions options{.url = address, .per_second = 600, .attempts = 1'000'000};
    for (int round = 0; round == 0 || (feeds_ == Feeds::all && !done_); ++round) {
        // Another form each time, so that every round changes rows.
        options.format = round % 2 == 0 ? "json" : "form";
        const auto counts = calls_.send_hooks(options);
        sent_.acknowledged += counts.acknowledged;
        sent_.unanswered += counts.unanswered;
        sent_.refused.insert(counts.refused.begin(), counts.refused.end());
        sent_.acknowledged_calls = counts.acknowledged_calls;
    }
}

FileRows Office::file(const std::string& name) const {
    return FileRows(scene_.stage.path("data/" + name));
}

std::string Office::control(const std::string& select) const {
    const auto rows = file("control.db").rows(select);
    return rows.empty() ? "" : rows[0][0];
}

void Office::make_load_due() const {
    if (feeds_ == Feeds::hooks) return;
    sqlite::Connection db(scene_.stage.path("data/control.db"));
    db.run("UPDATE jobs SET next_due = created WHERE name = 'load'");
}

void Office::note_death() {
    for (const Texts& run :
         file("control.db").rows("SELECT number, claim FROM runs WHERE state = 'running'"))
        cut_off_.emplace(run[0], run[1]);
}

bool Office::dies_at(const std::string& failpoint) {
    make_load_due();
    scene_.start({}, {{"RINGTAIL_FAILPOINT", failpoint}});
    const bool died =
        scene_.process().ended_within(60s) && scene_.process().wait().signal == SIGKILL;
    if (!died) scene_.kill();
    note_death();
    return died;
}

void Office::dies_after(std::chrono::milliseconds life) {
    make_load_due();
    scene_.start();
    if (scene_.process().ended_within(life)) {
        throw std::runtime_error("the service ended by itself: " + scene_.process().err_so_far());
    }
    scene_.kill();
    note_death();
}

std::vector<std::string> Office::wrong_in_the_end(test::CallTables& tables) {
    scene_.serve();
    done_ = true;
    sender_.join();
    make_load_due();
    std::vector<std::string> wrong;
    scene_.wait("all is loaded", [&] {
        const bool rests =
            control("SELECT count(*) FROM runs WHERE ended IS NULL") == "0" &&
            control("SELECT count(*) FROM jobs WHERE next_due <= unixepoch() * 1000000") == "0" &&
            file("inbox.db").rows("SELECT count(*) FROM hooks")[0][0] == "0";
        return rests;
    });
    wrong = test::differences(calls_, tables, {.api = feeds_ == Feeds::all, .hooks = true},
                              test::Shared::more);
    for (const auto& [status, count] : sent_.refused)
        wrong.push_back(fmt::format("{} webhooks were answered with {}", count, status));
    for (const std::int64_t call : sent_.acknowledged_calls) {
        const auto rows = tables.rows(
            fmt::format("SELECT count(*) FROM callkeeper_calls WHERE call_id = {}", call));
        if (rows[0][0] != "1")
            wrong.push_back(fmt::format("call {} was acknowledged: {} rows", call, rows[0][0]));
    }
    check_runs(wrong);
    check_counters(tables, wrong);
    return wrong;
}

void Office::check_runs(std::vector<std::string>& wrong) const {
    for (const auto& [number, claim] : cut_off_) {
        const std::string end = control(
            fmt::format("SELECT state || ' ' || attempt FROM runs WHERE number = {} AND claim > {}",
                        number, claim));
        if (end != "done 1") wrong.push_back(fmt::format("run {} was cut off: {}", number, end));
    }
    const std::string crashes = control("SELECT sum(crashes) FROM runs");
    if (crashes != std::to_string(cut_off_.size()))
        wrong.push_back(
            fmt::format("{} takings were cut off, and {} are told of", cut_off_.size(), crashes));
    const auto none = [&](const std::string& what, const std::string& select) {
        if (const std::string count = control(select); count != "0")
            wrong.push_back(fmt::format("{}: {}", what, count));
    };
    none("runs of one job at once",
         "SELECT count(*) FROM runs a JOIN runs b ON b.job = a.job AND b.number > a.number "
         "WHERE b.queued < a.ended");
    none("attempts after a failure", "SELECT count(*) FROM runs WHERE attempt > 1");
    none("runs that failed", "SELECT count(*) FROM runs WHERE state = 'failed'");
}

// They move after a commit only: a crash between the two makes them too low, never too high.
void Office::check_counters(test::CallTables& tables, std::vector<std::string>& wrong) const {
    FileRows store = file("control.db");
    std::uint64_t rows = 0;
    for (const Texts& table : store.rows("SELECT DISTINCT table_name FROM row_days"))
        rows +=
            std::stoull(tables.rows(fmt::format("SELECT count(*) FROM {}", table[0])).at(0).at(0));
    const auto added = std::stoull(sum_of(store, "runs", "added"));
    if (added > rows)
        wrong.push_back(
            fmt::format("{} rows were added, says the journal, and "
                        "there are {}",
                        added, rows));
    for (const char* column : {"added", "updated", "deleted", "unchanged", "rejected"}) {
        const std::string by_run =
            sum_of(store, "(SELECT * FROM runs WHERE kind <> 'received')", column);
        const std::string by_day = sum_of(store, "row_days", column);
        if (by_run != by_day)
            wrong.push_back(fmt::format("{}: {} by run, {} by day", column, by_run, by_day));
    }
    const auto told =
        std::stoull(control("SELECT coalesce(sum(requests), 0) FROM runs WHERE kind = 'received'"));
    if (told > sent_.acknowledged + sent_.unanswered)
        wrong.push_back(fmt::format("{} webhooks, says the journal; {} were sent", told,
                                    sent_.acknowledged + sent_.unanswered));
}

}  // namespace ringtail::service
