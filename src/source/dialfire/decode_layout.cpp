#include "source/dialfire/decode_layout.hpp"

#include "source/dialfire/decode.hpp"

namespace ringtail::dialfire {

Layout::Layout(const Table& table, std::span<const Role> roles) {
    for (const Role& role : roles) add_slot(role.key);
    std::uint32_t cells = 0;
    for (const Column& column : table.columns) {
        if (column.name == table.changed) continue;
        std::uint32_t slot = kNone;
        if (column.name == table.rest) {
            rest_cell_ = cells;
        } else if (column.name == kMissingColumn) {
            slot = kNull;
        } else {
            slot = add_slot(column.name);
            cell_of_[slot] = cells;
        }
        cells_.push_back(slot);
        ++cells;
    }
    // Table::changed is the destination's; a delivered value would say nothing (G-23).
    if (!table.changed.empty()) add_slot(table.changed);
    in_rest_.resize(cell_of_.size());
    if (rest_cell_ == kNone) return;
    for (std::size_t i = 0; i < roles.size(); ++i) {
        in_rest_[i] = cell_of_[i] == kNone && !roles[i].used_up;
    }
}

std::uint32_t Layout::add_slot(std::string_view key) {
    const auto [place, fresh] =
        slots_.try_emplace(key, static_cast<std::uint32_t>(cell_of_.size()));
    if (fresh) cell_of_.push_back(kNone);
    return place->second;
}

Layouts::Layouts(std::span<const Table> tables)
    : contact(tables[TableIndex::contacts], ContactKeys::kRoles),
      transaction(tables[TableIndex::transactions], TransactionKeys::kRoles),
      connection(tables[TableIndex::connections], ConnectionKeys::kRoles),
      recording(tables[TableIndex::recordings], RecordingKeys::kRoles),
      inbound(tables[TableIndex::inbound_calls], InboundKeys::kRoles) {}

}  // namespace ringtail::dialfire
