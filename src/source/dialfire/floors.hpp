#pragma once
#include <optional>

#include "base/time_text.hpp"
#include "json/document.hpp"

namespace ringtail::dialfire {

// Whether the value is a time from before the floor; false where there is no floor, or no time.
inline bool is_below(const std::optional<Instant>& floor, JsonValue value) {
    if (!floor) return false;
    std::string scratch;
    std::string_view text;
    if (!value.text(text, scratch)) return false;
    const auto time = parse_time(text);
    return time && *time < *floor;
}

}  // namespace ringtail::dialfire
