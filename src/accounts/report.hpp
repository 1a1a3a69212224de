#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/zone.hpp"
#include "report/plan.hpp"

namespace ringtail::accounts {

// One type of report of a kind of source.
struct ReportType {
    report::Catalog catalog;
    std::string identity;  // the field that tells its rows apart
};

// {"type":"calls","fields":["id","current.src"],"filter":"status_code = 200","rule":{"tables":…}}
// of a report job. The first of `types` is the one meant where none is named.
struct ReportSettings {
    const ReportType* type = nullptr;
    report::Plan plan;
};
// `taken`: names of tables that are none of the user's. Errors as jobs/settings.hpp says, and for
// rules as report::read_rule().
ReportSettings read_report(std::string_view job_settings, std::span<const ReportType> types,
                           std::span<const std::string> taken, const Zone& zone,
                           std::string reports_table);

// Adds the names of the views over the calls of all sources.
void add_call_views(std::vector<std::string>& names, const std::string& views_prefix);

}  // namespace ringtail::accounts
