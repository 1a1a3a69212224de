#include "cli/options_sync.hpp"

#include <fmt/core.h>

#include "base/error.hpp"
#include "base/zone.hpp"
#include "cli/settings.hpp"
#include "cli/values.hpp"

namespace ringtail::cli {
namespace {

std::vector<Flag> all_flags() {
    std::vector<Flag> flags = shared_flags();
    for (const auto name : {"from", "to", "token-file", "since", "only", "stages", "prefix", "zone",
                            "views-prefix", "log-file", "log-level"}) {
        flags.push_back({name});
    }
    for (const auto name : {"once", "full", "help"}) {
        flags.push_back({name, Flag::Takes::nothing});
    }
    return flags;
}

std::string parse_from(std::string_view name, std::string_view text) {
    constexpr std::string_view kScheme = "dialfire://";
    if (!text.starts_with(kScheme)) {
        throw Error(Fault::config, fmt::format("{} is not of the form dialfire://CAMPAIGN", name))
            .with_hint("For example --from dialfire://ZX5CAMP9W2K7RTLB");
    }
    text.remove_prefix(kScheme.size());
    if (text.find('@') != text.npos) {
        throw Error(Fault::config, fmt::format("{} holds a user or password", name))
            .with_hint("The token goes into a file (--token-file) or the variable RINGTAIL_TOKEN.");
    }
    if (text.ends_with('/')) text.remove_suffix(1);
    return parse_campaign(name, text);
}

std::string parse_zone(std::string_view name, std::string_view text) {
    try {
        static_cast<void>(Zone(std::string(text)));
    } catch (const Error& error) {
        throw error.within(name);
    }
    return std::string(text);
}

dialfire::FilterMode parse_only(std::string_view name, std::string_view text) {
    if (text == "updates") return dialfire::FilterMode::updates_only;
    if (text == "human") return dialfire::FilterMode::hi_updates_only;
    throw Error(Fault::config, fmt::format("{}: only updates and human are allowed", name));
}

LogLevel parse_level(std::string_view name, std::string_view text) {
    if (text == "error") return LogLevel::error;
    if (text == "warning") return LogLevel::warning;
    if (text == "info") return LogLevel::info;
    if (text == "debug") return LogLevel::debug;
    throw Error(Fault::config, fmt::format("{}: allowed are error, warning, info and debug", name));
}

std::string find_token(const Settings& settings, const Environment& environment,
                       const ReadFile& read_file) {
    if (const auto file = settings.find("token-file")) {
        std::string token = read_file(file->text);
        while (!token.empty() && (token.back() == '\n' || token.back() == '\r')) token.pop_back();
        return parse_token("--token-file " + file->text, token);
    }
    if (const auto token = environment("RINGTAIL_TOKEN"); token && !token->empty()) {
        return parse_token("RINGTAIL_TOKEN", *token);
    }
    throw Error(Fault::config, "no token")
        .with_hint(
            "Put the campaign's Sync Client token into a file and name it with --token-file, "
            "or into the variable RINGTAIL_TOKEN.");
}

}  // namespace

SyncOptions parse_sync(std::span<const std::string> words, const Environment& environment,
                       const ReadFile& read_file) {
    SyncOptions options;
    Given given = parse_flags(words, all_flags());
    if (given.contains("help") && given.at("help") == "true") {
        options.help = true;
        return options;
    }
    const Settings settings(std::move(given), environment,
                            [](std::string_view) { return std::vector<std::string>(); });
    if (!settings.find("from")) {
        throw Error(Fault::config, "--from is missing")
            .with_hint("Name the campaign: --from dialfire://CAMPAIGN");
    }
    Plan& plan = options.plan;
    plan.source.campaign = settings.get("from", std::string(), parse_from);
    plan.destination = settings.get("to", std::string("sqlite:///./ringtail.db"),
                                    [](auto, auto text) { return std::string(text); });
    if (const auto since = settings.find("since")) {
        plan.source.first.since = parse_date(since->name, since->text);
    }
    // Who names a date wants everything since then looked at now, whatever was read before.
    plan.source.first.again =
        settings.get("full", plan.source.first.since.has_value(), parse_switch);
    plan.source.filter.mode = settings.get("only", dialfire::FilterMode::none, parse_only);
    if (const auto stages = settings.find("stages"); stages && !stages->text.empty()) {
        plan.source.filter.stages = parse_stages(stages->name, stages->text);
    }
    plan.prefix_given = settings.find("prefix").has_value();
    plan.source.prefix = settings.get("prefix", plan.source.prefix, parse_prefix);
    plan.source.zone = settings.get("zone", plan.source.zone, parse_zone);
    plan.source.views_prefix = settings.get("views-prefix", plan.source.views_prefix, parse_prefix);
    if (!plan.source.views_prefix.empty() && plan.source.zone.empty()) {
        throw Error(Fault::config, "--views-prefix: views over all calls are made with --zone only")
            .with_hint("Name the campaign's time zone, such as --zone Europe/Berlin.");
    }
    plan.once = settings.get("once", false, parse_switch);
    plan.log_level = settings.get("log-level", plan.log_level, parse_level);
    plan.log_file = settings.text("log-file");
    read_shared(settings, plan);
    plan.source.token = find_token(settings, environment, read_file);
    return options;
}

}  // namespace ringtail::cli
