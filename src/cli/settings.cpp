#include "cli/settings.hpp"

#include <fmt/core.h>

#include "base/error.hpp"
#include "cli/settings_webhook.hpp"
#include "cli/values.hpp"

namespace ringtail::cli {
namespace {

using namespace std::chrono_literals;

template <typename Value>
auto whole(Value lowest, Value highest) {
    return [=](std::string_view name, std::string_view text) {
        return static_cast<Value>(parse_whole(name, text, static_cast<std::int64_t>(lowest),
                                              static_cast<std::int64_t>(highest)));
    };
}

template <typename Duration>
auto duration(std::chrono::milliseconds lowest, std::chrono::milliseconds highest) {
    return [=](std::string_view name, std::string_view text) {
        const auto length = parse_duration(name, text, lowest, highest);
        const auto rounded = std::chrono::duration_cast<Duration>(length);
        if (rounded != length) {
            throw Error(Fault::config,
                        fmt::format("{}: '{}' has a fraction of a second", name, text));
        }
        return rounded;
    };
}

Output parse_output(std::string_view name, std::string_view text) {
    if (text == "text") return Output::text;
    if (text == "json") return Output::json;
    throw Error(Fault::config, fmt::format("{}: only text and json are allowed", name));
}

bool parse_extra(std::string_view name, std::string_view text) {
    if (text == "all") return true;
    if (text == "contacts") return false;
    throw Error(Fault::config, fmt::format("{}: only contacts and all are allowed", name));
}

}  // namespace

std::optional<Setting> Settings::find(std::string_view flag) const {
    if (const auto place = given_.find(flag); place != given_.end()) {
        return Setting{fmt::format("--{}", flag), place->second};
    }
    for (const std::string& variable : variables_(flag)) {
        if (auto text = environment_(variable)) return Setting{variable, std::move(*text)};
    }
    return std::nullopt;
}

std::string Settings::text(std::string_view flag) const {
    auto setting = find(flag);
    return setting ? std::move(setting->text) : std::string();
}

std::vector<Flag> shared_flags() {
    std::vector<Flag> flags = webhook_flags();
    const std::vector<Flag> further{{"api"},           {"every"},
                                    {"overlap"},       {"compare-every"},
                                    {"retry-pause"},   {"w"},
                                    {"extra"},         {"foreign-keys"},
                                    {"output"},        {"custom-columns"},
                                    {"rows-per-load"}, {"stall-timeout"},
                                    {"fields"},        {"adopt", Flag::Takes::nothing}};
    flags.insert(flags.end(), further.begin(), further.end());
    return flags;
}

void read_shared(const Settings& settings, Plan& plan) {
    dialfire::Options& source = plan.source;
    source.api = settings.get("api", source.api, parse_api);
    source.overlap =
        settings.get("overlap", source.overlap, duration<std::chrono::seconds>(0s, 24h));
    source.compare_every = settings.get("compare-every", source.compare_every,
                                        duration<std::chrono::seconds>(1s, 168h));
    source.retry_pause = settings.get("retry-pause", source.retry_pause,
                                      duration<std::chrono::milliseconds>(1ms, 60s));
    source.stall_timeout = settings.get("stall-timeout", source.stall_timeout,
                                        duration<std::chrono::milliseconds>(100ms, 1h));
    source.in_flight = settings.get("w", source.in_flight, whole(1U, 1024U));
    for (const auto* name : {"fields", "custom-columns"}) {  // two names of one thing
        source.custom_columns =
            settings.get(name, source.custom_columns, whole(std::size_t{0}, std::size_t{1400}));
    }
    source.extra_everywhere = settings.get("extra", source.extra_everywhere, parse_extra);
    plan.destination_options.foreign_keys =
        settings.get("foreign-keys", plan.destination_options.foreign_keys, parse_switch);
    plan.every = settings.get("every", plan.every, duration<std::chrono::milliseconds>(100ms, 24h));
    plan.rows_per_load = settings.get("rows-per-load", plan.rows_per_load,
                                      whole(std::size_t{1}, std::size_t{1'000'000}));
    plan.adopt = settings.get("adopt", plan.adopt, parse_switch);
    read_webhook(settings, plan.webhook);
    plan.output = settings.get("output", plan.output, parse_output);
}

}  // namespace ringtail::cli
