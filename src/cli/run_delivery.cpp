#include "cli/run_delivery.hpp"

#include <fmt/core.h>

#include "base/file.hpp"
#include "base/holder.hpp"
#include "base/time_text.hpp"
#include "cli/old_state.hpp"
#include "cli/progress.hpp"
#include "cli/summary.hpp"
#include "control/outbox.hpp"
#include "control/outbox_destination.hpp"
#include "delivery/signing.hpp"
#include "delivery/worker.hpp"
#include "http/url.hpp"
#include "json/write.hpp"
#include "pipeline/run_stream.hpp"
#include "source/dialfire/source.hpp"

namespace ringtail::cli {
namespace {

// A token that both the user and a worker that failed can stop.
class EitherStop {
  public:
    explicit EitherStop(const std::stop_token& user)
        : on_user_(user, [this] { source_.request_stop(); }) {}
    void request() { source_.request_stop(); }
    std::stop_token token() const { return source_.get_token(); }

  private:
    std::stop_source source_;
    std::stop_callback<std::function<void()>> on_user_;
};

delivery::WorkerOptions worker_options(const Plan& plan, const std::string& outbox) {
    const WebhookPlan& webhook = plan.webhook;
    delivery::WorkerOptions options;
    options.outbox = outbox;
    options.stream = dialfire::stream_name(plan.source);
    options.receiver.url = plan.destination;
    options.receiver.headers = webhook.headers;
    options.receiver.client_certificate = webhook.client_certificate;
    options.receiver.client_key = webhook.client_key;
    options.receiver.in_flight = plan.source.in_flight;
    options.receiver.timeout = webhook.timeout;
    if (!webhook.secret_file.empty())
        options.receiver.signing_key = delivery::signing_key_in(webhook.secret_file);
    options.dispatch.retry = {webhook.attempts, webhook.retry_plan};
    options.dispatch.in_flight = plan.source.in_flight;
    options.dispatch.rate = webhook.rate;
    options.dispatch.burst = webhook.burst.value_or(2 * webhook.rate);
    options.dispatch.keep = webhook.keep;
    return options;
}

void check_receiver(const Plan& plan) {
    const auto url = http::parse_url(plan.destination);
    if (url.host.empty()) throw Error(Fault::config, "the web service's address has no host");
    for (const std::string& file : {plan.webhook.client_certificate, plan.webhook.client_key}) {
        if (!file.empty()) read_file(file);
    }
}

// From where on transactions are delivered; from now on when the stream is new.
Instant start_of(const Plan& plan, control::Outbox& outbox, Clock& clock) {
    std::optional<Instant> wanted;
    if (plan.source.first.since) wanted = parse_time(*plan.source.first.since);
    return outbox.since(wanted, clock.now());
}

void show_end(const Plan& plan, Context& context, const RunSummary& summary,
              const delivery::DispatchStats& stats, control::Outbox& outbox,
              std::string_view outcome) {
    const auto counts = outbox.counts();
    if (plan.output == Output::json) {
        context.console.out(summary_json(summary, outcome));
        context.console.out(JsonLine("deliveries")
                                .number("delivered", stats.delivered)
                                .number("failed_attempts", stats.failed_attempts)
                                .number("waiting", counts.waiting)
                                .number("dead", counts.dead)
                                .done());
        return;
    }
    context.console.out(summary_text(summary));
    std::string line =
        fmt::format("{} delivered, {} attempts failed, {} waiting", grouped(stats.delivered),
                    grouped(stats.failed_attempts), grouped(counts.waiting));
    if (counts.dead > 0) {
        line += fmt::format(", {} dead letters: `ringtail deliveries list --dead --state {}`",
                            grouped(counts.dead), outbox.db().path());
    }
    context.console.out(line);
}

}  // namespace

std::string shown_receiver(const std::string& url) {
    const auto scheme = url.find("://");
    const std::string rest = scheme == url.npos ? url : url.substr(scheme + 3);
    const std::string plain = rest.substr(0, rest.find_first_of("?#"));
    const auto at = plain.substr(0, plain.find('/')).rfind('@');
    return (scheme == url.npos ? "" : url.substr(0, scheme + 3)) +
           (at == plain.npos ? plain : plain.substr(at + 1));
}

ExitCode run_delivery(Plan plan, Context& context, Logger& log, const std::stop_token& stop) {
    check_receiver(plan);
    const std::string file = plan.webhook.state_file.empty()
                                 ? place_outbox(context.environment, plan.source.campaign)
                                 : plan.webhook.state_file;
    plan.source.deliver_since = Instant{};
    const std::string name = dialfire::stream_name(plan.source);
    const delivery::WorkerOptions worker_plan = worker_options(plan, file);
    control::Outbox outbox(file, name);
    EitherStop either(stop);
    delivery::Worker* wake = nullptr;
    const DestinationFactory destinations = [&] {
        return control::make_outbox_destination({file, name, plan.webhook.max_bytes, [&] {
                                                     if (wake != nullptr) wake->wake();
                                                 }});
    };
    // Nobody else may deliver for this stream.
    destinations()->streams().hold(name, this_holder());
    const Instant since = start_of(plan, outbox, context.clock);
    plan.source.deliver_since = since;
    if (!plan.source.first.since && !plan.source.first.again) {
        plan.source.first.since = format_time(since);
    }
    const std::string to = shown_receiver(plan.destination);
    log.info(fmt::format("{} start version={} api={} receiver={} outbox={} since={}", name,
                         RINGTAIL_VERSION, plan.source.api, to, file, format_time(since)));
    if (plan.output == Output::json) {
        context.console.out(JsonLine("start")
                                .text("version", RINGTAIL_VERSION)
                                .text("stream", name)
                                .text("destination", to)
                                .text("state", file)
                                .text("since", format_time(since))
                                .done());
    } else {
        context.console.out(
            fmt::format("delivering transactions since {} to {}; what is owed is kept in {}",
                        format_time(since), to, file));
    }

    StreamOptions stream;
    stream.name = name;
    stream.once = plan.once;
    stream.every = plan.every;
    stream.rows_per_load = plan.rows_per_load;
    stream.first_pause = 2 * plan.source.retry_pause;
    const auto source = dialfire::make_source(plan.source, context.clock, log);
    Progress progress(context.console, log, plan);
    delivery::Worker worker(worker_plan, context.clock, log, [&] { either.request(); });
    wake = &worker;
    try {
        const RunSummary summary =
            run_stream(*source, destinations, stream, context.clock, log, progress, either.token());
        worker.check();
        if (plan.once) worker.drain(either.token());
        worker.finish();
        worker.check();
        show_end(plan, context, summary, worker.stats(), outbox, plan.once ? "done" : "stopped");
        const bool rejects = summary.rejected() > 0 || summary.tally.rejected > 0;
        return plan.once && (rejects || outbox.counts().dead > 0) ? exit_rejects : exit_done;
    } catch (const Error& error) {
        worker.finish();
        const bool stopped = error.fault() == Fault::stopped;
        show_end(plan, context, progress.last(), worker.stats(), outbox,
                 stopped ? "stopped" : "failed");
        worker.check();  // what has ended the deliveries is why the reading was stopped
        if (!stopped) throw;
        throw Error(Fault::stopped, "stopped before the end")
            .with_hint("Run again to go on from there; what is owed is kept.");
    }
}

}  // namespace ringtail::cli
