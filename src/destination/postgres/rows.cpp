#include "destination/postgres/rows.hpp"

#include <algorithm>

#include "destination/postgres/copy_text.hpp"

namespace ringtail::postgres {

using Outcome = sql::Fitted::Outcome;

RowWriter::RowWriter(const Plan& plan, const Batch& batch, const std::string& tail,
                     std::vector<MissingParents> missing, LostKeys& lost,
                     std::vector<Reject>& rejects)
    : plan_(plan),
      batch_(batch),
      tail_(tail),
      missing_(std::move(missing)),
      lost_(lost),
      rejects_(rejects) {}

void RowWriter::append(std::size_t row, std::string& out) {
    if (!missing_.empty() && !has_parents(row)) return;
    const std::size_t start = out.size();
    const std::size_t rejects = rejects_.size();
    if (append_cells(row, out)) {
        out += tail_;
        out += '\n';
        return;
    }
    out.resize(start);
    // One reject for the whole row instead of those of its cells.
    const Reject of_key = std::move(rejects_.back());
    rejects_.resize(rejects);
    reject_row(row, of_key.column, of_key.reason);
}

bool RowWriter::append_cells(std::size_t row, std::string& out) {
    bool first = true;
    for (std::size_t cell = 0; cell < plan_.fields.size(); ++cell) {
        const Field& field = plan_.fields[cell];
        if (field.column.name.empty()) continue;
        if (!first) out += '\t';
        first = false;
        const sql::Fitted fitted = sql::fit(batch_.at(row, cell), field.column.type, scratch_);
        if (fitted.outcome == Outcome::value) {
            append_field(fitted.text, out);
            continue;
        }
        if (fitted.outcome == Outcome::too_narrow && field.cannot_widen.empty()) throw TooNarrow();
        out += kNullField;
        if (fitted.outcome != Outcome::null) {
            if (!reject(row, cell, fitted)) return false;
        } else if (field.is_key) {
            return reject(row, cell, {Outcome::reject, {}, "the key is empty"});
        }
    }
    return true;
}

bool RowWriter::reject(std::size_t row, std::size_t cell, const sql::Fitted& fitted) {
    const Field& field = plan_.fields[cell];
    std::string text(fitted.reason);
    if (fitted.outcome == Outcome::too_narrow) {
        text += " (" + field.column.type_text + "), which cannot be widened: " + field.cannot_widen;
    }
    rejects_.push_back({plan_.table.name, batch_.key_of(row), field.source_name,
                        sql::raw_json(batch_.at(row, cell)), std::move(text)});
    return !field.is_key;
}

void RowWriter::reject_row(std::size_t row, std::string_view column, std::string reason) {
    std::string key = batch_.key_of(row);
    lost_[plan_.table.name].insert(key);
    if (!column.empty()) reason = "key " + std::string(column) + ": " + reason;
    rejects_.push_back(
        {plan_.table.name, std::move(key), "", row_json(plan_, batch_, row), std::move(reason)});
}

bool RowWriter::has_parents(std::size_t row) {
    for (const MissingParents& parent : missing_) {
        const auto key = parent.keys.find(batch_.at(row, parent.cell).text);
        if (key == parent.keys.end()) continue;
        reject_row(row, "", "its row " + *key + " in " + parent.table + " is not stored");
        return false;
    }
    return true;
}

std::string row_json(const Plan& plan, const Batch& batch, std::size_t row) {
    std::string json = "{";
    for (std::size_t cell = 0; cell < plan.fields.size(); ++cell) {
        const Cell value = batch.at(row, cell);
        if (value.kind == Cell::Kind::null) continue;
        if (json.size() > 1) json += ',';
        json += sql::raw_json({Cell::Kind::text, plan.fields[cell].source_name});
        json += ':';
        json += sql::raw_json(value);
    }
    return json + "}";
}

}  // namespace ringtail::postgres
