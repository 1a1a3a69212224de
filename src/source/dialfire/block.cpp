#include "source/dialfire/block.hpp"

#include <algorithm>
#include <unordered_set>

#include "base/time_text.hpp"

namespace ringtail::dialfire {

std::string_view day_column(TableIndex table) {
    switch (table) {
        case transactions:
            return "fired";
        case connections:  // fired may be missing; without this they are not stored
            return "disconnected";
        case recordings:
        case inbound_calls:
            return "started";
        default:
            return "";
    }
}

void Block::begin(Day first, Day end) {
    first_ = first;
    end_ = end;
    for (auto& days : days_) days.clear();
    for (const TableIndex table : {transactions, connections, recordings, inbound_calls})
        loose_[table].clear();
    contacts_.clear();
    numbers_.clear();
}

void Block::add(TableIndex table, const Batch& rows, std::span<const std::string> open,
                const When& otherwise) {
    const RowForm& form = forms_[table];
    const std::size_t date = form.field(day_column(table));
    const std::unordered_set<std::string_view> still_open(open.begin(), open.end());
    const std::vector<bool> counts = rows.last_of_key();
    for (std::size_t i = 0; i < rows.rows(); ++i) {
        if (!counts[i]) continue;
        ComparedRow row = form.row(rows, i);
        auto time = parse_time(row.values[date].value_or(""));
        const bool is_dateless = !time;
        if (is_dateless) time = otherwise(i);
        if (!time) continue;
        const Day day = std::chrono::floor<std::chrono::days>(*time);
        if (!has(day)) continue;
        OfDay& of_day = days_[table][day];
        if (*time < spans_[table].from || *time >= spans_[table].until) {
            of_day.beyond.push_back(std::move(row.key));
            continue;
        }
        note_loose(table, row);
        const std::string contact(form.cell(rows, i, "contact_id").text);
        Kept kept{row.key, packed(row.values), number_of(contact), still_open.contains(contact)};
        const auto [place, fresh] = of_day.place.try_emplace(row.key, of_day.rows.size());
        if (!fresh) {
            of_day.rows[place->second] = std::move(kept);
            continue;
        }
        if (is_dateless) of_day.dateless.push_back(row.key);
        of_day.rows.push_back(std::move(kept));
    }
}

std::vector<ComparedRow> Block::rows(TableIndex table, Day day) const {
    std::vector<ComparedRow> rows;
    const OfDay* const of_day = find(table, day);
    if (of_day == nullptr) return rows;
    rows.reserve(of_day->rows.size());
    for (const Kept& kept : of_day->rows) {
        rows.push_back({kept.key, contacts_[kept.contact], unpacked(kept.values), {}, kept.open});
    }
    return rows;
}

std::vector<std::string> Block::beyond(TableIndex table, Day day) const {
    const OfDay* const of_day = find(table, day);
    return of_day == nullptr ? std::vector<std::string>() : of_day->beyond;
}

std::vector<std::string> Block::dateless(TableIndex table, Day day) const {
    const OfDay* const of_day = find(table, day);
    return of_day == nullptr ? std::vector<std::string>() : of_day->dateless;
}

std::map<std::string, std::string> Block::contacts_of(TableIndex table, Day day,
                                                      std::span<const std::string> keys) const {
    std::map<std::string, std::string> contacts;
    const OfDay* const of_day = find(table, day);
    if (of_day == nullptr) return contacts;
    for (const std::string& key : keys) {
        const auto place = of_day->place.find(key);
        if (place != of_day->place.end())
            contacts.emplace(key, contacts_[of_day->rows[place->second].contact]);
    }
    return contacts;
}

bool Block::names(TableIndex table, Day day, const std::string& key) const {
    const OfDay* const of_day = find(table, day);
    return of_day != nullptr && of_day->place.contains(key);
}

void Block::note_loose(TableIndex table, const ComparedRow& row) {
    if (!row.loose.empty()) loose_[table].insert_or_assign(row.key, row.loose);
}

void Block::settle(TableIndex table, const std::string& key, Values& stored) const {
    const auto found = loose_[table].find(key);
    if (found == loose_[table].end()) return;
    for (const ComparedRow::Loose& loose : found->second) {
        if (loose.field < stored.size() && stored[loose.field] == loose.instead)
            stored[loose.field] = loose.value;
    }
}

const Block::OfDay* Block::find(TableIndex table, Day day) const {
    const auto found = days_[table].find(day);
    return found == days_[table].end() ? nullptr : &found->second;
}

std::uint32_t Block::number_of(const std::string& contact) {
    const auto [place, fresh] =
        numbers_.try_emplace(contact, static_cast<std::uint32_t>(contacts_.size()));
    if (fresh) contacts_.push_back(contact);
    return place->second;
}

}  // namespace ringtail::dialfire
