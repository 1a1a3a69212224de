#include <fmt/core.h>

#include <array>

#include "base/error.hpp"
#include "base/time_text.hpp"
#include "cli/commands.hpp"
#include "cli/run_here.hpp"
#include "cli/service_parts.hpp"
#include "cli/summary.hpp"
#include "cli/text_table.hpp"
#include "cli/values.hpp"
#include "web/shapes.hpp"

namespace ringtail::cli {
namespace {

using control::RunState;

Instant read_time(std::string_view name, const std::string& text) {
    const auto time = parse_time(text);
    if (time) return *time;
    throw Error(Fault::config, fmt::format("{}: that is no day or time", name))
        .with_hint("Write YYYY-MM-DD or YYYY-MM-DDTHH:MM:SS, UTC.");
}

control::JournalQuery query_of(const Words& words, ServiceParts& parts) {
    control::JournalQuery query;
    if (const auto name = words.find("source")) query.source = parts.source(*name).number;
    if (const auto name = words.find("job")) query.job = parts.job(*name).number;
    if (const auto kind = words.find("kind")) {
        query.kind = control::job_kind_of(*kind);
        if (!query.kind) {
            throw Error(
                Fault::config,
                "--kind: allowed are load, hooks, history, report, reconcile, prune and received");
        }
    }
    if (const auto state = words.find("state")) {
        query.state = control::run_state_of(*state);
        if (!query.state) {
            throw Error(Fault::config,
                        "--state: allowed are queued, running, paused, done, failed, cancelled and "
                        "crashed");
        }
    }
    if (const auto since = words.find("since")) query.since = read_time("--since", *since);
    if (const auto until = words.find("until")) query.until = read_time("--until", *until);
    if (const auto before = words.find("before")) {
        query.before = parse_whole("--before", *before, 1, INT64_MAX);
    }
    query.limit =
        static_cast<std::size_t>(parse_whole("--limit", words.text("limit", "20"), 1, 10'000));
    return query;
}

int journal(const Words& words, ServiceParts& parts, Context& context) {
    expect_plain(words, 0, 0, "ringtail journal [--source NAME] [--kind KIND] [--state STATE]");
    TextTable table({"RUN", "SOURCE", "KIND", "STATE", "STARTED (UTC)", "TOOK", "ADDED", "UPDATED",
                     "DELETED", "UNCHANGED", "REJECTED", "REQUESTS", "MESSAGE"});
    for (const control::JournalRow& row : parts.store.journal().find(query_of(words, parts))) {
        const control::RunRecord& run = row.run;
        if (words.output() == Output::json) {
            context.console.out(web::run_json(run, row.source_name, row.job_name));
            continue;
        }
        std::string took = "-";
        if (run.started && run.ended) {
            took = in_words(
                std::chrono::duration_cast<std::chrono::milliseconds>(*run.ended - *run.started));
        }
        const std::string message =
            run.state == RunState::queued && run.not_before > run.queued
                ? fmt::format("attempt {}, not before {}", run.attempt, shown_time(run.not_before))
                : run.message;
        table.add({std::to_string(run.number), row.source_name, std::string(name_of(run.kind)),
                   std::string(name_of(run.state)),
                   shown_time(run.started ? run.started : run.queued), took,
                   grouped(run.counters.added), grouped(run.counters.updated),
                   grouped(run.counters.deleted), grouped(run.counters.unchanged),
                   grouped(run.counters.rejected), grouped(run.counters.requests), message});
    }
    if (words.output() == Output::text) table.show(context.console, "Nothing has happened yet.");
    return exit_done;
}

int runs(const Words& words, ServiceParts& parts, Context& context) {
    expect_plain(words, 0, 1, "ringtail runs [RUN] [--source NAME]");
    std::optional<std::int64_t> source;
    if (const auto name = words.find("source")) source = parts.source(*name).number;
    std::vector<control::RunRecord> shown;
    if (words.plain.empty()) {
        shown = parts.store.runs().open(source);
    } else {
        shown.push_back(parts.run(words.plain.front()));
    }
    for (const control::RunRecord& run : shown) {
        const std::string name = parts.source_name(run.source);
        const auto job = run.job ? parts.store.jobs().find(*run.job) : std::nullopt;
        if (words.output() == Output::json) {
            context.console.out(web::run_json(run, name, job ? job->name : ""));
            continue;
        }
        context.console.out(fmt::format("{}: {}", name, run_line(run)));
        if (run.not_before > run.queued) {
            context.console.out(fmt::format("  attempt {}, not before {} UTC", run.attempt,
                                            shown_time(run.not_before)));
        }
        if (!run.message.empty()) context.console.out("  " + run.message);
        if (!run.hint.empty()) context.console.out("  " + run.hint);
    }
    if (shown.empty() && words.output() == Output::text) {
        context.console.out(
            "No run is queued or under way; `ringtail journal` shows those before.");
    }
    return exit_done;
}

int wish(std::string_view verb, const Words& words, ServiceParts& parts, Context& context) {
    expect_plain(words, 1, 1, fmt::format("ringtail {} RUN", verb));
    const control::RunRecord run = parts.run(words.plain.front());
    const Instant now = context.clock.now();
    bool heard = false;
    if (verb == "resume") {
        heard = parts.store.runs().resume(run.number, now);
    } else {
        heard = (verb == "cancel" ? parts.store.runs().cancel(run.number, now)
                                  : parts.store.runs().pause(run.number, now))
                    .has_value();
    }
    const auto after = parts.run(words.plain.front());
    if (!heard) {
        throw Error(Fault::config, fmt::format("run {} is {}", run.number, name_of(after.state)))
            .with_hint(verb == "resume" ? "Only a paused run can be resumed."
                                        : "Only a run that has not ended can be stopped.");
    }
    if (words.output() == Output::json) {
        context.console.out(web::run_json(after, parts.source_name(after.source), ""));
    } else {
        const bool told = after.state == RunState::running;
        context.console.out(fmt::format("Run {} is {}{}.", run.number, name_of(after.state),
                                        told ? "; it ends its step and hears of it" : ""));
    }
    return exit_done;
}

int queue(const control::JobRecord& job, const Words& words, ServiceParts& parts,
          Context& context) {
    control::Period period;
    if (job.kind == control::JobKind::report)
        period = parts.accounts.report_period(job, words.text("from"), words.text("to"));
    const bool wait = words.on("wait");
    const auto run =
        run_or_open(parts, context, job, parts.accounts.run_now(job, period), words.output(), wait);
    return see_through(parts, context, words.output(), run, wait);
}

}  // namespace

int run_journal(std::span<const std::string> words, Context& context) {
    constexpr std::array<Flag, 8> kFlags{
        {{"source"}, {"job"}, {"kind"}, {"state"}, {"since"}, {"until"}, {"before"}, {"limit"}}};
    return run_service_command(
        "journal", words, kFlags, context,
        [&](const Words& parsed, ServiceParts& parts) { return journal(parsed, parts, context); });
}

int run_runs(std::span<const std::string> words, Context& context) {
    constexpr std::array<Flag, 1> kFlags{{{"source"}}};
    return run_service_command(
        "runs", words, kFlags, context,
        [&](const Words& parsed, ServiceParts& parts) { return runs(parsed, parts, context); });
}

int run_wish(std::string_view verb, std::span<const std::string> words, Context& context) {
    return run_service_command(verb, words, {}, context,
                               [&](const Words& parsed, ServiceParts& parts) {
                                   return wish(verb, parsed, parts, context);
                               });
}

int run_now(std::span<const std::string> words, Context& context) {
    constexpr std::array<Flag, 3> kFlags{{{"from"}, {"to"}, {"wait", Flag::Takes::nothing}}};
    return run_service_command(
        "run", words, kFlags, context, [&](const Words& parsed, ServiceParts& parts) {
            expect_plain(parsed, 1, 1, "ringtail run JOB: its number, SOURCE/JOB or SOURCE");
            const auto job = parts.job(parsed.plain.front());
            const bool period = parsed.has("from") || parsed.has("to");
            if (period && job.kind != control::JobKind::report) {
                throw Error(Fault::config,
                            fmt::format("job {} reads no period of its own", job.name))
                    .with_hint("Report jobs do; a past period is loaded by `ringtail load`.");
            }
            return queue(job, parsed, parts, context);
        });
}

int run_load(std::span<const std::string> words, Context& context) {
    constexpr std::array<Flag, 3> kFlags{{{"from"}, {"to"}, {"wait", Flag::Takes::nothing}}};
    return run_service_command(
        "load", words, kFlags, context, [&](const Words& parsed, ServiceParts& parts) {
            expect_plain(parsed, 1, 1, "ringtail load SOURCE --from 2023-01-01 --to 2024-12-31");
            const auto source = parts.source(parsed.plain.front());
            if (!parsed.has("from") && !parsed.has("to")) {
                return queue(parts.job(source.name), parsed, parts, context);
            }
            return queue(parts.accounts.history_job(source, parsed.text("from"), parsed.text("to")),
                         parsed, parts, context);
        });
}

}  // namespace ringtail::cli
