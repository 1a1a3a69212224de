#pragma once
#include <memory>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "source/callkeeper/options.hpp"
#include "source/report_reader.hpp"

namespace ringtail::callkeeper {

// Whatever the account's calls of a day are, in the order of their dates; of a call that comes
// twice the later answer. A call without a date belongs to the day it was asked for.
std::unique_ptr<ReportReader> make_report_reader(Options options, Clock& clock, Logger& log);

}  // namespace ringtail::callkeeper
