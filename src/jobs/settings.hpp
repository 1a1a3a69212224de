#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "json/document.hpp"

namespace ringtail::jobs {

// One setting of a kind of source. In JSON a text, a whole number, true or false, a list of texts,
// an object of texts, a duration as text ("45s"), or JSON that somebody else reads (also as a text
// that holds it); on the command line --name with dashes.
struct Setting {
    enum class Takes : std::uint8_t { text, whole, flag, list, map, duration, json };
    std::string_view name;  // with underscores
    Takes takes = Takes::text;
    std::string_view help;  // one line, with the default
};

// Settings as they stand in the store and in files: a JSON object. All errors are Error(config) and
// name the setting, what is wrong and what is allowed.
class SettingsReader {
  public:
    // Also refuses a name that is no setting, with a near one that is.
    SettingsReader(std::string_view json, std::span<const Setting> known);

    bool has(std::string_view name) const;
    std::string text(std::string_view name, std::string otherwise) const;
    std::int64_t whole(std::string_view name, std::int64_t otherwise, std::int64_t lowest,
                       std::int64_t highest) const;
    bool flag(std::string_view name, bool otherwise) const;
    std::vector<std::string> list(std::string_view name) const;
    std::map<std::string, std::string> map(std::string_view name) const;
    std::string json(std::string_view name) const;  // "" where there is none
    std::chrono::milliseconds duration(std::string_view name, std::chrono::milliseconds otherwise,
                                       std::chrono::milliseconds lowest,
                                       std::chrono::milliseconds highest) const;

  private:
    std::string json_;
    JsonDocument document_;
};

// Error(config): "setting zone: …".
[[noreturn]] void refuse_setting(std::string_view name, const std::string& why,
                                 const std::string& hint);

// "45s", "15m", "2h", "1d", "500ms"; nothing when it is no duration.
std::optional<std::chrono::milliseconds> read_duration(std::string_view text);

// One member of settings, read from the command line's words, as JSON; several words of a list or
// map stand on lines of their own.
std::string setting_as_json(const Setting& setting, std::string_view words);

// `json` with the members of `changes` in place of its own; null takes one away.
std::string merged_settings(std::string_view json, std::string_view changes);

// The object again: members in the order of `known`, without blanks.
std::string in_one_form(std::string_view json, std::span<const Setting> known);

}  // namespace ringtail::jobs
