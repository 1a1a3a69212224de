#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace ringtail {

// What went wrong, by what can be done about it (docs/architecture.md, "Errors").
enum class Fault : std::uint8_t {
    transient,  // connection reset, 5xx, deadlock, lost commit: try again, loads are idempotent
    throttled,  // 429, 503 with Retry-After: wait that long, not counted as an attempt
    auth,       // 401, 403, wrong password: stop, the user must act
    config,     // bad URL, missing right, unknown option: stop, the user must act
    data,     // an answer that is not what the API promises, a constraint of the user's table: stop
    stopped,  // the user asked us to stop; nothing is wrong
    bug,      // a broken invariant of our own
};

std::string_view name_of(Fault fault);

// The one exception class. what() is "context: context: message" and never holds a token or
// password.
class Error : public std::runtime_error {
  public:
    Error(Fault fault, const std::string& message) : std::runtime_error(message), fault_(fault) {}

    // Adds what the user should do next; shown on a line of its own.
    Error& with_hint(std::string hint) & {
        hint_ = std::move(hint);
        return *this;
    }
    Error&& with_hint(std::string hint) && { return std::move(with_hint(std::move(hint))); }
    Error& wait(std::chrono::milliseconds pause) & {
        retry_after_ = pause;
        return *this;
    }
    Error&& wait(std::chrono::milliseconds pause) && { return std::move(wait(pause)); }

    Fault fault() const { return fault_; }
    const std::string& hint() const { return hint_; }
    std::optional<std::chrono::milliseconds> retry_after() const { return retry_after_; }

    // The same error with "context: " in front.
    Error within(std::string_view context) const;

  private:
    Fault fault_;
    std::string hint_;
    std::optional<std::chrono::milliseconds> retry_after_;
};

}  // namespace ringtail
