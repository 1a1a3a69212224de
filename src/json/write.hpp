#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace ringtail {

// One flat JSON object, written member by member on one line. Bytes that are no UTF-8 become
// U+FFFD.
class JsonLine {
  public:
    explicit JsonLine(std::string_view event) { text("event", event); }
    JsonLine& text(std::string_view name, std::string_view value);
    JsonLine& number(std::string_view name, std::uint64_t value);
    JsonLine& raw(std::string_view name, std::string_view json);  // an array or object
    std::string done() const { return body_ + "}"; }

  private:
    std::string body_ = "{";
};

// With its quotes.
std::string json_string(std::string_view text);

}  // namespace ringtail
