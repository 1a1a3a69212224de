#include "destination/relational/widen.hpp"

#include <fmt/core.h>

#include "destination/relational/errors.hpp"
#include "sql/names.hpp"

namespace ringtail::relational {

using Outcome = sql::Fitted::Outcome;

std::optional<Wider> nearest_wider(const Batch& batch, std::size_t cell,
                                   const sql::ColumnType& type, const std::vector<Wider>& choice) {
    std::optional<std::size_t> chosen;
    std::string scratch;
    for (std::size_t row = 0; row < batch.rows(); ++row) {
        const Cell value = batch.at(row, cell);
        if (sql::fit(value, type, scratch).outcome != Outcome::too_narrow) continue;
        for (std::size_t i = chosen.value_or(0); i < choice.size(); ++i) {
            if (sql::fit(value, choice[i].type, scratch).outcome == Outcome::too_narrow) continue;
            chosen = i;
            break;
        }
    }
    return chosen ? std::optional(choice[*chosen]) : std::nullopt;
}

void widen(const Widening& how, const Plan& plan, const Batch& batch, NotWidened& not_widened,
           Logger& log) {
    for (std::size_t cell = 0; cell < plan.fields.size(); ++cell) {
        const Field& field = plan.fields[cell];
        if (field.column.name.empty() || !field.cannot_widen.empty()) continue;
        auto choice = how.choice(field);
        if (field.is_whole_key) {  // anything wider would be for rows that are rejects
            std::erase_if(choice,
                          [](const Wider& wider) { return wider.type.kind != sql::Kind::integer; });
        }
        const auto wider = nearest_wider(batch, cell, field.column.type, choice);
        if (!wider) continue;
        try {
            if (!how.alter(plan, field, *wider)) continue;
            log.info(fmt::format("column widened table={} column={} from=\"{}\" to=\"{}\"",
                                 plan.shown_name(), sql::quote_identifier(field.column.name),
                                 field.column.type_text, wider->type_text));
        } catch (const SqlError& error) {
            if (error.fault() != Fault::data && error.fault() != Fault::config) throw;
            not_widened[{plan.table.name, field.source_name}] = error.what();
            log.warning(
                fmt::format("column not widened table={} column={} type=\"{}\" reason=\"{}\"",
                            plan.shown_name(), sql::quote_identifier(field.column.name),
                            field.column.type_text, error.what()));
        }
    }
}

}  // namespace ringtail::relational
