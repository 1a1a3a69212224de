#pragma once
#include <string_view>

#include "accounts/report.hpp"
#include "source/dialfire/options.hpp"
#include "source/dialfire/report_rows.hpp"

namespace ringtail::accounts {

// A report job of a Dialfire campaign, read and checked.
ReportSettings read_dialfire_report(std::string_view job_settings,
                                    const dialfire::Options& options);
dialfire::ReportOf what_of(const ReportSettings& report);

}  // namespace ringtail::accounts
