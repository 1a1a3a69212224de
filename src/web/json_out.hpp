#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace ringtail::web {

// One JSON object or array, written member by member.
class JsonObject {
  public:
    JsonObject& text(std::string_view name, std::string_view value);
    // Empty: null.
    JsonObject& text_or_null(std::string_view name, std::string_view value);
    JsonObject& number(std::string_view name, std::int64_t value);
    JsonObject& number(std::string_view name, std::uint64_t value);
    JsonObject& number_or_null(std::string_view name, std::optional<std::int64_t> value);
    JsonObject& flag(std::string_view name, bool value);
    // "2024-01-31T23:59:59.123456Z"
    JsonObject& time(std::string_view name, std::optional<Instant> value);
    JsonObject& raw(std::string_view name, std::string_view json);
    std::string done() const { return body_ + "}"; }

  private:
    void name(std::string_view name);
    std::string body_ = "{";
};

class JsonArray {
  public:
    JsonArray& add(std::string_view json);
    std::string done() const { return body_ + "]"; }

  private:
    std::string body_ = "[";
};

}  // namespace ringtail::web
