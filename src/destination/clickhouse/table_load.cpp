#include "destination/clickhouse/table_load.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>

#include "base/error.hpp"
#include "destination/clickhouse/own_tables.hpp"
#include "model/int64_text.hpp"

namespace ringtail::clickhouse {
namespace {

// version, hash, month, deleted. The last field has one digit and closes the row: where a
// connection ends in mid-insert, no row that was cut reads like a whole one.
void append_tail(std::uint64_t version, std::uint64_t hash, std::uint32_t month, bool deleted,
                 std::string& out) {
    fmt::format_to(std::back_inserter(out), "{}\t{}\t{}\t{}\n", version, hash, month,
                   deleted ? 1 : 0);
}

}  // namespace

TableStats TableLoad::run(Instant now, bool distrust, Pace& pace, Versions& versions,
                          const std::stop_token& stop) {
    TableStats stats{.table = plan_.table.name, .read = batch_.rows()};
    stats.rejected = fitted_.rejected();
    look_up(stop);
    decide(distrust, stats);
    if (writes_.empty() && deletions_.empty()) return stats;

    // Rows that carry values of columns that are not ours go in a second insert.
    std::string updated;
    for (const Write& write : writes_)
        if (write.there != nullptr) updated += write.row->key + "\n";
    const auto others = find_others(server_, plan_, updated, stop);

    std::uint64_t stored = 0;
    for (const auto& [key, row] : existing_) stored = std::max(stored, row.version);
    const std::uint64_t version = versions.next(stored);
    std::string changed;
    if (plan_.changed) {
        std::string scratch;
        append_escaped(field_of(time_field(now), *plan_.changed, scratch), changed);
        changed += '\t';
    }
    const std::vector<std::string> columns = plan_.columns();
    std::vector<std::string> more = plan_.others;
    more.insert(more.end(), columns.begin(), columns.end());
    Insert insert = server_.make_insert(sql::clickhouse::insert(plan_.name, columns));
    std::optional<Insert> with_others;
    if (!others.empty())
        with_others.emplace(server_.make_insert(sql::clickhouse::insert(plan_.name, more)));
    std::string tail;
    std::size_t plain = deletions_.size();
    for (const Write& write : writes_) {
        tail = changed;
        const std::uint32_t month = write.there != nullptr ? write.there->month : write.row->month;
        append_tail(version, write.row->hash, month, false, tail);
        const auto kept = write.there == nullptr ? others.end() : others.find(write.row->key);
        Insert* into = &insert;
        if (kept != others.end()) {
            into = &*with_others;
            into->add(kept->second);
        } else {
            ++plain;
        }
        into->add(fitted_.fields(*write.row));
        into->add(tail);
    }
    for (const auto& [key, row] : deletions_) {
        tail = erased_fields(key);
        append_tail(version, 0, row->month, true, tail);
        insert.add(tail);
    }
    if (plain > 0) {
        pace.wait(plan_.table.name, stop);
        server_.insert(std::move(insert), stop);
    }
    if (with_others) {
        pace.wait(plan_.table.name, stop);
        server_.insert(std::move(*with_others), stop);
    }
    return stats;
}

void TableLoad::look_up(const std::stop_token& stop) {
    std::string keys;
    for (const FittedRows::Row& row : fitted_.rows()) keys += row.key + "\n";
    if (!batch_.erased().empty() && plan_.key_cells.size() != 1)
        throw Error(Fault::bug, "rows of " + plan_.table.name + " cannot be erased by one key");
    for (const std::string& key : batch_.erased()) {
        const bool is_whole = plan_.targets[plan_.key_cells.front()].whole_key;
        if (is_whole && !int64_in(key)) continue;  // in no row
        std::string escaped;
        append_escaped(key, escaped);
        const auto [place, is_new] = erased_.insert(std::move(escaped));
        if (is_new) keys += *place + "\n";
    }
    existing_ = find_existing(server_, plan_, keys, stop);
}

void TableLoad::decide(bool distrust, TableStats& stats) {
    std::set<std::string> erased = erased_;
    for (const std::string& key : erased_) {
        const auto there = existing_.find(key);
        if (there == existing_.end() || there->second.deleted)
            erased.erase(key);
        else
            ++stats.erased;
    }
    for (const FittedRows::Row& row : fitted_.rows()) {
        const auto found = existing_.find(row.key);
        const Existing* const there = found == existing_.end() ? nullptr : &found->second;
        erased.erase(row.key);  // it is written again, so no mark is needed
        if (!distrust && there != nullptr && !there->deleted && there->hash == row.hash) {
            ++stats.unchanged;
            continue;
        }
        const bool is_new = there == nullptr || there->deleted || erased_.contains(row.key);
        ++(is_new ? stats.inserted : stats.updated);
        writes_.push_back({&row, there});
    }
    for (const std::string& key : erased) deletions_.emplace_back(key, &existing_.at(key));
}

std::string TableLoad::erased_fields(const std::string& key) const {
    std::string fields;
    for (const Target& target : plan_.targets) {
        fields += target.in_key ? key : nothing_in(target.column);
        fields += '\t';
    }
    if (plan_.changed) fields += std::string(nothing_in(*plan_.changed)) + "\t";
    return fields;
}

}  // namespace ringtail::clickhouse
