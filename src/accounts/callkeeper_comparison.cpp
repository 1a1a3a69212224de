#include "accounts/callkeeper_comparison.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/time_text.hpp"
#include "model/int64_text.hpp"
#include "source/callkeeper/day_reader.hpp"
#include "source/callkeeper/source.hpp"
#include "source/callkeeper/tables.hpp"

namespace ringtail::accounts {
namespace {

using callkeeper::Day;
using callkeeper::kMeasures;
using callkeeper::ToldCall;
using jobs::SourceRow;
using jobs::StoredRow;

static_assert(callkeeper::kMissingColumn == jobs::kMissingSince);

const std::vector<std::string> kCaptions{"id of the row",        "duration", "talk time", "attempt",
                                         "recognition attempts", "playbacks"};

// What stored_row() gets, in this order; then the measures.
const std::vector<std::string> kColumns{"id", "call_id", "_settle_state",
                                        std::string(jobs::kMissingSince)};

class CallKeeperComparison final : public jobs::Comparison {
  public:
    CallKeeperComparison(const callkeeper::Options& options, std::vector<Day> days,
                         unsigned in_flight, Table calls, std::optional<Table> facts, Clock& clock,
                         Logger& log)
        : zone_(options.zone),
          floor_(options.floor),
          account_(options.account_id),
          days_(std::move(days)),
          in_flight_(in_flight),
          calls_(std::move(calls)),
          facts_(std::move(facts)),
          reader_(options, clock, log) {}

    void open(std::span<const Table> tables, const std::optional<Checkpoint>& loaded,
              Stored& stored, std::string_view position) override {
        std::vector<Day> days = days_;
        const auto next = callkeeper::parse_day(position);
        if (const auto place = next ? std::ranges::find(days, *next) : days.end();
            place != days.end())
            days.erase(days.begin(), place);
        tables_ = tables;
        reader_.open(tables, loaded, stored, std::move(days), in_flight_);
    }

    std::optional<jobs::Part> next(const std::stop_token& stop) override {
        const auto told = reader_.next(stop);
        if (!told) return std::nullopt;
        jobs::Part part;
        part.day = callkeeper::day_text(told->day);
        part.after = callkeeper::day_text(told->day + std::chrono::days(1));
        part.is_over = told->is_over;
        part.rows.reserve(told->calls.size());
        for (const ToldCall& call : told->calls) {
            if (call.calls)
                part.rows.push_back(row_of(call));
            else
                part.beyond.push_back(std::to_string(call.id));
        }
        const Instant from = zone_.start(told->day);
        const Instant until = zone_.start(told->day + std::chrono::days(1));
        part.here.table = calls_;
        part.here.columns = kColumns;
        part.here.times = {"call_date", std::max(from, floor_.value_or(from)), until};
        part.here.equal = {{"account_id", std::to_string(account_)}};
        if (!facts_) return part;
        part.here.beside = {*facts_, "calls_id", {}};
        for (const auto& measure : kMeasures)
            part.here.beside->columns.emplace_back(measure.column);
        return part;
    }

    std::optional<StoredRow> stored_row(
        const jobs::Part& /*part*/,
        std::span<const std::optional<std::string_view>> values) const override {
        StoredRow row;
        row.row = values[0].value_or("");
        // One without a number cannot be the source's.
        row.key = values[1] ? std::string(*values[1]) : "row " + row.row;
        row.open = values[2] == "waiting" || values[2] == "gave up";
        if (values[3]) row.missing_since = parse_time(*values[3]);
        row.values.emplace_back(row.row);
        for (const auto& value : values.subspan(kColumns.size()))
            row.values.push_back(value ? std::optional<std::string>(*value) : std::nullopt);
        return row;
    }

    jobs::LoadedAgain load_again(const jobs::Part& /*part*/, std::span<const std::string> keys,
                                 std::span<const std::string> doubted,
                                 const std::stop_token& stop) override {
        std::vector<std::int64_t> ids, to_ask;
        jobs::LoadedAgain again;
        for (const std::string& key : keys)
            if (const auto id = id_in(key)) ids.push_back(*id);
        for (const std::string& key : doubted) {
            if (const auto id = id_in(key))
                to_ask.push_back(*id);
            else
                again.absent.push_back(key);
        }
        for (const Table& table : tables_) again.decoded.batches.emplace_back(table);
        const auto written = reader_.write_again(ids, to_ask, again.decoded, stop);
        for (const ToldCall& call : written.calls) {
            if (call.calls)
                again.rows.push_back(row_of(call));
            else
                again.beyond.push_back(std::to_string(call.id));
        }
        for (const std::int64_t id : written.absent) again.absent.push_back(std::to_string(id));
        return again;
    }

    std::uint64_t requests() const override { return reader_.requests(); }

  private:
    // Nothing: no call of the source can have that key.
    static std::optional<std::int64_t> id_in(const std::string& key) {
        const auto id = int64_in(key);
        return id && *id > 0 ? id : std::nullopt;
    }

    SourceRow row_of(const ToldCall& call) const {
        SourceRow row;
        row.key = std::to_string(call.id);
        row.open = !call.settled;
        if (facts_ && !call.facts) return row;
        row.values.emplace_back(std::to_string(call.row));
        if (!facts_) return row;
        for (const std::int64_t measure : call.measures)
            row.values.emplace_back(std::to_string(measure));
        return row;
    }

    const Zone zone_;
    const std::optional<Instant> floor_;
    const std::int64_t account_;
    const std::vector<Day> days_;
    const unsigned in_flight_;
    const Table calls_;
    const std::optional<Table> facts_;
    callkeeper::DayReader reader_;
    std::span<const Table> tables_;
};

}  // namespace

jobs::ComparisonPlan compare_callkeeper(callkeeper::Options options, std::vector<Day> days,
                                        unsigned in_flight, Clock& clock, Logger& log) {
    jobs::ComparisonPlan plan;
    plan.stream = callkeeper::stream_name(options);
    plan.tables = callkeeper::make_tables(options);
    plan.days = days.size();
    plan.doubts_cost = true;
    const auto table = [&](callkeeper::TableId id) {
        const auto found = std::ranges::find(
            plan.tables, options.prefix + std::string(callkeeper::name_of(id)), &Table::name);
        return found == plan.tables.end() ? std::nullopt : std::optional(*found);
    };
    const Table calls = *table(callkeeper::TableId::calls);
    const auto facts = table(callkeeper::TableId::facts);
    jobs::Subject subject;
    subject.name = callkeeper::name_of(callkeeper::TableId::calls);
    subject.noun = "calls";
    subject.table = calls;
    subject.fields = {"id"};
    if (facts)
        for (const auto& measure : kMeasures) subject.fields.emplace_back(measure.column);
    subject.captions.assign(kCaptions.begin(),
                            kCaptions.begin() + static_cast<std::ptrdiff_t>(subject.fields.size()));
    subject.all = {calls, {"id"}, {}, {}, {{"account_id", std::to_string(options.account_id)}}, {}};
    plan.subjects.push_back(std::move(subject));
    plan.comparison = std::make_unique<CallKeeperComparison>(options, std::move(days), in_flight,
                                                             calls, facts, clock, log);
    return plan;
}

}  // namespace ringtail::accounts
