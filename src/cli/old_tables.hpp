#pragma once
#include <span>
#include <string>

#include "cli/checklist.hpp"
#include "cli/plan.hpp"
#include "destination/inspector.hpp"
#include "model/table.hpp"

// The old client's tables: its contacts have $id and $md5 (facts/dialfire.md B.8).
namespace ringtail::cli {

// Settles the prefix: without one that was given, the old client's unprefixed tables are used
// rather than a second set made beside them. Returns the line that says which of its tables are
// used, empty when none are. Error(config) when they are to be adopted (--adopt) and are not there.
std::string settle_tables(Plan& plan, Inspector& inspector);

// Whether there are tables that Ringtail has not filled yet. After settle_tables().
bool filled_by_old_client(const Plan& plan, Inspector& inspector);

// What stands in them and what a run will do with it, a line for each finding: columns narrower
// than Ringtail makes them, texts that may have been cut, connections under older ids. `tables` are
// those that a run will ask for.
void report_tables(const Plan& plan, Inspector& inspector, std::span<const Table> tables,
                   Checklist& list);

}  // namespace ringtail::cli
