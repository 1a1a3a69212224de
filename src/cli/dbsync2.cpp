#include <fmt/core.h>

#include "base/time_text.hpp"
#include "cli/commands.hpp"
#include "cli/help_texts.hpp"
#include "cli/logs.hpp"
#include "cli/old_state.hpp"
#include "cli/options_dbsync2.hpp"
#include "cli/run_delivery.hpp"
#include "cli/run_plan.hpp"
#include "cli/signals.hpp"
#include "json/write.hpp"

namespace ringtail::cli {
namespace {

// Where the log goes: with --v to the console, else into a file whose path is said.
std::unique_ptr<Logger> open_log(Dbsync2Options& options, Context& context) {
    Console& console = context.console;
    Plan& plan = options.plan;
    const bool json = plan.output == Output::json;
    if (!options.verbose) {
        const std::string name =
            log_file_name(plan.source.campaign, name_of(options.mode), context.clock.now());
        const auto path = place_log_file(log_folders(context.environment), name);
        plan.log_file = path.value_or("");
        if (!path) {
            console.err(
                "warning: no log file: neither /var/log/dbsync nor $HOME/.dbsync/logs can be "
                "written to");
        } else if (json) {
            console.out(JsonLine("logfile").text("path", *path).done());
        } else {
            console.out("Logfile: " + *path);
        }
    }
    // The old client's users look for errors where it wrote them: on stdout.
    auto show = [&console, &clock = context.clock, json](LogLevel level, std::string_view message) {
        const std::string line =
            fmt::format("{} {:<8} {}", format_time(clock.now()), name_of(level), message);
        json ? console.err(line) : console.out(line);
    };
    return make_run_logger(plan.log_file, plan.log_level, show,
                           options.verbose ? LogLevel::debug : LogLevel::warning);
}

int run(Dbsync2Options& options, Context& context, Logger& log, const std::stop_token& stop) {
    if (options.profiler) log.warning("--p is accepted, but there is no profiler to start");
    std::optional<std::string> old_state;
    if (options.mode == Mode::db_sync && !options.start && !options.plan.adopt) {
        old_state =
            read_old_state(state_files(context.environment, options.plan.source.campaign), log);
    }
    if (options.mode == Mode::webhook) {
        check_webhook_url(options.plan.destination);
        options.plan.source.first = first_listing(options, {}, context.clock.now());
        return run_delivery(options.plan, context, log, stop);
    }
    check_database_url(options.plan.destination);
    options.plan.source.first = first_listing(options, old_state, context.clock.now());
    return run_plan(options.plan, context, log, stop);
}

}  // namespace

int run_dbsync2(std::span<const std::string> words, Context& context) {
    Console& console = context.console;
    try {
        Dbsync2Options options = parse_dbsync2(words, context.environment);
        if (options.help) {
            console.out(help_of("dbsync2"));
            return exit_done;
        }
        const auto log = open_log(options, context);
        Signals signals([&](std::string_view line) { console.err(line); });
        try {
            return run(options, context, *log, signals.stop().get_token());
        } catch (const Error& error) {
            report(error, options.plan.output, *log, console);
        }
    } catch (const Error& error) {
        console.err(error_text(error));
    }
    return exit_failed;  // the old client has one code for all that goes wrong
}

}  // namespace ringtail::cli
