#include "destination/relational/rows.hpp"

namespace ringtail::relational {

using Outcome = sql::Fitted::Outcome;

bool Rejecter::reject(std::size_t row, std::size_t cell, const sql::Fitted& fitted) {
    const Field& field = plan_.fields[cell];
    std::string text(fitted.reason);
    if (fitted.outcome == Outcome::too_narrow) {
        text += " (" + field.column.type_text + "), which cannot be widened: " +
                (field.cannot_widen.empty() ? "no type is wide enough" : field.cannot_widen);
    }
    rejects_.push_back({plan_.table.name, batch_.key_of(row), field.source_name,
                        sql::raw_json(batch_.at(row, cell)), std::move(text)});
    return !field.is_key;
}

void Rejecter::reject_row_of_key(std::size_t row, std::size_t first_reject) {
    const Reject of_key = std::move(rejects_.back());
    rejects_.resize(first_reject);
    reject_row(row, of_key.column, of_key.reason);
}

void Rejecter::reject_row(std::size_t row, std::string_view column, std::string reason) {
    std::string key = batch_.key_of(row);
    lost_[plan_.table.name].insert(key);
    if (!column.empty()) reason = "key " + std::string(column) + ": " + reason;
    rejects_.push_back(
        {plan_.table.name, std::move(key), "", row_json(plan_, batch_, row), std::move(reason)});
}

bool Rejecter::check_parents(std::size_t row) {
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

}  // namespace ringtail::relational
