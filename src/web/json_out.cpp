#include "web/json_out.hpp"

#include "base/time_text.hpp"
#include "json/write.hpp"

namespace ringtail::web {

void JsonObject::name(std::string_view name) {
    if (body_.size() > 1) body_ += ',';
    body_.append(json_string(name)).append(":");
}

JsonObject& JsonObject::raw(std::string_view key, std::string_view json) {
    name(key);
    body_ += json;
    return *this;
}

JsonObject& JsonObject::text(std::string_view key, std::string_view value) {
    return raw(key, json_string(value));
}

JsonObject& JsonObject::text_or_null(std::string_view key, std::string_view value) {
    return value.empty() ? raw(key, "null") : text(key, value);
}

JsonObject& JsonObject::number(std::string_view key, std::int64_t value) {
    return raw(key, std::to_string(value));
}

JsonObject& JsonObject::number(std::string_view key, std::uint64_t value) {
    return raw(key, std::to_string(value));
}

JsonObject& JsonObject::number_or_null(std::string_view key, std::optional<std::int64_t> value) {
    return value ? number(key, *value) : raw(key, "null");
}

JsonObject& JsonObject::flag(std::string_view key, bool value) {
    return raw(key, value ? "true" : "false");
}

JsonObject& JsonObject::time(std::string_view key, std::optional<Instant> value) {
    return value ? text(key, format_time(*value)) : raw(key, "null");
}

JsonArray& JsonArray::add(std::string_view json) {
    if (body_.size() > 1) body_ += ',';
    body_ += json;
    return *this;
}

}  // namespace ringtail::web
