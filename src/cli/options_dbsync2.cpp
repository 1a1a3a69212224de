#include "cli/options_dbsync2.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "base/time_text.hpp"
#include "cli/destinations.hpp"
#include "cli/settings.hpp"
#include "cli/values.hpp"
#include "http/url.hpp"

namespace ringtail::cli {
namespace {

constexpr std::array<std::string_view, 4> kModes{"webhook", "db_init", "db_update", "db_sync"};

std::vector<Flag> all_flags() {
    std::vector<Flag> flags = shared_flags();
    for (const auto name : {"c", "ct", "a", "url", "s", "fm", "fp", "tp", "d", "l", "wr", "wb"}) {
        flags.push_back({name});
    }
    for (const auto name : {"v", "p", "help"}) flags.push_back({name, Flag::Takes::nothing});
    return flags;
}

// DBSYNC_X is what the old client's help says, DBSYNCX what worked (facts C.2).
std::vector<std::string> variables_of(std::string_view flag) {
    std::string name(flag);
    for (char& c : name) c = c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
    return {"DBSYNC_" + name, "DBSYNC" + name};
}

Environment without_empty(const Environment& environment) {
    return [environment](std::string_view name) {
        auto text = environment(name);
        const bool prefix = name == "DBSYNC_TP" || name == "DBSYNCTP";
        if (text && text->empty() && !prefix) text.reset();
        return text;
    };
}

std::string brief(std::string_view text) {
    return text.size() > 32 ? "(a long text)" : std::string(text);
}

Mode parse_mode(const std::string& text) {
    const auto place = std::ranges::find(kModes, text);
    if (place == kModes.end()) {
        throw Error(Fault::config, "Invalid mode: " + brief(text))
            .with_hint("Allowed for --a are webhook, db_init, db_update and db_sync.");
    }
    return static_cast<Mode>(place - kModes.begin());
}

dialfire::FilterMode parse_filter(std::string_view name, std::string_view text) {
    if (text == "updates_only") return dialfire::FilterMode::updates_only;
    if (text == "hi_updates_only") return dialfire::FilterMode::hi_updates_only;
    if (text.empty()) return dialfire::FilterMode::none;
    throw Error(Fault::config,
                fmt::format("{}: '{}' is no filter mode; allowed are updates_only and "
                            "hi_updates_only",
                            name, brief(text)));
}

// Any number was accepted; those out of range meant the nearest level.
LogLevel parse_level(std::string_view name, std::string_view text) {
    return static_cast<LogLevel>(
        std::clamp<std::int64_t>(parse_whole(name, text, -1'000'000, 1'000'000), 0, 5));
}

// A number of at most 0 means the default, as it did.
std::optional<double> parse_rate(const Settings& settings, std::string_view flag) {
    const auto setting = settings.find(flag);
    if (!setting) return std::nullopt;
    const auto number = parse_whole(setting->name, setting->text, -1'000'000, 1'000'000);
    if (number <= 0) return std::nullopt;
    return static_cast<double>(number);
}

// Accepted and checked, but with nothing to do here.
void check_unused(const Settings& settings) {
    if (const auto setting = settings.find("d")) {
        parse_whole(setting->name, setting->text, -1'000'000, 1'000'000);
    }
}

}  // namespace

std::string_view name_of(Mode mode) { return kModes.at(static_cast<std::size_t>(mode)); }

Dbsync2Options parse_dbsync2(std::span<const std::string> words, const Environment& environment) {
    Dbsync2Options options;
    Given given = parse_flags(words, all_flags());
    if (given.contains("help") && given.at("help") == "true") {
        options.help = true;
        return options;
    }
    const Settings settings(std::move(given), without_empty(environment), variables_of);
    if (settings.text("c").empty()) throw Error(Fault::config, "Campaign ID (--c) is required");
    if (settings.text("ct").empty()) {
        throw Error(Fault::config, "Campaign token (--ct) is required");
    }
    options.mode = parse_mode(settings.text("a"));

    Plan& plan = options.plan;
    plan.source.campaign = settings.get("c", std::string(), parse_campaign);
    plan.source.token = parse_token("--ct", settings.text("ct"));
    plan.destination = settings.text("url");
    if (const auto start = settings.find("s"); start && !start->text.empty()) {
        options.start = parse_date(start->name, start->text);
    }
    plan.source.filter.mode = settings.get("fm", dialfire::FilterMode::none, parse_filter);
    if (const auto stages = settings.find("fp"); stages && !stages->text.empty()) {
        plan.source.filter.stages = parse_stages(stages->name, stages->text);
    }
    plan.prefix_given = settings.find("tp").has_value();
    plan.source.prefix = settings.get("tp", plan.source.prefix, parse_prefix);
    plan.log_level = settings.get("l", plan.log_level, parse_level);
    options.verbose = settings.get("v", false, parse_switch);
    if (options.verbose) plan.log_level = LogLevel::debug;
    options.profiler = settings.get("p", false, parse_switch);
    check_unused(settings);
    read_shared(settings, plan);
    plan.webhook.rate = parse_rate(settings, "wr").value_or(plan.webhook.rate);
    if (const auto burst = parse_rate(settings, "wb")) plan.webhook.burst = burst;
    plan.source.follow = options.mode == Mode::db_sync || options.mode == Mode::webhook;
    plan.once = !plan.source.follow;
    return options;
}

void check_webhook_url(const std::string& url) {
    if (is_web_service(url)) return;
    throw Error(Fault::config, url.empty() ? "Webhook URL (--url) is required"
                                           : "The webhook URL (--url) is no http or https address")
        .with_hint("For example --url 'https://example.com/api/transactions/'");
}

void check_database_url(const std::string& url) {
    if (url.empty()) {
        throw Error(Fault::config, "Database URL (--url) is required")
            .with_hint(
                "For example --url postgres://user:password@localhost:5432/database or "
                "--url sqlite:///./ringtail.db");
    }
    const std::string_view driver = std::string_view(url).substr(0, url.find(':'));
    constexpr std::array<std::string_view, 6> kDrivers{"postgres", "postgresql", "mysql",
                                                       "mariadb",  "sqlserver",  "sqlite"};
    if (std::ranges::find(kDrivers, driver) == kDrivers.end()) {
        throw Error(Fault::config, fmt::format("Invalid database driver '{}'", brief(driver)))
            .with_hint("Allowed are postgres://, mysql://, sqlserver:// and sqlite:///.");
    }
    const std::string address = url.substr(0, url.find('?'));
    if (address.ends_with('/') || address.ends_with(':')) {
        throw Error(Fault::config, "Database name is required")
            .with_hint(fmt::format("Put it at the end of --url: {}://…/database", driver));
    }
}

dialfire::First first_listing(const Dbsync2Options& options,
                              const std::optional<std::string>& old_state, Instant now) {
    switch (options.mode) {
        case Mode::db_init:
            return {options.start, true};
        case Mode::db_update:
            return {options.start ? *options.start : format_day(now - std::chrono::hours(168)),
                    true};
        case Mode::db_sync:
        case Mode::webhook:
            break;
    }
    if (options.start) return {options.start, true};
    if (options.mode == Mode::webhook) return {};  // from the outbox's start
    // What it lost or cut is mended by reading everything once.
    if (options.plan.adopt) return {std::nullopt, false};
    return {old_state ? *old_state : format_time(now), false};
}

}  // namespace ringtail::cli
