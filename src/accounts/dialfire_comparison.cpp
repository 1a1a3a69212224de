#include "accounts/dialfire_comparison.hpp"

#include <algorithm>
#include <array>
#include <unordered_set>

#include "base/time_text.hpp"
#include "source/dialfire/source.hpp"

namespace ringtail::accounts {
namespace {

using dialfire::ComparedRow;
using dialfire::PeriodPart;
using dialfire::PeriodReader;
using dialfire::TableIndex;
using jobs::SourceRow;
using jobs::StoredRow;

static_assert(dialfire::kMissingColumn == jobs::kMissingSince);

constexpr std::array<std::string_view, dialfire::table_count> kNouns{
    "contacts", "transactions", "connections", "recordings", "inbound calls"};

// What stored_row() gets: key, kMissingSince and whose it is; then the compared columns.
constexpr std::size_t kKey = 0, kMissing = 1, kOwner = 2, kFirstField = 3;

// The column that says whose a row is: by its contact, or by its campaign.
std::string_view owner_column(TableIndex table) {
    if (table == dialfire::contacts) return "$campaign_id";
    return table == dialfire::inbound_calls ? "campaign_id" : "contact_id";
}

class DialfireComparison final : public jobs::Comparison {
  public:
    DialfireComparison(std::string campaign, std::unique_ptr<PeriodReader> reader,
                       std::vector<Table> wanted)
        : campaign_(std::move(campaign)), reader_(std::move(reader)), wanted_(std::move(wanted)) {}

    void open(std::span<const Table> tables, const std::optional<Checkpoint>& loaded,
              Stored& stored, std::string_view position) override {
        reader_->open(wanted_, tables, loaded, stored, position);
    }

    std::optional<jobs::Part> next(const std::stop_token& stop) override {
        auto read = reader_->next(stop);
        if (!read) return std::nullopt;
        part_ = std::move(*read);
        strangers_.clear();
        named_.clear();
        jobs::Part part;
        part.subject = part_.table;
        part.day = format_day(part_.day);
        part.is_over = part_.is_over;
        part.rows = rows_of(std::move(part_.rows));
        part.beyond = std::move(part_.beyond);
        part.also = std::move(part_.also);
        part.after = part_.after;
        part.in_hand = part_.in_hand;
        for (const SourceRow& row : part.rows) named_.insert(row.key);
        named_.insert(part.beyond.begin(), part.beyond.end());
        const Table& table = wanted_[part_.table];
        part.here.table = table;
        part.here.columns = {table.key.front(), std::string(jobs::kMissingSince),
                             std::string(owner_column(part_.table))};
        for (std::string& field : dialfire::compared_fields(table))
            part.here.columns.push_back(std::move(field));
        if (part_.table != dialfire::contacts) {
            part.here.times = {std::string(dialfire::day_column(part_.table)), part_.span.from,
                               part_.span.until};
        }
        return part;
    }

    std::optional<StoredRow> stored_row(
        const jobs::Part& /*part*/,
        std::span<const std::optional<std::string_view>> values) const override {
        StoredRow row;
        row.row = values[kKey].value_or("");
        row.key = row.row;
        const std::string owner(values[kOwner].value_or(""));
        const bool is_named = named_.contains(row.key);
        if (!is_named && !is_ours(owner)) return std::nullopt;
        if (values[kMissing]) row.missing_since = parse_time(*values[kMissing]);
        for (const auto& value : values.subspan(kFirstField))
            row.values.push_back(value ? std::optional<std::string>(*value) : std::nullopt);
        if (!reader_->settle(part_.table, row.key, row.values)) return std::nullopt;
        if (!is_named && part_.table != dialfire::contacts)
            strangers_.insert_or_assign(row.key, owner);
        return row;
    }

    jobs::LoadedAgain load_again(const jobs::Part& /*part*/, std::span<const std::string> keys,
                                 std::span<const std::string> doubted,
                                 const std::stop_token& stop) override {
        auto read = reader_->load_again(part_, keys, strangers_, stop);
        jobs::LoadedAgain again;
        again.decoded = std::move(read.decoded);
        again.rows = rows_of(std::move(read.rows));
        again.beyond = std::move(read.beyond);
        // Their contacts have been asked for.
        again.absent.assign(doubted.begin(), doubted.end());
        return again;
    }

    std::uint64_t requests() const override { return reader_->requests(); }

  private:
    // As far as can be told before its contact is looked at.
    bool is_ours(const std::string& owner) const {
        if (part_.table == dialfire::contacts || part_.table == dialfire::inbound_calls)
            return owner == campaign_;
        return !owner.empty() && !reader_->is_foreign(owner);
    }

    static std::vector<SourceRow> rows_of(std::vector<ComparedRow> rows) {
        std::vector<SourceRow> made;
        made.reserve(rows.size());
        for (ComparedRow& row : rows)
            made.push_back({std::move(row.key), std::move(row.values), row.open});
        return made;
    }

    const std::string campaign_;
    const std::unique_ptr<PeriodReader> reader_;
    const std::vector<Table> wanted_;
    PeriodPart part_;                        // that next() gave last, without its rows
    std::unordered_set<std::string> named_;  // its keys
    mutable std::map<std::string, std::string> strangers_;  // stored, not named; and their contacts
};

}  // namespace

jobs::ComparisonPlan compare_dialfire(const dialfire::Options& options, dialfire::Period period,
                                      Clock& clock, Logger& log) {
    auto reader = std::make_unique<PeriodReader>(options, period, clock, log);
    jobs::ComparisonPlan plan;
    plan.stream = dialfire::stream_name(options);
    plan.tables = reader->tables({});
    plan.days = reader->days();
    for (std::size_t i = 0; i < plan.tables.size(); ++i) {
        const Table& table = plan.tables[i];
        const auto index = static_cast<TableIndex>(i);
        jobs::Subject subject;
        subject.name = table.name;
        subject.noun = kNouns.at(i);
        subject.table = table;
        subject.all = {table, {table.key.front()}, {}, {}, {}, {}};
        if (index == dialfire::contacts) {
            subject.fields.assign(std::begin(dialfire::kContactFields),
                                  std::end(dialfire::kContactFields));
        } else {
            subject.fields = dialfire::compared_fields(table);
        }
        if (index == dialfire::contacts || index == dialfire::inbound_calls)
            subject.all.equal = {{std::string(owner_column(index)), options.campaign}};
        subject.captions = subject.fields;
        plan.subjects.push_back(std::move(subject));
    }
    std::vector<Table> wanted = plan.tables;
    plan.comparison = std::make_unique<DialfireComparison>(options.campaign, std::move(reader),
                                                           std::move(wanted));
    return plan;
}

}  // namespace ringtail::accounts
