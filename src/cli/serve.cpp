#include <fmt/core.h>
#include <malloc.h>

#include <array>
#include <condition_variable>
#include <mutex>

#include "base/error.hpp"
#include "cli/commands.hpp"
#include "cli/data_folder.hpp"
#include "cli/help_texts.hpp"
#include "cli/service_actions.hpp"
#include "cli/service_parts.hpp"
#include "cli/set_up_file.hpp"
#include "cli/signals.hpp"
#include "cli/values.hpp"
#include "http/url.hpp"
#include "jobs/deliveries.hpp"
#include "jobs/engine.hpp"
#include "json/write.hpp"
#include "web/web_server.hpp"

namespace ringtail::cli {
namespace {

struct Listen {
    std::string address = "127.0.0.1";
    std::uint16_t port = 8480;
};

Listen parse_listen(const std::string& text) {
    const auto colon = text.rfind(':');
    if (colon == text.npos || colon == 0) {
        throw Error(Fault::config, "--listen: that is no address with a port")
            .with_hint("Write --listen 127.0.0.1:8480, or [::1]:8480.");
    }
    Listen listen;
    listen.address = text.substr(0, colon);
    if (listen.address.front() == '[' && listen.address.back() == ']') {
        listen.address = listen.address.substr(1, listen.address.size() - 2);
    }
    listen.port =
        static_cast<std::uint16_t>(parse_whole("--listen", text.substr(colon + 1), 0, 65'535));
    return listen;
}

std::string address_of(const Listen& listen, std::uint16_t port) {
    const bool is_v6 = listen.address.find(':') != listen.address.npos;
    return is_v6 ? fmt::format("http://[{}]:{}", listen.address, port)
                 : fmt::format("http://{}:{}", listen.address, port);
}

std::unique_ptr<Logger> make_service_logger(const Words& words) {
    LogOptions options;
    const std::string level = words.text("log-level", "info");
    if (level == "error") {
        options.level = LogLevel::error;
    } else if (level == "warning") {
        options.level = LogLevel::warning;
    } else if (level == "debug") {
        options.level = LogLevel::debug;
    } else if (level != "info") {
        throw Error(Fault::config, "--log-level: allowed are error, warning, info and debug");
    }
    options.console_level = options.level;
    options.file = words.text("log-file");
    return make_logger(options);
}

void wait_for(const std::stop_token& stop) {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait(lock, stop, [] { return false; });
}

// A flag, else what a set-up file has left in the store, else the default.
struct Figures {
    Listen listen;
    unsigned keep_days = 90;
    std::uint64_t max_inbox_bytes = 10ULL << 30U;
};
Figures figures_of(const Words& words, control::Store& store) {
    Figures figures;
    if (const auto listen = words.has("listen") ? words.find("listen") : store.setting("listen")) {
        figures.listen = parse_listen(*listen);
    }
    const auto days =
        words.has("keep-days") ? words.find("keep-days") : store.setting("journal_days");
    if (days) {
        figures.keep_days = static_cast<unsigned>(parse_whole("--keep-days", *days, 1, 36'500));
    }
    if (const auto bytes = store.setting("inbox_bytes")) {
        figures.max_inbox_bytes =
            static_cast<std::uint64_t>(parse_whole("inbox_bytes", *bytes, 1, INT64_MAX));
    }
    if (const auto mb = words.find("max-inbox")) {
        figures.max_inbox_bytes =
            static_cast<std::uint64_t>(parse_whole("--max-inbox", *mb, 1, 1 << 24)) << 20U;
    }
    return figures;
}

// Each of many short runs has threads of its own, and their heaps would lie about empty.
void share_heaps() {
#ifdef M_ARENA_MAX
    mallopt(M_ARENA_MAX, 2);
#endif
}

int serve(const Words& words, Context& context) {
    expect_plain(words, 0, 0,
                 "ringtail serve [--config FILE] [--data DIR] [--listen 127.0.0.1:8480]");
    const Output output = words.output();
    // Both before any other thread.
    share_heaps();
    Signals signals([&](std::string_view line) { context.console.err(line); });
    const auto log = make_service_logger(words);
    const std::string folder = data_folder(words.find("data"), context.environment);
    const auto lock = DataLock::take(folder);
    if (!lock) {
        throw Error(Fault::config,
                    fmt::format("another service uses the data folder {}: {}", folder,
                                service_of(folder).value_or("one that ends now")))
            .with_hint("Stop it first, or give this one a folder of its own: --data FOLDER.");
    }
    ServiceParts parts(words, context, *log);
    parts.store.secrets().check();
    if (const auto file = words.find("config")) {
        const auto steps = set_up_steps(*file, false, parts, context);
        refuse_taking_away(steps, *file);
        for (const config::Step& step : steps) {
            if (!step.make) continue;
            log->info(
                fmt::format("{}: {} {} {}", *file, name_of(step.kind), step.what, step.detail));
            step.make();
        }
        for (const auto& source : parts.store.sources().list()) parts.accounts.ensure_jobs(source);
    }
    const Figures figures = figures_of(words, parts.store);

    Metrics metrics;
    jobs::Workshop shop = parts.workshop(metrics);
    jobs::Deliveries deliveries(
        parts.store, parts.kinds(),
        {.folder = folder,
         .reach = words.on("allow-private") ? http::Reach::anywhere : http::Reach::public_only},
        context.clock, *log, metrics);
    shop.deliveries = &deliveries;
    jobs::Engine engine(shop, {.keep_days = figures.keep_days});
    ServiceActions actions(parts, engine);
    web::WebOptions options;
    options.server.address = figures.listen.address;
    options.server.port = figures.listen.port;
    options.hooks.read = context.wiring.read_hook;
    options.inbox = parts.accounts.inbox_file();
    options.inbox_options.max_bytes = figures.max_inbox_bytes;
    options.public_url = words.text("public-url", parts.store.setting("public_url").value_or(""));
    const std::string public_url = options.public_url;
    const web::WebServer server(std::move(options),
                                {parts.store, actions, metrics, context.clock, *log});

    const std::string address = address_of(figures.listen, server.port());
    parts.store.set_setting("address", address);
    parts.store.set_setting("public_url", public_url);
    if (output == Output::json) {
        context.console.out(JsonLine("serving")
                                .text("version", RINGTAIL_VERSION)
                                .text("address", address)
                                .text("data", folder)
                                .done());
    } else {
        context.console.out(fmt::format("ringtail {} serves {} with the data in {}",
                                        RINGTAIL_VERSION, address, folder));
    }
    log->info(fmt::format("service start version={} address={} data={}", RINGTAIL_VERSION, address,
                          folder));
    wait_for(signals.stop().get_token());
    log->info("service stop");
    deliveries.close();
    return exit_done;
}

}  // namespace

int run_serve(std::span<const std::string> words, Context& context) {
    constexpr std::array<Flag, 7> kFlags{{{"listen"},
                                          {"public-url"},
                                          {"keep-days"},
                                          {"max-inbox"},
                                          {"log-file"},
                                          {"log-level"},
                                          {"allow-private", Flag::Takes::nothing}}};
    try {
        const Words parsed = parse_words(words, kFlags);
        if (parsed.has("help")) {
            context.console.out(help_of("serve"));
            return exit_done;
        }
        return serve(parsed, context);
    } catch (const Error& error) {
        context.console.err(fmt::format("error: {}", error_text(error)));
        return exit_code_of(error);
    }
}

}  // namespace ringtail::cli
