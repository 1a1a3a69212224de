#include "destination/clickhouse/rows.hpp"

#include <fmt/format.h>

#include <charconv>

#include "base/error.hpp"
#include "destination/clickhouse/hash.hpp"
#include "model/int64_text.hpp"
#include "sql/rest.hpp"

namespace ringtail::clickhouse {
namespace {

using Outcome = sql::Fitted::Outcome;

constexpr std::size_t kRowsBetweenStops = 1'024;

}  // namespace

FittedRows::FittedRows(const Plan& plan, const Batch& batch,
                       const sql::clickhouse::Features& features, LostKeys& lost,
                       std::vector<Reject>& rejects, const std::stop_token& stop)
    : plan_(plan), batch_(batch), features_(features), lost_(lost), rejects_(rejects) {
    text_.reserve(batch.bytes());
    const std::vector<bool> last = batch.last_of_key();
    for (std::size_t row = 0; row < batch.rows(); ++row) {
        if (row % kRowsBetweenStops == 0 && stop.stop_requested())
            throw Error(Fault::stopped, "stopped before the load");
        if (last[row]) add(row);
    }
}

void FittedRows::add(std::size_t row) {
    const std::size_t rejects_before = rejects_.size();
    Row fitted{.key = {}, .offset = text_.size()};
    std::string why = fit(row, fitted);
    if (why.empty()) why = lost_parent(row);
    if (why.empty()) {
        fitted.length = text_.size() - fitted.offset;
        rejected_ += rejects_.size() - rejects_before;
        rows_.push_back(std::move(fitted));
        return;
    }
    text_.resize(fitted.offset);
    rejects_.resize(rejects_before);
    const std::string key = batch_.key_of(row);
    lost_.emplace(plan_.table.name, key);
    rejects_.push_back({plan_.table.name, key, "", sql::row_json(batch_, row), std::move(why)});
    ++rejected_;
}

std::string FittedRows::fit(std::size_t row, Row& fitted) {
    RowHash hash;
    for (std::size_t cell = 0; cell < plan_.targets.size(); ++cell) {
        const Target& target = plan_.targets[cell];
        const Cell value = batch_.at(row, cell);
        if (target.whole_key && !value.text.empty() && !int64_in(value.text))
            return fmt::format("{}: {}", target.source_name, kNoWholeKey);
        sql::Fitted result = fit_value(value, target.column, scratch_);
        if (target.in_key && result.outcome == Outcome::null) return "the row has no key";
        std::string reason;
        if (result.outcome == Outcome::reject) reason = result.reason;
        if (result.outcome == Outcome::too_narrow) reason = widen(cell, value, result.reason);
        if (!reason.empty()) {
            if (target.in_key) return fmt::format("{}: {}", target.source_name, reason);
            rejects_.push_back({plan_.table.name, batch_.key_of(row), target.source_name,
                                sql::raw_json(value), std::move(reason)});
        }
        if (result.outcome != Outcome::value) {
            text_ += nothing_in(target.column);
            text_ += '\t';
            continue;
        }
        if (target.in_key) {
            if (!fitted.key.empty()) fitted.key += '\t';
            append_escaped(result.text, fitted.key);
        } else {
            hash.add(target.hash, result.text);
        }
        if (cell == plan_.month_cell) fitted.month = month_of(result.text);
        append_escaped(field_of(result.text, target.column, field_scratch_), text_);
        text_ += '\t';
    }
    fitted.hash = hash.value();
    return {};
}

std::string FittedRows::widen(std::size_t cell, const Cell& value, std::string_view reason) {
    const Target& target = plan_.targets[cell];
    if (!target.cannot_widen.empty()) return fmt::format("{} ({})", reason, target.cannot_widen);
    const auto types = wider_types(target.column, target.source, features_);
    std::size_t& step = steps_[cell];
    for (; step < types.size(); ++step) {
        const auto wider = stored_column(target.column.name, types[step], target.source);
        const auto outcome = wider ? fit_value(value, *wider, scratch_).outcome : Outcome::reject;
        if (outcome != Outcome::value && outcome != Outcome::null) continue;
        to_widen_[cell] = types[step];
        return {};
    }
    step = 0;  // this one value fits nowhere; others may
    return std::string(reason);
}

std::string FittedRows::lost_parent(std::size_t row) const {
    if (lost_.empty()) return {};
    for (const auto& [cell, parent] : plan_.parents) {
        const Cell value = batch_.at(row, cell);
        if (value.kind == Cell::Kind::null) continue;
        if (lost_.contains({parent, std::string(value.text)}))
            return "the row it points at was rejected";
    }
    return {};
}

std::string_view nothing_in(const StoredColumn& column) {
    if (column.nullable) return kNull;
    if (column.form == StoredColumn::Form::unix_seconds) return "00000";
    if (column.type.find("DateTime64") != std::string::npos) return "1970-01-01 00:00:00";
    if (column.type.find("String") != std::string::npos) return "";
    return "0";
}

std::uint32_t month_of(std::string_view time) {
    constexpr std::uint32_t kFirst = 1990'01, kLast = 2099'12;
    std::uint32_t year = 0, month = 0;
    if (time.size() < 7) return 0;
    std::from_chars(time.data(), time.data() + 4, year);
    std::from_chars(time.data() + 5, time.data() + 7, month);
    const std::uint32_t both = year * 100 + month;
    return both >= kFirst && both <= kLast ? both : 0;
}

std::string key_in(const TsvRows& rows, std::size_t parts) {
    std::string key;
    for (std::size_t part = 0; part < parts; ++part) {
        if (part > 0) key += '\t';
        append_escaped(rows.text(part), key);
    }
    return key;
}

}  // namespace ringtail::clickhouse
