#include "jobs/settings.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "json/text.hpp"
#include "json/write.hpp"

namespace ringtail::jobs {
namespace {

using std::chrono::milliseconds;
using Kind = JsonValue::Kind;

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::string text_of(JsonValue value) {
    std::string_view text;
    std::string scratch;
    return value.text(text, scratch) ? std::string(text) : std::string();
}

// Texts, but no secret's worth of them.
std::string shown(JsonValue value) {
    const std::string_view raw = value.raw();
    return raw.size() > 48 ? "a long value" : std::string(raw);
}

std::string words_of(milliseconds length) {
    if (length % std::chrono::hours(1) == milliseconds(0)) {
        return fmt::format("{}h", length / std::chrono::hours(1));
    }
    if (length % std::chrono::minutes(1) == milliseconds(0)) {
        return fmt::format("{}m", length / std::chrono::minutes(1));
    }
    if (length % std::chrono::seconds(1) == milliseconds(0)) {
        return fmt::format("{}s", length / std::chrono::seconds(1));
    }
    return fmt::format("{}ms", length.count());
}

std::vector<std::string> split(std::string_view text, char by) {
    std::vector<std::string> parts{""};
    for (const char c : text) {
        if (c == by) {
            parts.emplace_back();
        } else {
            parts.back() += c;
        }
    }
    return parts;
}

std::string trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t");
    if (begin == text.npos) return {};
    return std::string(text.substr(begin, text.find_last_not_of(" \t") - begin + 1));
}

}  // namespace

void refuse_setting(std::string_view name, const std::string& why, const std::string& hint) {
    throw Error(Fault::config, fmt::format("setting {}: {}", name, why)).with_hint(hint);
}

std::optional<milliseconds> read_duration(std::string_view text) {
    struct Unit {
        std::string_view name;
        milliseconds length;
    };
    constexpr std::array<Unit, 5> kUnits{{{"ms", milliseconds(1)},
                                          {"s", std::chrono::seconds(1)},
                                          {"m", std::chrono::minutes(1)},
                                          {"h", std::chrono::hours(1)},
                                          {"d", std::chrono::hours(24)}}};
    const auto at = std::min(text.find_first_not_of("0123456789"), text.size());
    const auto count = number(text.substr(0, at));
    const auto unit = std::ranges::find(kUnits, text.substr(at), &Unit::name);
    if (!count || unit == kUnits.end() || *count > 1'000'000'000) return std::nullopt;
    return *count * unit->length;
}

SettingsReader::SettingsReader(std::string_view json, std::span<const Setting> known)
    : json_(json), document_(json_) {
    if (!document_.root().is(Kind::object)) {
        throw Error(Fault::config, "the settings are no JSON object")
            .with_hint("Write {} for none.");
    }
    std::vector<std::string> names;
    for (const Setting& setting : known) names.emplace_back(setting.name);
    for (const auto& [name, value] : document_.root().members()) {
        const std::string text = text_of(name);
        if (std::ranges::find(names, text) != names.end()) continue;
        const std::string near = nearest(text, names);
        std::string all;
        for (const std::string& one : names) all += (all.empty() ? "" : ", ") + one;
        refuse_setting(text.size() > 32 ? "(a long name)" : text, "there is no such setting",
                       near.empty() ? fmt::format("There are: {}.", all)
                                    : fmt::format("Did you mean {}? There are: {}.", near, all));
    }
}

bool SettingsReader::has(std::string_view name) const {
    return !document_.root().find(name).is_null();
}

std::string SettingsReader::text(std::string_view name, std::string otherwise) const {
    const JsonValue value = document_.root().find(name);
    if (value.is_null()) return otherwise;
    std::string_view text;
    std::string scratch;
    if (!value.text(text, scratch)) {
        refuse_setting(name, fmt::format("{} is no text", shown(value)), "Write it in quotes.");
    }
    return std::string(text);
}

std::string SettingsReader::json(std::string_view name) const {
    const JsonValue value = document_.root().find(name);
    if (value.is_null()) return {};
    std::string_view text;
    std::string scratch;
    return std::string(value.text(text, scratch) ? text : value.raw());
}

std::int64_t SettingsReader::whole(std::string_view name, std::int64_t otherwise,
                                   std::int64_t lowest, std::int64_t highest) const {
    const JsonValue value = document_.root().find(name);
    if (value.is_null()) return otherwise;
    const auto given = value.is(Kind::number) ? number(value.raw()) : std::nullopt;
    if (!given || *given < lowest || *given > highest) {
        refuse_setting(name, fmt::format("{} is not allowed", shown(value)),
                       fmt::format("Allowed are whole numbers from {} to {}.", lowest, highest));
    }
    return *given;
}

bool SettingsReader::flag(std::string_view name, bool otherwise) const {
    const JsonValue value = document_.root().find(name);
    if (value.is_null()) return otherwise;
    if (!value.is(Kind::boolean)) {
        refuse_setting(name, fmt::format("{} is not allowed", shown(value)),
                       "Allowed are true and false.");
    }
    return value.raw() == "true";
}

std::vector<std::string> SettingsReader::list(std::string_view name) const {
    const JsonValue value = document_.root().find(name);
    std::vector<std::string> texts;
    if (value.is_null()) return texts;
    bool fits = value.is(Kind::array);
    for (const JsonValue element : value.elements()) {
        fits = fits && element.is(Kind::string);
        texts.push_back(text_of(element));
    }
    if (!fits) refuse_setting(name, "it is no list of texts", R"(Write ["one", "two"].)");
    return texts;
}

std::map<std::string, std::string> SettingsReader::map(std::string_view name) const {
    const JsonValue value = document_.root().find(name);
    std::map<std::string, std::string> texts;
    if (value.is_null()) return texts;
    bool fits = value.is(Kind::object);
    for (const auto& [key, element] : value.members()) {
        fits = fits && element.is(Kind::string);
        texts[text_of(key)] = text_of(element);
    }
    if (!fits) refuse_setting(name, "it is no object of texts", R"(Write {"name": "text"}.)");
    return texts;
}

milliseconds SettingsReader::duration(std::string_view name, milliseconds otherwise,
                                      milliseconds lowest, milliseconds highest) const {
    const JsonValue value = document_.root().find(name);
    if (value.is_null()) return otherwise;
    const auto given = read_duration(text_of(value));
    if (!given || *given < lowest || *given > highest) {
        refuse_setting(
            name, fmt::format("{} is not allowed", shown(value)),
            fmt::format("Allowed are durations from {} to {}, such as \"45s\" or \"15m\".",
                        words_of(lowest), words_of(highest)));
    }
    return *given;
}

std::string setting_as_json(const Setting& setting, std::string_view words) {
    switch (setting.takes) {
        case Setting::Takes::text:
        case Setting::Takes::duration:
            return json_string(words);
        case Setting::Takes::whole:
            // What is no number is refused, with what is allowed, when the settings are read.
            return number(words) ? std::to_string(*number(words)) : json_string(words);
        case Setting::Takes::flag:
            return words == "on" || words == "true"     ? "true"
                   : words == "off" || words == "false" ? "false"
                                                        : json_string(words);
        case Setting::Takes::list: {
            std::string json;
            for (const std::string& line : split(words, '\n')) {
                for (const std::string& part : split(line, ',')) {
                    if (trimmed(part).empty()) continue;
                    json += (json.empty() ? "" : ",") + json_string(trimmed(part));
                }
            }
            return "[" + json + "]";
        }
        case Setting::Takes::map: {
            std::string json;
            for (const std::string& line : split(words, '\n')) {
                if (trimmed(line).empty()) continue;
                const auto colon = line.find(':');
                if (colon == line.npos) {
                    refuse_setting(
                        setting.name, "there is no : in it",
                        "Write NAME: TEXT, such as 'callkeeper_calls: status_code = 200'.");
                }
                json += (json.empty() ? "" : ",") + json_string(trimmed(line.substr(0, colon))) +
                        ":" + json_string(trimmed(line.substr(colon + 1)));
            }
            return "{" + json + "}";
        }
        case Setting::Takes::json:
            try {
                JsonDocument{words};
                return std::string(words);
            } catch (const Error&) {  // who reads it says what is wrong
                return json_string(words);
            }
    }
    return "null";
}

std::string merged_settings(std::string_view json, std::string_view changes) {
    const JsonDocument before(json), after(changes);
    std::string merged;
    const auto put = [&](JsonValue name, JsonValue value) {
        if (value.is_null()) return;
        merged +=
            (merged.empty() ? "" : ",") + std::string(name.raw()) + ":" + std::string(value.raw());
    };
    for (const auto& [name, value] : before.root().members()) {
        if (!after.root().find(text_of(name)).exists()) put(name, value);
    }
    for (const auto& [name, value] : after.root().members()) put(name, value);
    return "{" + merged + "}";
}

std::string in_one_form(std::string_view json, std::span<const Setting> known) {
    const JsonDocument document(json);
    std::string text;
    for (const Setting& setting : known) {
        const JsonValue value = document.root().find(setting.name);
        if (value.is_null()) continue;
        text += (text.empty() ? "" : ",") + json_string(setting.name) + ":";
        append_minified(value.raw(), text);
    }
    return "{" + text + "}";
}

}  // namespace ringtail::jobs
