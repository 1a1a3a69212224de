// What differs, as it is to be stored.
#include <fmt/core.h>

#include <algorithm>

#include "base/time_text.hpp"
#include "source/dialfire/period_reader.hpp"

namespace ringtail::dialfire {
namespace {

using namespace std::chrono_literals;

constexpr auto kAskAgain = 1min;  // of a call that is not over
constexpr std::size_t kInOneBody = 200;

// The rows of the batch with these keys.
std::vector<ComparedRow> rows_in(const Batch& batch, const RowForm& form,
                                 const std::unordered_set<std::string_view>& keys) {
    std::vector<ComparedRow> rows;
    const std::vector<bool> counts = batch.last_of_key();
    for (std::size_t i = 0; i < batch.rows(); ++i)
        if (counts[i] && keys.contains(batch.at(i, batch.key_cells().front()).text))
            rows.push_back(form.row(batch, i));
    return rows;
}

}  // namespace

void PeriodReader::fetch(std::span<const std::string> ids, const ContactReader::Take& take,
                         const std::stop_token& stop) {
    std::vector<std::string> absent, some;
    std::string body;
    const auto flush = [&] {
        if (!some.empty()) take(body + "]", some);
        some.clear();
        body.clear();
    };
    for (const std::string& id : ids) {
        const std::string* const kept = bodies_.find(id);
        if (kept == nullptr) {
            absent.push_back(id);
            continue;
        }
        body.append(body.empty() ? "[" : ",").append(*kept);
        some.push_back(id);
        if (some.size() == kInOneBody) flush();
    }
    flush();
    contact_reader_.read(absent, take, stop);
    count_requests();
}

Table PeriodReader::contacts_with(std::string_view fingerprint) const {
    Table table = prepared_[TableIndex::contacts];
    std::erase_if(table.columns, [&](const Column& column) {
        return column.name != table.key.front() && column.name != fingerprint;
    });
    table.fingerprint = fingerprint;
    table.changed.clear();
    table.rest.clear();
    return table;
}

std::map<std::string, std::optional<std::string>> PeriodReader::campaigns(
    const std::set<std::string>& contacts) {
    const Table table = contacts_with("$campaign_id");
    const std::vector<std::string> ids(contacts.begin(), contacts.end());
    std::map<std::string, std::optional<std::string>> campaigns;
    for (std::span<const std::string> left(ids); !left.empty();) {
        const auto some = left.first(std::min(kAskedAtOnce, left.size()));
        left = left.subspan(some.size());
        const auto stored = stored_->fingerprints(table, some);
        for (std::size_t i = 0; i < some.size(); ++i) campaigns.emplace(some[i], stored[i]);
    }
    return campaigns;
}

void PeriodReader::schedule(std::vector<Recheck>& rechecks) const {
    for (Recheck& recheck : rechecks) recheck.due = clock_.now() + kAskAgain;
}

std::unordered_set<std::string> PeriodReader::unwanted(TableIndex table,
                                                       std::string_view body) const {
    std::unordered_set<std::string> keys;
    Decoded decoded = empty();
    decode_contacts(body, {{}, prepared_, {}, layouts_.get(), {}}, decoded);
    const Batch& all = decoded.batches[table];
    for (std::size_t i = 0; i < all.rows(); ++i) keys.insert(all.key_of(i));
    return keys;
}

PeriodReader::Again PeriodReader::load_again(const PeriodPart& part,
                                             std::span<const std::string> keys,
                                             const std::map<std::string, std::string>& owners,
                                             const std::stop_token& stop) {
    if (part.table == contacts) return contacts_again(keys, stop);
    if (part.table == inbound_calls) return inbound_again(part, keys, stop);
    std::set<std::string> wanted, strangers;
    for (const auto& entry : block_->contacts_of(part.table, part.day, keys))
        wanted.insert(entry.second);
    for (const auto& entry : owners) strangers.insert(entry.second);
    const auto campaign_of = campaigns(strangers);
    for (const auto& [contact, campaign] : campaign_of) {
        if (campaign && !campaign->empty() && *campaign != options_.campaign)
            foreign_.insert(contact);
        else if (!contact.empty())
            wanted.insert(contact);
    }
    Again again{empty(), {}, {}};
    std::unordered_set<std::string> delivered, exists;
    const bool keeps_out = options_.filter != Filter{} || spans_[part.table].from > Instant::min();
    const auto take = [&](std::string_view body, std::span<const std::string> asked) {
        decode_contacts(body, {options_.filter, prepared_, asked, layouts_.get(), options_.floors},
                        again.decoded);
        if (keeps_out) exists.merge(unwanted(part.table, body));
        bodies_.add_contacts(body);
        for (std::string& id : contact_ids(body)) delivered.insert(std::move(id));
    };
    const std::vector<std::string> ids(wanted.begin(), wanted.end());
    fetch(ids, take, stop);
    schedule(again.decoded.rechecks);

    const std::unordered_set<std::string_view> all(keys.begin(), keys.end());
    auto rows = rows_in(again.decoded.batches[part.table], forms_[part.table], all);
    std::unordered_set<std::string> found;
    const std::size_t date = forms_[part.table].field(day_column(part.table));
    for (ComparedRow& row : rows) {
        block_->note_loose(part.table, row);
        found.insert(row.key);
        // What is stored under a wrong day belongs to another part once it is loaded.
        const auto time = parse_time(row.values[date].value_or(""));
        const bool is_of_day = time ? *time >= part.span.from && *time < part.span.until
                                    : block_->names(part.table, part.day, row.key);
        if (is_of_day) again.rows.push_back(std::move(row));
    }
    for (const std::string& key : keys) {
        if (found.contains(key)) continue;
        const auto owner = owners.find(key);
        const bool is_stored = owner != owners.end();
        // Its contact is neither known here nor at the source: it may be of anybody.
        const bool is_nobodys = is_stored && (foreign_.contains(owner->second) ||
                                              (!delivered.contains(owner->second) &&
                                               campaign_of.at(owner->second) != options_.campaign));
        if (is_nobodys || exists.contains(key)) again.beyond.push_back(key);
    }
    return again;
}

PeriodReader::Again PeriodReader::contacts_again(std::span<const std::string> keys,
                                                 const std::stop_token& stop) {
    Again again{empty(), {}, {}};
    std::unordered_set<std::string> delivered;
    const auto take = [&](std::string_view body, std::span<const std::string> asked) {
        const std::size_t open_before = again.decoded.rechecks.size();
        decode_contacts(body, {options_.filter, prepared_, asked, layouts_.get(), options_.floors},
                        again.decoded);
        std::vector<std::string> open;
        for (std::size_t i = open_before; i < again.decoded.rechecks.size(); ++i)
            open.push_back(again.decoded.rechecks[i].key);
        const Decoded alone = decode(body, asked);
        note_contacts(body, alone.batches[contacts], open);
        bodies_.add_contacts(body);
        for (std::string& id : contact_ids(body)) delivered.insert(std::move(id));
    };
    // Contacts that have not changed for long are asked for where that is no more work than all
    // else has been.
    unlisted_is_fixed_ = true;
    const bool are_few =
        unlisted_.size() <=
        std::min<std::size_t>(kMostUnlisted, api_.stats().requests * options_.contacts_per_request);
    std::vector<std::string> asked;
    for (const std::string& key : keys) {
        if (are_few || !unlisted_.contains(key))
            asked.push_back(key);
        else
            again.beyond.push_back(key);
    }
    fetch(asked, take, stop);
    schedule(again.decoded.rechecks);
    for (const std::string& key : asked) {
        if (!delivered.contains(key)) seen_.erase(key);
        if (seen_.contains(key))
            again.rows.push_back(contact_row(key));
        else if (delivered.contains(key) || listed_.contains(key))
            again.beyond.push_back(key);
    }
    return again;
}

PeriodReader::Again PeriodReader::inbound_again(const PeriodPart& part,
                                                std::span<const std::string> keys,
                                                const std::stop_token& stop) {
    Again again{empty(), {}, {}};
    const bool is_kept = std::ranges::all_of(keys, [&](const std::string& key) {
        return inbound_bodies_.find(key) != nullptr || !block_->names(part.table, part.day, key);
    });
    if (!is_kept) {
        inbound_bodies_.clear();
        const Instant day(part.day);
        read_inbound_calls(
            api_, day - kZones, day + 24h + kZones,
            [&](std::string_view body) { inbound_bodies_.add_inbound_calls(body); }, stop);
        count_requests();
    }
    std::string body;
    for (const std::string& key : keys) {
        const std::string* const kept = inbound_bodies_.find(key);
        if (kept != nullptr) body.append(body.empty() ? "" : ",").append(*kept);
    }
    decode_inbound(R"({"count":1,"results":[)" + body + "]}",
                   {options_.filter, prepared_, {}, layouts_.get(), options_.floors},
                   again.decoded);
    const std::unordered_set<std::string_view> all(keys.begin(), keys.end());
    again.rows = rows_in(again.decoded.batches[inbound_calls], forms_[inbound_calls], all);
    for (const ComparedRow& row : again.rows) block_->note_loose(inbound_calls, row);
    return again;
}

}  // namespace ringtail::dialfire
