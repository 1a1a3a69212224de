#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "source/callkeeper/fields.hpp"

// What is known of one call, from two feeds that come in any order, and what follows from it. Pure.
namespace ringtail::callkeeper {

// The last object of one feed.
struct FeedState {
    std::string object;      // minified JSON, as delivered; empty: nothing yet
    Instant at;              // API: when this was first answered; hook: when it was received
    std::uint64_t hash = 0;  // of `object`
    bool exists() const { return !object.empty(); }
};

// callkeeper_calls._raw: {"api":{…},"hook":{…},"meta":{…}}.
struct CallState {
    FeedState api, hook;
    bool over = false;               // the hook says "Call is over"
    Instant first;                   // when anything was first known
    std::optional<Instant> settled;  // since when nothing more is to be asked
    std::optional<Instant> gave_up;  // asked for the last time, and still not settled
    std::string of;                  // "ACCOUNT/ID"
    std::string fit;                 // of the settings its rows were made with
};

// Throws Error(data) when the text is no such state. Empty: nothing known.
CallState read_state(std::string_view text);
// The same of a state that is part of a document, without the feeds' objects.
CallState read_meta(JsonValue state);
std::string write_state(const CallState& state);

// Of a JSON object's bytes.
std::uint64_t hash_of(std::string_view object);

// An answer of the API, a minified object: replaces an older one. False when it says what is known
// already.
bool merge_api(CallState& state, std::string_view object, Instant answered);

// A webhook's: "Call is over" outranks "Call is processing", else the one received later counts. In
// whatever order they come, the result is the same. False when the state stays as it is.
bool merge_hook(CallState& state, std::string_view object, Instant received, bool over);

// Whether a hook's object says "Call is over".
bool says_over(const CallFields& hook);

// A call as both feeds tell it: the API's value where it has one, else the hook's. A call that is
// over by its hook, while the API's answer is from before that, is told by the hook first.
class CallView {
  public:
    // What the fields point to must outlive the view. `over`: CallState::over.
    CallView(const CallFields& api, const CallFields& hook, bool over);

    // Absent where blank.
    JsonValue operator[](Field field) const {
        return hook_.exists() && of_hook(field) ? blank_as_absent(hook_[field])
                                                : blank_as_absent(api_[field]);
    }
    // Which feed tells it.
    bool of_hook(Field field) const;
    bool is_settled() const { return settled_; }

  private:
    static JsonValue blank_as_absent(JsonValue value) {
        return is_blank(value) ? JsonValue() : value;
    }
    bool prefers_hook(Field field) const;

    const CallFields& api_;
    const CallFields& hook_;
    bool hook_leads_ = false;
    bool settled_ = false;
};

// Settles, or not: sets CallState::settled and ::gave_up. `now`: when it was asked or received;
// `asked`: the API has just been asked. Returns when to ask again; nothing when never.
struct NextAsk {
    int step = 0;
    Instant due;
};
std::optional<NextAsk> settle(CallState& state, bool is_settled, Instant now, bool asked,
                              std::chrono::seconds ask_after_hook);

}  // namespace ringtail::callkeeper
