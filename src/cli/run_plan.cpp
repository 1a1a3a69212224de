#include "cli/run_plan.hpp"

#include <fmt/core.h>

#include "base/backoff.hpp"
#include "cli/old_tables.hpp"
#include "cli/progress.hpp"
#include "cli/summary.hpp"
#include "http/url.hpp"
#include "json/write.hpp"
#include "pipeline/run_stream.hpp"
#include "source/dialfire/source.hpp"

namespace ringtail::cli {
namespace {

constexpr unsigned kLookAttempts = 3;  // as often as the pipeline tries to reach a database first

// Requests are made again sooner than whole attempts.
std::chrono::milliseconds first_pause(const Plan& plan) { return 2 * plan.source.retry_pause; }

struct Look {
    std::string destination;  // what it says of itself
    std::string tables;       // which of the old client's are used; empty: none
};

// Before anything is asked of the service: a database that is not there, or not allowed, is known
// at once. Tries again after a transient error: a database that is starting up is soon there.
Look look_at(const DestinationKind& kind, Plan& plan, Clock& clock, const std::stop_token& stop) {
    Backoff backoff(first_pause(plan));
    while (true) {
        try {
            const auto inspector = kind.inspect(plan.destination);
            return {inspector->describe(), settle_tables(plan, *inspector)};
        } catch (const Error& error) {
            if (error.fault() != Fault::transient || stop.stop_requested()) throw;
            const auto pause = backoff.next();
            if (backoff.failures() >= kLookAttempts) throw;
            clock.sleep(pause, stop);
        }
    }
}

void say(const Plan& plan, Context& context, Logger& log, const std::string& line) {
    log.info(line);
    if (plan.output == Output::json) {
        context.console.out(JsonLine("note").text("message", line).done());
    } else {
        context.console.out(line);
    }
}

void show_summary(const Plan& plan, Context& context, const RunSummary& summary,
                  std::string_view outcome) {
    if (plan.output == Output::json) {
        context.console.out(summary_json(summary, outcome));
    } else {
        context.console.out(summary_text(summary));
    }
}

void say_start(const Plan& plan, const Look& look, Context& context, Logger& log,
               const std::string& stream) {
    const std::string to = http::redact_url(plan.destination);
    log.info(fmt::format("{} start version={} api={} destination={} ({})", stream, RINGTAIL_VERSION,
                         plan.source.api, to, look.destination));
    if (plan.output != Output::json) return context.console.status("reading …");
    context.console.out(JsonLine("start")
                            .text("version", RINGTAIL_VERSION)
                            .text("stream", stream)
                            .text("destination", to)
                            .done());
}

}  // namespace

ExitCode run_plan(Plan plan, Context& context, Logger& log, const std::stop_token& stop) {
    const DestinationKind& kind = kind_of(plan.destination, context.wiring.destinations);
    const DestinationFactory destinations =
        kind.open(plan.destination, plan.destination_options, log);
    const Look look = look_at(kind, plan, context.clock, stop);
    if (!look.tables.empty()) say(plan, context, log, look.tables);

    plan.source.count_ahead = plan.output == Output::text && context.console.is_terminal();

    StreamOptions stream;
    stream.name = dialfire::stream_name(plan.source);
    stream.once = plan.once;
    stream.every = plan.every;
    stream.rows_per_load = plan.rows_per_load > 0 ? plan.rows_per_load : kind.load_size.rows;
    stream.bytes_per_load = kind.load_size.bytes;
    stream.first_pause = first_pause(plan);
    say_start(plan, look, context, log, stream.name);

    const auto source = dialfire::make_source(plan.source, context.clock, log);
    Progress progress(context.console, log, plan);
    try {
        const RunSummary summary =
            run_stream(*source, destinations, stream, context.clock, log, progress, stop);
        show_summary(plan, context, summary, plan.once ? "done" : "stopped");
        const bool rejects = summary.rejected() > 0 || summary.tally.rejected > 0;
        return plan.once && rejects ? exit_rejects : exit_done;
    } catch (const Error& error) {
        const bool stopped = error.fault() == Fault::stopped;
        if (progress.last().loads > 0 || stopped || plan.output == Output::json) {
            show_summary(plan, context, progress.last(), stopped ? "stopped" : "failed");
        }
        if (!stopped) throw;
        throw Error(Fault::stopped, "stopped before the end")
            .with_hint("Run again to go on from there; what was loaded stays.");
    }
}

}  // namespace ringtail::cli
