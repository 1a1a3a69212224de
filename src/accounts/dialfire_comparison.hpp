#pragma once
#include "base/clock.hpp"
#include "base/log.hpp"
#include "jobs/comparison.hpp"
#include "source/dialfire/options.hpp"
#include "source/dialfire/period_reader.hpp"

namespace ringtail::accounts {

// Compares all five tables by all columns that the source fills; contacts by $md5 and a digest of
// them. Asks the campaign what fields it has. Errors as those of a Source.
jobs::ComparisonPlan compare_dialfire(const dialfire::Options& options, dialfire::Period period,
                                      Clock& clock, Logger& log);

}  // namespace ringtail::accounts
