#pragma once
#include <chrono>
#include <stop_token>
#include <string>

#include "jobs/run_one.hpp"

namespace ringtail::jobs {

// Replaces the days that the job reports on, newest first, each in one transaction: rows that the
// source has are upserted, those of the day that it has no more are deleted. Whatever happens
// meanwhile, a day is as it was or as it is now. Ends as `queued` after a day when more urgent work
// of the source waits. Errors as those of Destination and ReportReader.
Outcome report(const Workshop& shop, const Account& account, const Task& task,
               const OpenedDestination& place, Recorder& recorder, const std::stop_token& stop);

// The days of a run: its period, or the last ones of the job. Both included.
struct ReportDays {
    std::chrono::local_days first, last;
};
ReportDays report_days(const control::JobRecord& job, const control::Period& period,
                       const Zone& zone, Instant now);

// "2026-01-31".
std::string day_text(std::chrono::local_days day);

// Error(config) when a table of the job's rule is filled by another job of the same destination
// with a column of another type. `store` is asked for the others.
void check_shared_tables(const control::JobRecord& job, const Reporting& reporting,
                         control::Store& store, const std::vector<const SourceKind*>& kinds);

}  // namespace ringtail::jobs
