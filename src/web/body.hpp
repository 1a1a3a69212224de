#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "json/document.hpp"
#include "web/router.hpp"

namespace ringtail::web {

// The JSON object that a request carries. Errors are Error(config) naming the member.
class Body {
  public:
    // An empty body is an empty object. `names`: the members that may be there.
    Body(const Request& request, std::vector<std::string_view> names);
    Body(const Body&) = delete;
    Body& operator=(const Body&) = delete;

    bool has(std::string_view name) const { return root_.find(name).exists(); }
    // Nothing when the member is absent; null is absent too.
    std::optional<std::string> text(std::string_view name) const;
    std::optional<std::int64_t> number(std::string_view name) const;
    std::optional<bool> flag(std::string_view name) const;
    std::optional<std::string> object(std::string_view name) const;  // minified JSON
    std::optional<Instant> time(std::string_view name) const;
    // Must be there.
    std::string wanted(std::string_view name) const;

  private:
    std::string text_;
    JsonDocument document_;
    JsonValue root_;
};

// Of the query; nothing when it is not given. Error(config) when it is no such value.
std::optional<std::int64_t> number_parameter(const Request& request, std::string_view name);
std::optional<Instant> time_parameter(const Request& request, std::string_view name);
// Of the path; nothing when it is no number.
std::optional<std::int64_t> number_part(const Request& request, std::string_view name);

}  // namespace ringtail::web
