#pragma once
#include <memory>
#include <stop_token>
#include <string>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "source/callkeeper/answer.hpp"
#include "source/callkeeper/options.hpp"
#include "source/callkeeper/position.hpp"
#include "source/source.hpp"

namespace ringtail::callkeeper {

// A CallKeeper account as a Source. next() ends a round with nothing when `work` is done. Throws
// Error(config) on an unknown zone, region, method, table or filter. What `work` points to must
// outlive it.
std::unique_ptr<Source> make_source(Options options, Work work, Clock& clock, Logger& log);

// The same checks, without making one.
void check_options(const Options& options);

// Asks the account for itself: the test of a key. Error(auth) and Error(config) tell a wrong key, a
// wrong access level, a host that is not authorised from each other, each with what to do; what is
// to be known of the paid period is in UserInfo::notes.
UserInfo check_account(const Options& options, Clock& clock, Logger& log, std::stop_token stop);

// The stream's name in ringtail_checkpoints: "callkeeper/ACCOUNT_ID".
std::string stream_name(const Options& options);

}  // namespace ringtail::callkeeper
