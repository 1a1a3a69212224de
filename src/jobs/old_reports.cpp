#include "jobs/old_reports.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "jobs/report.hpp"

namespace ringtail::jobs {

std::vector<RowQuery> old_report_rows(const Pruning& pruning, const Account& account,
                                      const SourceKind& kind, control::Store& store) {
    std::vector<RowQuery> all;
    for (const control::JobRecord& job : store.jobs().list(account.record.number)) {
        if (job.kind != control::JobKind::report) continue;
        Reporting reporting;
        try {
            reporting = kind.reporting(account, job.settings);
        } catch (const Error&) {
            continue;  // its settings are wrong by now: its own run says so
        }
        const auto cut = std::ranges::find(pruning.cuts, reporting.floor, &Pruning::Cut::name);
        if (cut == pruning.cuts.end()) continue;
        const auto kept = reporting.zone.day(cut->rows.before);
        for (Table& table : report::make_tables(reporting.plan)) {
            RowQuery query;
            query.table = std::move(table);
            query.columns = query.table.key;
            query.texts = {"simple_date", "0000-00-00", day_text(kept - std::chrono::days(1))};
            query.equal = {{"account_id", std::to_string(reporting.account_id)},
                           {"processor_id", std::to_string(job.number)}};
            all.push_back(std::move(query));
        }
    }
    return all;
}

}  // namespace ringtail::jobs
