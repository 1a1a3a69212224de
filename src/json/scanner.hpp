#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

#include "json/document.hpp"

namespace ringtail {

// Lists the values of one JSON text and checks its structure to the last byte. What stands inside
// the strings is only looked at as far as it must be: see odd_strings().
class JsonScanner {
  public:
    explicit JsonScanner(std::string_view text);

    // Both throw Error(data) naming the byte where `text` stops being one whole JSON value; for
    // one call of either. scan() lists the values; check() gives the byte the outermost begins
    // with.
    std::vector<JsonDocument::Node> scan();
    char check();
    // True when a string holds a raw control character or an escape that JSON does not know.
    bool odd_strings() const { return odd_strings_; }

  private:
    using Kind = JsonValue::Kind;

    [[noreturn]] void fail(std::string_view expected) const;
    void skip_blanks();
    bool take(char c);
    void add(Kind kind, const char* begin, bool escaped = false);
    void open(Kind kind);
    void close();
    void name();
    void string();
    void number();
    void digits();
    void literal(std::string_view word, Kind kind);
    // True when the value is complete, false when it is a container that has been opened.
    bool value();
    void whole();

    const char* const begin_;
    const char* const end_;
    const char* at_;
    bool odd_strings_ = false;
    bool lists_ = false;
    std::vector<JsonDocument::Node> nodes_;
    struct Open {
        Kind kind;
        std::uint32_t index;  // where the values are listed
    };
    std::vector<Open> open_;  // the containers around at_
};

}  // namespace ringtail
