#include "control/runs.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "base/failpoint.hpp"
#include "base/holder.hpp"
#include "control/columns.hpp"
#include "control/runs_sql.hpp"
#include "sqlite/unhurried.hpp"

namespace ringtail::control {
namespace {

using sqlite::Connection;
using sqlite::Statement;
using sqlite::Transaction;
using sqlite::Unhurried;

std::optional<std::int64_t> insert_run(Connection& db, const RunRequest& request, Instant now) {
    // The unique index of open runs forbids a second one; so does a job that is gone.
    auto insert = db.prepare(
        "INSERT INTO runs (source, job, kind, state, attempt, queued, not_before, period_from, "
        "period_to) SELECT source, number, kind, 'queued', ?2, ?3, ?4, ?5, ?6 FROM jobs "
        "WHERE number = ?1 AND NOT EXISTS (SELECT 1 FROM runs WHERE job = ?1 AND "
        "state IN ('queued', 'running', 'paused', 'crashed')) RETURNING number",
        "queueing a run");
    insert.bind(1, request.job);
    insert.bind(2, std::int64_t{request.attempt});
    insert.bind(3, micros(now));
    insert.bind(4, micros(request.not_before.value_or(now)));
    bind(insert, 5, request.period.from);
    bind(insert, 6, request.period.to);
    std::optional<std::int64_t> number;
    if (insert.step()) number = insert.integer(0);
    insert.reset();
    return number;
}

RunRecord read_number(Connection& db, std::int64_t number) {
    auto select = db.prepare(fmt::format("SELECT {} FROM runs r WHERE number = ?1", kRunColumns));
    select.bind(1, number);
    return select.step() ? read_run(select) : RunRecord();
}

// What comes of a run that has ended.
void plan_what_follows(Connection& db, const RunRecord& run, const Ending& ending, bool cancelled,
                       Instant now) {
    if (ending.next_attempt && run.job && !cancelled) {
        insert_run(db, {*run.job, run.attempt + 1, ending.next_attempt, run.period}, now);
    }
    if (ending.ask_again) {
        auto update =
            db.prepare("UPDATE jobs SET next_due = ?2 WHERE source = ?1 AND kind = 'hooks'");
        update.bind(1, run.source);
        update.bind(2, micros(std::max(*ending.ask_again, now)));
        update.execute();
    }
}

std::vector<RunRecord> read_all(Statement& select) {
    std::vector<RunRecord> all;
    while (select.step()) all.push_back(read_run(select));
    return all;
}

}  // namespace

std::optional<std::int64_t> Runs::enqueue(const RunRequest& request, Instant now) {
    auto db = database_.lock();
    std::optional<Unhurried> unhurried;
    if (request.may_be_lost) unhurried.emplace(*db);
    Transaction transaction(*db, Transaction::Kind::write);
    const auto number = insert_run(*db, request, now);
    transaction.commit();
    return number;
}

std::size_t Runs::enqueue(std::span<const RunRequest> requests, Instant now) {
    if (requests.empty()) return 0;
    auto db = database_.lock();
    std::optional<Unhurried> unhurried;
    if (std::ranges::all_of(requests, &RunRequest::may_be_lost)) unhurried.emplace(*db);
    Transaction transaction(*db, Transaction::Kind::write);
    std::size_t queued = 0;
    for (const RunRequest& request : requests)
        if (insert_run(*db, request, now)) ++queued;
    transaction.commit();
    return queued;
}

std::size_t Runs::enqueue_due(std::span<const DueRun> due, Instant now) {
    if (due.empty()) return 0;
    auto db = database_.lock();
    const Unhurried unhurried(*db);  // both are lost or none, and then the job is due again
    Transaction transaction(*db, Transaction::Kind::write);
    auto update = db->prepare("UPDATE jobs SET next_due = ?2 WHERE number = ?1 AND next_due <= ?3");
    std::size_t queued = 0;
    for (const DueRun& one : due) {
        update.bind(1, one.request.job);
        bind(update, 2, one.next_due);
        update.bind(3, micros(now));
        update.execute();
        if (db->changes() == 0) continue;  // another process was first
        if (insert_run(*db, one.request, now)) ++queued;
    }
    failpoint("run_queueing");
    transaction.commit();
    failpoint("run_queued");
    return queued;
}

std::optional<RunRecord> Runs::claim(std::string_view owner, Instant now) {
    auto taken = claim(owner, now, 1);
    if (taken.empty()) return std::nullopt;
    return std::move(taken.front());
}

std::vector<RunRecord> Runs::claim(std::string_view owner, Instant now, std::size_t most) {
    std::vector<RunRecord> taken;
    auto db = database_.lock();
    {
        // Asked for again and again with nothing to do: no need for the write lock then.
        auto any = db->prepare("SELECT 1 FROM runs WHERE state = 'queued' AND not_before <= ?1");
        any.bind(1, micros(now));
        if (!any.step()) return taken;
    }
    const Unhurried unhurried(*db);  // a run that was never taken is still queued
    Transaction transaction(*db, Transaction::Kind::write);
    auto select = db->prepare(kNextRuns, "choosing runs");
    select.bind(1, micros(now));
    select.bind(2, static_cast<std::int64_t>(most));
    std::vector<std::int64_t> numbers;
    while (select.step()) numbers.push_back(select.integer(0));
    if (numbers.empty()) return taken;
    auto update = db->prepare(
        "UPDATE runs SET state = 'running', owner = ?2, beat = ?3, started = coalesce(started, "
        "?3), claim = claim + 1, message = '', hint = '' WHERE number = ?1",
        "taking a run");
    update.bind(2, owner);
    update.bind(3, micros(now));
    for (const std::int64_t number : numbers) {
        update.bind(1, number);
        update.execute();
        taken.push_back(read_number(*db, number));
    }
    failpoint("run_claiming");
    transaction.commit();
    failpoint("run_claimed");
    return taken;
}

Wish Runs::beat(const RunRecord& run, const Beat& beat, Instant now) {
    auto db = database_.lock();
    Transaction transaction(*db, Transaction::Kind::write);
    if (!store_beat(*db, run, beat, now)) return Wish::lost;
    auto select = db->prepare(
        "SELECT r.cancel_wanted, r.pause_wanted, s.enabled FROM runs r "
        "JOIN sources s ON s.number = r.source WHERE r.number = ?1");
    select.bind(1, run.number);
    Wish wish = Wish::lost;
    if (select.step()) {
        wish = select.integer(0) != 0   ? Wish::cancel
               : select.integer(1) != 0 ? Wish::pause
               : select.integer(2) == 0 ? Wish::put_back
                                        : Wish::go_on;
    }
    select.reset();
    failpoint("run_beating");
    transaction.commit();
    return wish;
}

bool Runs::finish(const RunRecord& run, const Ending& ending, Instant now) {
    const EndedRun one{&run, &ending};
    return finish({&one, 1}, now).front();
}

std::vector<bool> Runs::finish(std::span<const EndedRun> ended, Instant now) {
    std::vector<bool> stored;
    if (ended.empty()) return stored;
    auto db = database_.lock();
    std::optional<Unhurried> unhurried;
    const auto may_be_lost = [](const EndedRun& one) { return one.ending->may_be_lost; };
    if (std::ranges::all_of(ended, may_be_lost)) unhurried.emplace(*db);
    Transaction transaction(*db, Transaction::Kind::write);
    for (const auto& [run, ending] : ended) {
        stored.push_back(store_beat(*db, *run, ending->last, now));
        if (!stored.back()) continue;
        const bool cancelled = read_number(*db, run->number).cancel_wanted;
        end_run(*db, run->number, *ending, now);
        plan_what_follows(*db, *run, *ending, cancelled, now);
    }
    failpoint("run_finishing");
    transaction.commit();
    failpoint("run_finished");
    return stored;
}

std::size_t Runs::recover_crashed(Instant now, std::chrono::seconds silent) {
    auto db = database_.lock();
    auto select = db->prepare(fmt::format(
        "SELECT {} FROM runs r WHERE {} AND state IN ('running', 'crashed')", kRunColumns, kOpen));
    // Two steps, so that a crash is seen as one, wherever this is cut short.
    bool any = false;
    for (const RunRecord& run : read_all(select)) {
        const bool is_gone = run.state == RunState::crashed ||
                             (run.beat && *run.beat + silent <= now) || is_dead(run.owner);
        if (!is_gone) continue;
        any = true;
        if (run.state == RunState::running) mark_crashed(*db, run, now);
    }
    if (!any) return 0;
    failpoint("run_crashed");
    const std::size_t count = queue_crashed(*db, now);
    failpoint("run_recovered");
    return count;
}

std::optional<RunRecord> Runs::find(std::int64_t number) {
    auto db = database_.lock();
    RunRecord run = read_number(*db, number);
    if (run.number == 0) return std::nullopt;
    return run;
}

std::optional<std::int64_t> Runs::last_done(std::int64_t job, std::int64_t before) {
    auto db = database_.lock();
    auto select = db->prepare(
        "SELECT number FROM runs WHERE job = ?1 AND number < ?2 AND state = 'done' ORDER BY number "
        "DESC LIMIT 1");
    select.bind(1, job);
    select.bind(2, before);
    if (!select.step()) return std::nullopt;
    return select.integer(0);
}

std::optional<RunRecord> Runs::latest(std::int64_t job) {
    auto db = database_.lock();
    auto select = db->prepare(fmt::format(
        "SELECT {} FROM runs r WHERE job = ?1 ORDER BY number DESC LIMIT 1", kRunColumns));
    select.bind(1, job);
    if (!select.step()) return std::nullopt;
    return read_run(select);
}

std::vector<RunRecord> Runs::open(std::optional<std::int64_t> source) {
    auto db = database_.lock();
    auto select = db->prepare(fmt::format(
        "SELECT {} FROM runs r WHERE {} AND (?1 IS NULL OR source = ?1) ORDER BY +number",
        kRunColumns, kOpen));
    if (source) select.bind(1, *source);
    return read_all(select);
}

}  // namespace ringtail::control
