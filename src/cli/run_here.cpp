#include "cli/run_here.hpp"

#include <fmt/core.h>

#include "cli/data_folder.hpp"
#include "cli/signals.hpp"
#include "cli/summary.hpp"
#include "jobs/engine.hpp"
#include "json/document.hpp"
#include "web/shapes.hpp"

namespace ringtail::cli {
namespace {

using namespace std::chrono_literals;
using control::RunRecord;
using control::RunState;

constexpr auto kLook = 250ms;
constexpr auto kLineEvery = 30s;

// "day 12 of 365, 3 min left", from a history's progress.
std::string progress_words(const std::string& json) {
    const JsonDocument document(json);
    const auto number = [&](std::string_view name) -> std::optional<long long> {
        const JsonValue value = document.root().find(name);
        if (!value.is(JsonValue::Kind::number)) return std::nullopt;
        return std::stoll(std::string(value.raw()));
    };
    const auto done = number("days_done"), all = number("days");
    if (!done || !all) return {};
    std::string words = fmt::format(", day {} of {}", *done, *all);
    if (const auto left = number("seconds_left")) {
        words += fmt::format(", about {} left", in_words(std::chrono::seconds(*left)));
    }
    return words;
}

// Shows the run until it has ended, or `stop`.
RunRecord follow(ServiceParts& parts, Context& context, Output output, std::int64_t number,
                 const std::stop_token& stop) {
    Instant shown = context.clock.now();
    RunRecord run;
    while (true) {
        run = parts.store.runs().find(number).value_or(RunRecord{});
        const bool ended = !is_open(run.state) || run.state == RunState::paused;
        if (ended || stop.stop_requested()) return run;
        context.console.status(run_line(run));
        if (!context.console.is_terminal() && context.clock.now() - shown >= kLineEvery) {
            shown = context.clock.now();
            context.console.out(output == Output::json
                                    ? web::run_json(run, parts.source_name(run.source), "")
                                    : run_line(run));
        }
        context.clock.sleep(kLook, stop);
    }
}

int show_end(ServiceParts& parts, Context& context, Output output, const RunRecord& run) {
    if (output == Output::json) {
        const auto job = run.job ? parts.store.jobs().find(*run.job) : std::nullopt;
        context.console.out(
            web::run_json(run, parts.source_name(run.source), job ? job->name : ""));
    } else {
        context.console.out(run_line(run));
        const bool failed = run.state == RunState::failed;
        if (!run.message.empty() && failed) {
            context.console.err(fmt::format("error: {}", run.message));
        } else if (!run.message.empty()) {
            context.console.out(run.message);
        }
        if (!run.hint.empty() && failed) {
            context.console.err("  " + run.hint);
        } else if (!run.hint.empty()) {
            context.console.out("  " + run.hint);
        }
    }
    return run.state == RunState::done ? exit_done : exit_failed;
}

}  // namespace

std::string run_line(const RunRecord& run) {
    const control::Counters& counters = run.counters;
    std::string line = fmt::format("run {}, {} {}: {} added, {} updated, {} deleted, {} unchanged",
                                   run.number, name_of(run.kind), name_of(run.state),
                                   grouped(counters.added), grouped(counters.updated),
                                   grouped(counters.deleted), grouped(counters.unchanged));
    if (counters.rejected > 0) line += fmt::format(", {} rejected", grouped(counters.rejected));
    if (counters.requests > 0) line += fmt::format(", {} requests", grouped(counters.requests));
    return line + progress_words(run.progress);
}

std::int64_t run_or_open(ServiceParts& parts, Context& context, const control::JobRecord& job,
                         std::optional<std::int64_t> queued, Output output, bool wait) {
    if (queued) return *queued;
    const auto open = parts.store.runs().latest(job.number);
    if (!open || !is_open(open->state))
        throw Error(Fault::transient, fmt::format("a run of the job {} ended just now", job.name))
            .with_hint("Say it again.");
    const bool is_paused = open->state == RunState::paused;
    const bool is_served = service_of(parts.folder).has_value();
    if (is_paused || (is_served && !wait)) {
        throw Error(Fault::config, fmt::format("job {} has a run already: {} ({})", job.name,
                                               open->number, name_of(open->state)))
            .with_hint(is_paused ? fmt::format("Go on with it: ringtail resume {}", open->number)
                                 : "`ringtail runs` shows how it gets on.");
    }
    if (output == Output::text) {
        context.console.out(is_served ? fmt::format("Run {} is under way already.", open->number)
                                      : fmt::format("Run {} was not at its end; it is gone on "
                                                    "with.",
                                                    open->number));
    }
    return open->number;
}

int see_through(ServiceParts& parts, Context& context, Output output, std::int64_t run, bool wait) {
    const auto lock = DataLock::take(parts.folder);
    if (!lock && !wait) {
        const auto record = parts.run(std::to_string(run));
        context.console.out(output == Output::json
                                ? web::run_json(record, parts.source_name(record.source), "")
                                : fmt::format("Run {} is queued; the service does it. "
                                              "`ringtail runs` shows how it gets on.",
                                              run));
        return exit_done;
    }
    Signals signals([&](std::string_view line) { context.console.err(line); });
    if (!lock) {
        return show_end(parts, context, output,
                        follow(parts, context, output, run, signals.stop().get_token()));
    }
    if (output == Output::text) {
        context.console.out("No service runs; the run is done here. Ctrl-C puts it off.");
    }
    parts.store.runs().recover_crashed(context.clock.now());  // perhaps this one
    Metrics metrics;
    const jobs::Workshop shop = parts.workshop(metrics);
    RunRecord last;
    {
        const jobs::WorkerPool pool(shop, {.look = kLook}, [] {});
        last = follow(parts, context, output, run, signals.stop().get_token());
    }
    return show_end(parts, context, output, parts.store.runs().find(run).value_or(last));
}

}  // namespace ringtail::cli
