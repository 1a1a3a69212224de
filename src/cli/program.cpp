#include "cli/program.hpp"

#include <fmt/core.h>

#include <csignal>
#include <cstdlib>
#include <exception>

#include "base/clock.hpp"
#include "cli/commands.hpp"
#include "cli/help_texts.hpp"
#include "cli/secrets.hpp"

namespace ringtail::cli {
namespace {

std::optional<std::string> process_variable(std::string_view name) {
    const char* text = std::getenv(std::string(name).c_str());
    return text == nullptr ? std::nullopt : std::optional<std::string>(text);
}

std::string_view base_name(std::string_view path) { return path.substr(path.rfind('/') + 1); }

int help(std::span<const std::string> words, Console& console) {
    if (words.size() > 1 || (words.size() == 1 && !is_command(words.front()))) {
        console.err("error: there is no such command\n");
        console.err(help_of(""));
        return exit_usage;
    }
    console.out(help_of(words.empty() ? "" : words.front()));
    return exit_done;
}

int run_command(const std::string& command, std::span<const std::string> rest, Context& context) {
    if (command == "sync") return run_sync(rest, context);
    if (command == "check") return run_check(rest, context);
    if (command == "serve") return run_serve(rest, context);
    if (command == "apply") return run_apply(rest, context);
    if (command == "export") return run_export(rest, context);
    if (command == "source") return run_source(rest, context);
    if (command == "destination") return run_destination(rest, context);
    if (command == "load") return run_load(rest, context);
    if (command == "report") return run_report(rest, context);
    if (command == "prune") return run_prune(rest, context);
    if (command == "reconcile") return run_reconcile(rest, context);
    if (command == "ledger") return run_ledger(rest, context);
    if (command == "jobs") return run_jobs(rest, context);
    if (command == "job") return run_job(rest, context);
    if (command == "run") return run_now(rest, context);
    if (command == "runs") return run_runs(rest, context);
    if (command == "journal") return run_journal(rest, context);
    if (command == "key") return run_key(rest, context);
    if (command == "cancel" || command == "pause" || command == "resume") {
        return run_wish(command, rest, context);
    }
    if (command == "deliveries") return run_deliveries(rest, context);
    if (command == "demo") return run_demo(rest, context);
    if (command == "dbsync2") return run_dbsync2(rest, context);
    if (command == "help" || command == "--help" || command == "-h") {
        return help(rest, context.console);
    }
    if (command == "version" || command == "--version") {
        context.console.out("ringtail " RINGTAIL_VERSION);
        return exit_done;
    }
    context.console.err("error: there is no such command\n");
    context.console.err(help_of(""));
    return exit_usage;
}

int run_words(std::string_view called, std::span<const std::string> words, Context& context) {
    if (base_name(called) == "dbsync2") return run_dbsync2(words, context);
    if (words.empty()) {
        context.console.err(help_of(""));
        return exit_usage;
    }
    return run_command(words.front(), words.subspan(1), context);
}

}  // namespace

int run_program(int argc, char** argv, const Wiring& wiring) {
    const std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
    wipe_secrets(argc, argv);
    std::signal(SIGPIPE,
                SIG_IGN);  // a reader of our output or a server that goes is an error like any
    Console console;
    SystemClock clock;
    Context context{wiring, process_variable, console, clock};
    try {
        return run_words(argc > 0 ? argv[0] : "ringtail", words, context);
    } catch (const std::exception& error) {
        console.err(
            fmt::format("error: {}\n  This should not happen; please report it.", error.what()));
        return exit_failed;
    }
}

}  // namespace ringtail::cli
