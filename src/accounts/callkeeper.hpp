#pragma once
#include <memory>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "jobs/source_kind.hpp"

namespace ringtail::accounts {

// CallKeeper accounts as sources of the service. Clock and logger must outlive it.
std::unique_ptr<jobs::SourceKind> make_callkeeper_kind(Clock& clock, Logger& log);

}  // namespace ringtail::accounts
