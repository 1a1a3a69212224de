#include "source/dialfire/period_reader.hpp"

#include <algorithm>
#include <array>
#include <functional>

#include "base/error.hpp"
#include "base/time_text.hpp"
#include "source/dialfire/position.hpp"

namespace ringtail::dialfire {
namespace {

using namespace std::chrono_literals;

// In which order a day's tables are compared; contacts follow after all days.
constexpr std::array kOfDay{transactions, connections, recordings, inbound_calls};
constexpr std::array<std::string_view, table_count> kNames{
    "contacts", "transactions", "connections", "recordings", "inbound_calls"};
constexpr auto kListedAtOnce = std::chrono::days(31);  // the events of so many days
// A transaction is fired after its calls, which may have been on the day before.
constexpr auto kLongestCall = 6h;
// Rows of the last minutes may be on their way.
constexpr auto kSettling = 2min;
// Contacts may move while they are listed (G-9).
constexpr int kMostPasses = 3;

std::optional<Instant> never(std::size_t /*row*/) { return std::nullopt; }

// When the calls of an answer were, for what hangs on them.
class CallTimes {
  public:
    // Both must outlive this.
    CallTimes(std::span<const Batch> batches, std::span<const RowForm> forms)
        : batches_(batches), forms_(forms) {}

    // A recording that does not say it was at the end of its connection.
    std::optional<Instant> of_recording(std::size_t row) const {
        const RowForm& form = forms_[recordings];
        const auto connection = form.cell(batches_[recordings], row, "connection_id").text;
        if (ends_.empty()) note_ends();
        const auto end = ends_.find(std::string(connection));
        return end == ends_.end() ? std::nullopt : end->second;
    }

  private:
    void note_ends() const {
        const Batch& rows = batches_[connections];
        for (std::size_t i = 0; i < rows.rows(); ++i) {
            const Cell end = forms_[connections].cell(rows, i, day_column(connections));
            ends_.insert_or_assign(rows.key_of(i), parse_time(end.text));
        }
    }

    std::span<const Batch> batches_;
    std::span<const RowForm> forms_;
    mutable std::unordered_map<std::string, std::optional<Instant>> ends_;  // by connection
};

Options without_filter(Options options) {
    options.filter = {};
    return options;
}

}  // namespace

PeriodReader::PeriodReader(Options options, Period period, Clock& clock, Logger& log)
    : options_(std::move(options)),
      asking_(without_filter(options_)),
      period_(period),
      clock_(clock),
      api_(asking_, clock, log),
      contact_reader_(api_, asking_) {}

PeriodReader::Bare::Bare(std::span<const Table> wanted, std::span<const Table> prepared)
    : tables([&] {
          std::vector<Table> without(prepared.begin(), prepared.end());
          for (Table& table : without)
              std::erase_if(table.columns, std::mem_fn(&Column::only_if_present));
          return without;
      }()),
      layouts(tables),
      contacts(wanted[TableIndex::contacts], tables[TableIndex::contacts]) {}

std::vector<Table> PeriodReader::tables(const std::stop_token& stop) {
    const auto response = api_.fields().wait(stop);
    if (!response) throw Error(Fault::bug, "the field list has no cursor that could expire");
    api_.learn_time(*response);
    count_requests();
    std::vector<Table> tables = make_tables(decode_fields(response->body), options_);
    for (Table& table : tables)
        std::ranges::find(table.columns, kMissingColumn, &Column::name)->only_if_present = false;
    return tables;
}

std::size_t PeriodReader::days() const {
    const auto days = (period_.last - period_.first).count() + 1;
    return static_cast<std::size_t>(std::max<decltype(days)>(days, 0));
}

void PeriodReader::open(std::span<const Table> wanted, std::span<const Table> prepared,
                        const std::optional<Checkpoint>& loaded, Stored& stored,
                        std::string_view position) {
    prepared_ = prepared;
    stored_ = &stored;
    layouts_ = std::make_unique<const Layouts>(prepared);
    forms_.clear();
    for (std::size_t i = 0; i < table_count; ++i) forms_.emplace_back(wanted[i], prepared[i]);
    bare_.reset();
    if (std::ranges::any_of(prepared[contacts].columns, &Column::only_if_present))
        bare_ = std::make_unique<const Bare>(wanted, prepared);
    block_ = std::make_unique<Block>(forms_);
    const Floors& floors = options_.floors;
    const Instant of_transactions = floors.transactions.value_or(Instant::min());
    const auto with = [&](const std::optional<Instant>& floor) {
        return std::max(floor.value_or(Instant::min()), of_transactions);
    };
    spans_ = {};
    spans_[transactions].from = of_transactions;
    spans_[connections].from = with(floors.connections);
    spans_[recordings].from = with(floors.recordings);
    spans_[inbound_calls].from = floors.inbound_calls.value_or(Instant::min());
    if (loaded) {
        const Position read = read_position(*loaded);
        for (const TableIndex table : {transactions, connections, recordings})
            spans_[table].until = read.events_to.value_or(Instant::max());
        spans_[inbound_calls].until = read.inbound_to.value_or(Instant::max());
    }
    for (std::size_t i = 0; i < table_count; ++i)
        block_->set_span(static_cast<TableIndex>(i), spans_[i]);

    day_ = period_.first;
    table_ = kOfDay.front();
    at_end_ = period_.first > period_.last;
    const std::size_t blank = position.find(' ');
    const auto name = std::ranges::find(kNames, position.substr(blank + 1));
    if (name == kNames.end()) return;
    if (*name == kNames[contacts]) {
        table_ = contacts;
        return;
    }
    const auto time =
        blank == std::string_view::npos ? std::nullopt : parse_time(position.substr(0, blank));
    if (!time) return;
    const Day day = std::chrono::floor<std::chrono::days>(*time);
    if (day < period_.first || day > period_.last) return;
    day_ = day;
    table_ = static_cast<TableIndex>(name - kNames.begin());
}

std::string PeriodReader::place_text() const {
    if (at_end_) return "";
    if (table_ == contacts) return std::string(kNames[contacts]);
    return format_day(day_) + " " + std::string(kNames[table_]);
}

std::optional<PeriodPart> PeriodReader::next(const std::stop_token& stop) {
    if (at_end_) return std::nullopt;
    if (table_ == contacts) {
        PeriodPart part = contacts_part(stop);
        at_end_ = true;
        count_requests();
        return part;
    }
    if (!block_->has(day_)) read_block(day_, stop);
    PeriodPart part = day_part();
    const auto place = std::ranges::find(kOfDay, table_) + 1;
    if (place != kOfDay.end()) {
        table_ = *place;
    } else if (day_ == period_.last) {
        table_ = contacts;
    } else {
        day_ += std::chrono::days(1);
        table_ = kOfDay.front();
    }
    part.after = place_text();
    part.in_hand = table_ == contacts || block_->has(day_);
    count_requests();
    return part;
}

void PeriodReader::list_events(Day first, const std::stop_token& stop) {
    const Day end = std::min(first + kListedAtOnce, period_.last + std::chrono::days(1));
    named_.clear();
    read_events(
        api_, Instant(first) - kZones, Instant(end) + kZones,
        [&](const EventPage& page) {
            for (const Event& event : page.events) {
                const auto fired = parse_time(event.fired);
                if (!fired) continue;
                for (const auto before : {0h, kLongestCall}) {
                    const Day day = std::chrono::floor<std::chrono::days>(*fired - before);
                    if (day >= first && day < end) named_[day].insert(event.contact);
                }
            }
        },
        stop);
    listed_until_ = end;
}

void PeriodReader::read_block(Day first, const std::stop_token& stop) {
    if (first >= listed_until_) list_events(first, stop);
    std::set<std::string> asked;
    Day end = first;
    while (end < listed_until_) {
        const auto of_day = named_.find(end);
        if (of_day != named_.end()) {
            std::set<std::string> more = asked;
            more.insert(of_day->second.begin(), of_day->second.end());
            if (end > first && more.size() > period_.most_contacts) break;
            asked.swap(more);
            named_.erase(of_day);
        }
        end += std::chrono::days(1);
    }
    block_->begin(first, end);
    if (bodies_.is_full()) bodies_.clear();
    if (inbound_bodies_.is_full()) inbound_bodies_.clear();
    const std::vector<std::string> ids(asked.begin(), asked.end());
    look(ids, stop);
    read_inbound_calls(
        api_, Instant(first) - kZones, Instant(end) + kZones,
        [&](std::string_view body) {
            Decoded decoded = empty();
            decode_inbound(body, {options_.filter, prepared_, {}, layouts_.get(), options_.floors},
                           decoded);
            block_->add(inbound_calls, decoded.batches[inbound_calls], {}, never);
            inbound_bodies_.add_inbound_calls(body);
        },
        stop);
}

// Fetches contacts, and keeps what they have on the days of the block.
void PeriodReader::look(std::span<const std::string> ids, const std::stop_token& stop) {
    const auto take = [&](std::string_view body, std::span<const std::string> asked) {
        const Decoded decoded = decode(body, asked);
        std::vector<std::string> open;
        for (const Recheck& recheck : decoded.rechecks) open.push_back(recheck.key);
        for (const TableIndex table : {transactions, connections})
            block_->add(table, decoded.batches[table], open, never);
        const CallTimes times(decoded.batches, forms_);
        block_->add(recordings, decoded.batches[recordings], open,
                    [&](std::size_t row) { return times.of_recording(row); });
        note_contacts(body, decoded.batches[contacts], open);
        bodies_.add_contacts(body);
        count_requests();
    };
    contact_reader_.read(ids, take, stop);
}

Decoded PeriodReader::empty() const {
    Decoded decoded;
    for (const Table& table : prepared_) decoded.batches.emplace_back(table);
    return decoded;
}

Decoded PeriodReader::decode(std::string_view body, std::span<const std::string> asked) const {
    Decoded decoded = empty();
    decode_contacts(body, {options_.filter, prepared_, asked, layouts_.get(), options_.floors},
                    decoded);
    return decoded;
}

void PeriodReader::note_contacts(std::string_view body, const Batch& rows,
                                 std::span<const std::string> open) {
    const RowForm& form = forms_[contacts];
    const std::size_t md5 = form.field("$md5");
    const std::vector<bool> counts = rows.last_of_key();
    for (std::size_t i = 0; i < rows.rows(); ++i) {
        if (!counts[i]) continue;
        const ComparedRow row = form.row(rows, i);
        block_->note_loose(contacts, row);
        const bool is_open = std::ranges::find(open, row.key) != open.end();
        Seen& seen = seen_[row.key];
        seen = {row.values[md5], digest(row.values), "", is_open};
    }
    if (!bare_) return;
    Decoded bare;
    for (const Table& table : bare_->tables) bare.batches.emplace_back(table);
    decode_contacts(body, {options_.filter, bare_->tables, {}, &bare_->layouts, options_.floors},
                    bare);
    const Batch& contacts_of = bare.batches[contacts];
    for (std::size_t i = 0; i < contacts_of.rows(); ++i) {
        const ComparedRow row = bare_->contacts.row(contacts_of, i);
        seen_[row.key].bare_digest = digest(row.values);
    }
}

PeriodPart PeriodReader::day_part() {
    PeriodPart part;
    part.table = table_;
    part.day = day_;
    const Instant end(day_ + std::chrono::days(1));
    part.span = {std::max(Instant(day_), spans_[table_].from), std::min(end, spans_[table_].until)};
    part.is_over = end <= std::min(spans_[table_].until, api_.earlier_now() - kSettling);
    part.rows = block_->rows(table_, day_);
    part.beyond = block_->beyond(table_, day_);
    part.also = block_->dateless(table_, day_);
    return part;
}

void PeriodReader::list_contacts(const std::stop_token& stop) {
    Instant since = Instant(period_.first) - 24h;
    for (int pass = 0; pass < kMostPasses; ++pass) {
        const Instant started = api_.earlier_now();
        bool has_new = false;
        read_contact_list(
            api_, format_day(since),
            [&](const ListPage& page) {
                for (const ListEntry& entry : page.entries)
                    has_new |= listed_.insert_or_assign(entry.id, entry.md5).second;
            },
            stop);
        if (!has_new) return;
        since = started - 24h;
    }
}

PeriodPart PeriodReader::contacts_part(const std::stop_token& stop) {
    if (!block_->has(period_.last)) block_->begin(period_.last, period_.last);
    list_contacts(stop);
    unlisted_.clear();
    unlisted_is_fixed_ = false;
    const Table table = contacts_with("$md5");
    std::vector<std::string> ids, wanted;
    for (const auto& entry : listed_)
        if (!seen_.contains(entry.first)) ids.push_back(entry.first);
    for (std::span<const std::string> left(ids); !left.empty();) {
        const auto some = left.first(std::min(kAskedAtOnce, left.size()));
        left = left.subspan(some.size());
        const auto stored = stored_->fingerprints(table, some);
        for (std::size_t i = 0; i < some.size(); ++i) {
            const std::string& md5 = listed_[some[i]];
            const bool is_equal = stored[i] && !md5.empty() && *stored[i] == md5;
            if (period_.is_open || !is_equal) wanted.push_back(some[i]);
        }
    }
    look(wanted, stop);
    PeriodPart part;
    part.table = contacts;
    part.day = period_.last;
    part.is_over = !period_.is_open;
    part.span = {Instant(period_.first),
                 period_.is_open ? Instant::max() : Instant(period_.last) + 24h};
    const std::unordered_set<std::string_view> asked(wanted.begin(), wanted.end());
    for (const auto& entry : listed_) {
        if (seen_.contains(entry.first)) continue;
        // Listed and not delivered, or pruned: nobody can tell what should be stored.
        if (asked.contains(entry.first))
            part.beyond.push_back(entry.first);
        else
            part.rows.push_back({entry.first, entry.first, {entry.second, std::nullopt}});
    }
    for (const auto& entry : seen_) part.rows.push_back(contact_row(entry.first));
    return part;
}

ComparedRow PeriodReader::contact_row(const std::string& id) const {
    const Seen& seen = seen_.at(id);
    return {id, id, {seen.md5, seen.digest}, {}, seen.open};
}

bool PeriodReader::settle(TableIndex table, const std::string& key, Values& values) const {
    block_->settle(table, key, values);
    if (table != contacts) return true;
    const RowForm& form = forms_[contacts];
    const auto md5 = values[form.field("$md5")];
    if (const auto seen = seen_.find(key); seen != seen_.end()) {
        std::string stored = digest(values);
        if (stored == seen->second.bare_digest) stored = seen->second.digest;
        values = {md5, std::move(stored)};
        return true;
    }
    // What was made in the period must have been listed.
    const auto created = parse_time(values[form.field("$created_date")].value_or(""));
    const bool in_period = created && *created >= Instant(period_.first) &&
                           (period_.is_open || *created < Instant(period_.last) + 24h);
    values = {md5, std::nullopt};
    return listed_.contains(key) || in_period || is_in_doubt(key);
}

bool PeriodReader::is_in_doubt(const std::string& id) const {
    if (!unlisted_is_fixed_ && unlisted_.size() <= kMostUnlisted) unlisted_.insert(id);
    return unlisted_.contains(id);
}

}  // namespace ringtail::dialfire
