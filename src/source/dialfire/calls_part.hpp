#pragma once
#include "model/calls_part.hpp"
#include "source/dialfire/options.hpp"

namespace ringtail::dialfire {

// The campaign's calls for the views over all calls: connections without those of third parties,
// which belong to another one, and inbound calls.
CallsPart make_calls_part(const Options& options);

}  // namespace ringtail::dialfire
