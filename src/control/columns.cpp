#include "control/columns.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "base/error.hpp"

namespace ringtail::control {
namespace {

template <class Value>
Value known(std::optional<Value> value, std::string_view text) {
    if (value) return *value;
    throw Error(Fault::bug,
                fmt::format("the control store holds \"{}\", which it never wrote", text));
}

bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

}  // namespace

void bind(sqlite::Statement& statement, int parameter, std::optional<Instant> at) {
    if (at)
        statement.bind(parameter, micros(*at));
    else
        statement.bind_null(parameter);
}

std::optional<Instant> time_or_null(const sqlite::Statement& statement, int column) {
    if (statement.is_null(column)) return std::nullopt;
    return time(statement, column);
}

void check_name(std::string_view what, std::string_view name) {
    const auto good = [](char c) { return is_plain(c) || c == '-' || c == '_' || c == '.'; };
    if (!name.empty() && name.size() <= 64 && is_plain(name[0]) && std::ranges::all_of(name, good))
        return;
    throw Error(Fault::config, fmt::format("\"{}\" cannot be the name of a {}", name, what))
        .with_hint(
            "Use 1 to 64 letters (a-z), digits, - _ and . and begin with a letter or digit.");
}

const std::string_view kRunColumns =
    "r.number, r.source, r.job, r.kind, r.state, r.attempt, r.crashes, r.claim, r.owner, r.queued, "
    "r.not_before, r.started, r.beat, r.ended, r.period_from, r.period_to, r.added, r.updated, "
    "r.deleted, r.unchanged, r.rejected, r.requests, r.progress, r.message, r.hint, "
    "r.cancel_wanted, r.pause_wanted";

RunRecord read_run(const sqlite::Statement& row) {
    RunRecord run;
    run.number = row.integer(0);
    run.source = row.integer(1);
    if (!row.is_null(2)) run.job = row.integer(2);
    run.kind = known(job_kind_of(row.text(3)), row.text(3));
    run.state = known(run_state_of(row.text(4)), row.text(4));
    run.attempt = static_cast<unsigned>(row.integer(5));
    run.crashes = static_cast<unsigned>(row.integer(6));
    run.claim = row.integer(7);
    run.owner = row.text(8);
    run.queued = time(row, 9);
    run.not_before = time(row, 10);
    run.started = time_or_null(row, 11);
    run.beat = time_or_null(row, 12);
    run.ended = time_or_null(row, 13);
    run.period = {time_or_null(row, 14), time_or_null(row, 15)};
    run.counters = {count(row, 16), count(row, 17), count(row, 18),
                    count(row, 19), count(row, 20), count(row, 21)};
    run.progress = row.text(22);
    run.message = row.text(23);
    run.hint = row.text(24);
    run.cancel_wanted = row.integer(25) != 0;
    run.pause_wanted = row.integer(26) != 0;
    return run;
}

}  // namespace ringtail::control
