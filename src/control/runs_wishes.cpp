#include "control/columns.hpp"
#include "control/runs.hpp"

namespace ringtail::control {
namespace {

using sqlite::Connection;
using sqlite::Transaction;

std::optional<RunState> state_of(Connection& db, std::int64_t number) {
    auto select = db.prepare("SELECT state FROM runs WHERE number = ?1");
    select.bind(1, number);
    if (!select.step()) return std::nullopt;
    return run_state_of(select.text(0));
}

void update_one(Connection& db, std::string_view sql, std::int64_t number, Instant now) {
    auto update = db.prepare(sql);
    update.bind(1, number);
    if (sql.find("?2") != std::string_view::npos) update.bind(2, micros(now));
    update.execute();
}

}  // namespace

std::optional<RunState> Runs::cancel(std::int64_t number, Instant now) {
    auto db = database_.lock();
    Transaction transaction(*db, Transaction::Kind::write);
    const auto state = state_of(*db, number);
    if (!state || !is_open(*state)) return std::nullopt;
    if (*state == RunState::running) {
        update_one(*db, "UPDATE runs SET cancel_wanted = 1 WHERE number = ?1", number, now);
    } else {
        update_one(*db,
                   "UPDATE runs SET state = 'cancelled', ended = ?2, message = 'cancelled' WHERE "
                   "number = ?1",
                   number, now);
    }
    transaction.commit();
    return *state == RunState::running ? RunState::running : RunState::cancelled;
}

std::optional<RunState> Runs::pause(std::int64_t number, Instant now) {
    auto db = database_.lock();
    Transaction transaction(*db, Transaction::Kind::write);
    const auto state = state_of(*db, number);
    if (!state || !is_open(*state)) return std::nullopt;
    if (*state == RunState::running) {
        update_one(*db, "UPDATE runs SET pause_wanted = 1 WHERE number = ?1", number, now);
    } else {
        update_one(*db, "UPDATE runs SET state = 'paused' WHERE number = ?1", number, now);
    }
    transaction.commit();
    return *state == RunState::running ? RunState::running : RunState::paused;
}

bool Runs::resume(std::int64_t number, Instant now) {
    auto db = database_.lock();
    Transaction transaction(*db, Transaction::Kind::write);
    const auto state = state_of(*db, number);
    if (state == RunState::paused) {
        update_one(*db, "UPDATE runs SET state = 'queued', not_before = ?2 WHERE number = ?1",
                   number, now);
        transaction.commit();
        return true;
    }
    update_one(*db, "UPDATE runs SET pause_wanted = 0 WHERE number = ?1 AND pause_wanted = 1",
               number, now);
    const bool taken_back = db->changes() > 0;
    transaction.commit();
    return taken_back;
}

std::map<std::int64_t, Wish> Runs::wishes() {
    auto db = database_.lock();
    auto select = db->prepare(
        "SELECT number, cancel_wanted FROM runs WHERE state = 'running' AND (cancel_wanted OR "
        "pause_wanted)");
    std::map<std::int64_t, Wish> wishes;
    while (select.step())
        wishes[select.integer(0)] = select.integer(1) != 0 ? Wish::cancel : Wish::pause;
    return wishes;
}

}  // namespace ringtail::control
