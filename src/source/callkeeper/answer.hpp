#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "json/document.hpp"

// What the API answers (facts/callkeeper.md A4, A5). Pure.
namespace ringtail::callkeeper {

// Throws Error(transient) unless `body` is one whole JSON document: it was cut on its way.
void require_whole(std::string_view body);

// Why a request was refused: {"status":"fail","reason":…}, bare or as the element of an array;
// nothing when the body says no such thing.
std::optional<std::string> refusal_in(std::string_view body);

// What to throw for it, each cause with what to do: a host that is not authorised, a wrong key, one
// of the wrong access level, a paid period that is over … `what` names the request.
Error refusal_error(int status, const std::string& reason, std::string_view what);

// The calls under "result": a list, one object (getCallInfo), objects under any names; none when it
// is missing, null or empty. Elements that are no objects are among them. Error(data) when the
// answer is none that holds calls.
std::vector<JsonValue> calls_of(const JsonDocument& answer);

// Something the user should know, and do.
struct Note {
    std::string message, hint;
};

struct UserInfo {
    std::optional<Instant> paid_till;
    std::string raw;          // the whole account as JSON, minified
    std::vector<Note> notes;  // paid period over, or soon
};
// Error(data) when the body describes no account.
UserInfo read_user_info(std::string_view body, Instant now);

}  // namespace ringtail::callkeeper
