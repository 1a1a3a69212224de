#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "http/server.hpp"

namespace ringtail::web {

// What the routes answer.
http::Answer json_answer(std::string body, int status = 200);

// {"error":{"code":…,"message":…,"hint":…}}; `code` is for programs and does not change.
http::Answer refusal(int status, std::string_view code, std::string_view message,
                     std::string_view hint = {});
// The same with Retry-After.
http::Answer busy(int status, std::string_view code, std::string_view message,
                  std::chrono::milliseconds retry_after);
// 404: there is no `kind` ("source") called `name`.
http::Answer no_such(std::string_view kind, std::string_view name);

// What an error of ours means to a client: config is a 400, throttled and transient are 503, auth
// and data are 502 (another service's doing), all else is a 500 that says nothing of the inside.
http::Answer answer_of(const Error& error);

}  // namespace ringtail::web
