#pragma once
#include <vector>

#include "control/store.hpp"
#include "destination/row_reader.hpp"
#include "jobs/source_kind.hpp"

namespace ringtail::jobs {

// The rows that the source's report jobs keep of days before those that a prune job keeps: one
// query for each job and table. A report on what the prune job leaves alone keeps its rows.
std::vector<RowQuery> old_report_rows(const Pruning& pruning, const Account& account,
                                      const SourceKind& kind, control::Store& store);

}  // namespace ringtail::jobs
