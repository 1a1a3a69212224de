#include "json/document.hpp"

#include <simdjson.h>

#include "base/json_string.hpp"
#include "json/scanner.hpp"
#include "json/text.hpp"

namespace ringtail {

JsonDocument::JsonDocument(std::string_view text) : text_(without_byte_order_mark(text)) {
    // The structure first: an error in it names the byte of the text as delivered.
    JsonScanner scanner(text_);
    nodes_ = scanner.scan();
    if (!scanner.odd_strings() && simdjson::validate_utf8(text_.data(), text_.size())) return;
    repaired_ = repair_strings(text_);
    text_ = repaired_;
    nodes_ = JsonScanner(text_).scan();
}

char JsonDocument::check(std::string_view text) {
    return JsonScanner(without_byte_order_mark(text)).check();
}

bool JsonValue::text(std::string_view& text, std::string& scratch) const {
    if (!is(Kind::string)) return false;
    const std::string_view quoted = raw();
    text = quoted.substr(1, quoted.size() - 2);
    if (!document_->node(index_).escaped) return true;
    if (!unescape(text, scratch)) return false;
    text = scratch;
    return true;
}

std::string_view JsonValue::text_or_raw(std::string& scratch) const {
    std::string_view result;
    if (!exists() || text(result, scratch)) return result;
    return raw();
}

JsonValue JsonValue::find(std::string_view name) const {
    JsonValue found;
    std::string scratch;
    for (const auto& [key, value] : members()) {
        std::string_view text;
        if (key.text(text, scratch) && text == name) found = value;
    }
    return found;
}

}  // namespace ringtail
