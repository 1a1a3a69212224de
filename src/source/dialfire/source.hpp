#pragma once
#include <memory>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "source/dialfire/options.hpp"
#include "source/source.hpp"

namespace ringtail::dialfire {

// A Dialfire campaign as a Source. next() ends a round with nothing when the campaign has been
// caught up with.
std::unique_ptr<Source> make_source(Options options, Clock& clock, Logger& log);

// The stream's name in ringtail_checkpoints: "dialfire/CAMPAIGN/PREFIX", and
// "dialfire/CAMPAIGN/webhook" where deliveries are made.
std::string stream_name(const Options& options);

}  // namespace ringtail::dialfire
