#pragma once
#include <cstddef>
#include <vector>

#include "model/batch.hpp"
#include "model/table.hpp"

namespace ringtail::bench {

// Dialfire's tables with 40 custom fields, as a database would have them after prepare().
std::vector<Table> dialfire_tables();

// Rows as a campaign delivers them: per contact five transactions, two connections, one recording;
// every fifth contact has an inbound call. The proportions are those of a production installation.
// `contacts_per_load` contacts with their rows make one load: one batch for each table. The same
// arguments give the same rows.
std::vector<std::vector<Batch>> dialfire_loads(const std::vector<Table>& tables,
                                               std::size_t contacts, std::size_t contacts_per_load);

std::size_t count_rows(const std::vector<std::vector<Batch>>& loads);

}  // namespace ringtail::bench
