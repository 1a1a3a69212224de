#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "json/document.hpp"
#include "source/dialfire/ids.hpp"

// How the decoders read single values.
namespace ringtail::dialfire {

// A text that can be a key.
inline std::optional<std::string> usable_text(JsonValue value) {
    std::string scratch;
    std::string_view text;
    if (!value.text(text, scratch) || !usable_id(text)) return std::nullopt;
    return std::string(text);
}

// What a filter compares: nothing for null and missing.
inline std::optional<std::string_view> compared(JsonValue value, std::string& scratch) {
    if (value.is_null()) return std::nullopt;
    return value.text_or_raw(scratch);
}

// What goes into a derived id.
inline std::string hashed(JsonValue value) {
    std::string scratch;
    return value.is_null() ? std::string() : std::string(value.text_or_raw(scratch));
}

inline bool is_unset(JsonValue value) { return value.is_null() || value.raw() == "\"\""; }

}  // namespace ringtail::dialfire
