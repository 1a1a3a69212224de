#pragma once
#include <string>
#include <string_view>

#include "json/document.hpp"
#include "json/text.hpp"
#include "model/batch.hpp"

namespace ringtail {

// A value as a cell, as it was delivered; null where there is none. Points into the document or
// into `scratch`, where objects and arrays are minified.
inline Cell cell_of(JsonValue value, std::string& scratch) {
    if (!value.exists()) return {};
    switch (value.kind()) {
        case JsonValue::Kind::null:
            return {};
        case JsonValue::Kind::boolean:
            return {Cell::Kind::boolean, value.raw()};
        case JsonValue::Kind::number:
            return {Cell::Kind::number, value.raw()};
        case JsonValue::Kind::string: {
            std::string_view text;
            if (value.text(text, scratch)) return {Cell::Kind::text, text};
            return {Cell::Kind::broken_text, value.raw()};
        }
        default:
            scratch.clear();
            append_minified(value.raw(), scratch);
            return {Cell::Kind::json, scratch};
    }
}

}  // namespace ringtail
