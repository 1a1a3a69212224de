#pragma once
#include "callkeeper.hpp"
#include "http/server.hpp"

namespace ringtail::sim {

// The calls below /sim/callkeeper/ that steer the stand-in; a wrong one is a 400 that says why.
http::Answer answer_call_admin(const http::ServerRequest& request, CallKeeper& callkeeper);

}  // namespace ringtail::sim
