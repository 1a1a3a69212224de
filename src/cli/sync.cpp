#include "cli/commands.hpp"

#include <fmt/core.h>

#include "base/file.hpp"
#include "cli/help_texts.hpp"
#include "cli/logs.hpp"
#include "cli/options_sync.hpp"
#include "cli/run_delivery.hpp"
#include "cli/run_plan.hpp"
#include "cli/signals.hpp"

namespace ringtail::cli {

int run_sync(std::span<const std::string> words, Context& context) {
    Console& console = context.console;
    try {
        SyncOptions options = parse_sync(words, context.environment, read_file);
        if (options.help) {
            console.out(help_of("sync"));
            return exit_done;
        }
        const auto show = [&](LogLevel level, std::string_view message) {
            console.err(fmt::format("{}: {}", name_of(level), message));
        };
        const Plan& plan = options.plan;
        const auto log = make_run_logger(plan.log_file, plan.log_level, show, LogLevel::warning);
        Signals signals([&](std::string_view line) { console.err(line); });
        try {
            const auto stop = signals.stop().get_token();
            return is_web_service(plan.destination) ? run_delivery(plan, context, *log, stop)
                                                    : run_plan(plan, context, *log, stop);
        } catch (const Error& error) {
            report(error, plan.output, *log, console);
            return exit_code_of(error);
        }
    } catch (const Error& error) {
        console.err(
            fmt::format("error: {}\n  `ringtail help sync` shows all flags.", error_text(error)));
        return exit_code_of(error);
    }
}

}  // namespace ringtail::cli
