#include "cli/values.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/error.hpp"
#include "base/time_text.hpp"
#include "http/url.hpp"

namespace ringtail::cli {
namespace {

using std::chrono::milliseconds;

Error wrong(std::string_view name, std::string_view text, std::string_view allowed) {
    // Longer than any value there is: a token or URL that has slipped into the wrong place.
    const std::string shown = text.size() > 32 ? "(a long text)" : fmt::format("'{}'", text);
    return {Fault::config, fmt::format("{}: {} is not {}", name, shown, allowed)};
}

std::optional<std::int64_t> whole(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

struct Unit {
    std::string_view name;
    milliseconds length;
};
constexpr std::array<Unit, 5> kUnits{{{"ms", milliseconds(1)},
                                      {"s", std::chrono::seconds(1)},
                                      {"m", std::chrono::minutes(1)},
                                      {"h", std::chrono::hours(1)},
                                      {"d", std::chrono::hours(24)}}};

std::string in_words(milliseconds length) {
    const Unit* best = kUnits.data();
    for (const Unit& unit : kUnits) {
        if (length.count() > 0 && length % unit.length == milliseconds(0)) best = &unit;
    }
    return fmt::format("{}{}", length / best->length, best->name);
}

}  // namespace

std::int64_t parse_whole(std::string_view name, std::string_view text, std::int64_t lowest,
                         std::int64_t highest) {
    const auto value = whole(text);
    if (!value || *value < lowest || *value > highest) {
        throw wrong(name, text, fmt::format("a whole number from {} to {}", lowest, highest));
    }
    return *value;
}

milliseconds parse_duration(std::string_view name, std::string_view text, milliseconds lowest,
                            milliseconds highest) {
    const auto unit_at = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto count = whole(text.substr(0, unit_at));
    const auto unit = std::ranges::find(kUnits, text.substr(unit_at), &Unit::name);
    const bool fits = count && unit != kUnits.end() && *count <= highest / unit->length;
    if (!fits || *count * unit->length < lowest) {
        throw wrong(name, text,
                    fmt::format("a duration from {} to {}, such as 30s, 15m, 2h", in_words(lowest),
                                in_words(highest)));
    }
    return *count * unit->length;
}

bool parse_switch(std::string_view name, std::string_view text) {
    constexpr std::array<std::string_view, 4> kOn{"true", "1", "on", "yes"};
    constexpr std::array<std::string_view, 4> kOff{"false", "0", "off", "no"};
    if (std::ranges::find(kOn, text) != kOn.end()) return true;
    if (std::ranges::find(kOff, text) != kOff.end()) return false;
    throw wrong(name, text, "on or off");
}

std::string parse_date(std::string_view name, std::string_view text) {
    const auto instant = parse_time(text);
    if (!instant) {
        throw wrong(name, text,
                    "a date; allowed are YYYY-MM-DD and YYYY-MM-DDTHH:MM:SS (UTC), such as "
                    "2018-02-01 or 2018-02-01T08:30:00");
    }
    return format_time(*instant);
}

std::string parse_stages(std::string_view name, std::string_view text) {
    if (text.find_first_of(" \t\r\n") != text.npos) {
        throw wrong(name, text,
                    "a list of stage prefixes: they are separated by commas without blanks, such "
                    "as fc_,qc_");
    }
    return std::string(text);
}

std::string parse_prefix(std::string_view name, std::string_view text) {
    const bool printable = std::ranges::none_of(text, [](char c) { return c >= 0 && c < ' '; });
    if (text.size() > 32 || !printable) {
        throw wrong(name, text, "a table prefix of at most 32 characters, such as df_");
    }
    return std::string(text);
}

std::string parse_api(std::string_view name, std::string_view text) {
    const auto url = [&] {
        try {
            return http::parse_url(text);
        } catch (const Error& error) {
            throw error.within(name);
        }
    }();
    if ((url.scheme != "https" && url.scheme != "http") || url.host.empty() || url.user ||
        !url.query.empty()) {
        throw wrong(name, http::redact_url(text), "an address such as https://api.dialfire.com");
    }
    while (text.ends_with('/')) text.remove_suffix(1);
    return std::string(text);
}

std::string parse_campaign(std::string_view name, std::string_view text) {
    const bool plain = !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_';
    });
    if (!plain) {
        throw Error(Fault::config, fmt::format("{} is not a campaign id", name))
            .with_hint(
                "A campaign id has 16 letters and digits, such as ZX5CAMP9W2K7RTLB; it "
                "stands in the campaign's address in Dialfire.");
    }
    return std::string(text);
}

std::string parse_token(std::string_view name, std::string_view text) {
    const bool plain = std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
    if (text.empty() || !plain) {
        throw Error(Fault::config, fmt::format("{}: the token is empty or has characters that no "
                                               "token has (blanks, line breaks)",
                                               name))
            .with_hint("Copy it again from the campaign's settings, Connectors.");
    }
    return std::string(text);
}

}  // namespace ringtail::cli
