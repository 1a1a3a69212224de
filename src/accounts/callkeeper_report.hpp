#pragma once
#include <string_view>

#include "accounts/report.hpp"
#include "source/callkeeper/options.hpp"

namespace ringtail::accounts {

// A report job of a CallKeeper account, read and checked.
ReportSettings read_callkeeper_report(std::string_view job_settings,
                                      const callkeeper::Options& options);

}  // namespace ringtail::accounts
