#include "destination/postgres/parents.hpp"

#include <algorithm>

#include "sql/names.hpp"
#include "sql/postgres_text.hpp"

namespace ringtail::postgres {
namespace {

using sql::quote_identifier;

constexpr std::string_view kForeignKeys = R"(
SELECT a.attname, k.confrelid::regclass::text, p.attname
FROM pg_constraint k
JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
JOIN pg_attribute p ON p.attrelid = k.confrelid AND p.attnum = k.confkey[1]
WHERE k.contype = 'f' AND array_length(k.conkey, 1) = 1 AND k.conrelid = to_regclass($1))";

std::vector<std::string> values_of(const Batch& batch, std::size_t cell,
                                   const sql::ColumnType& type) {
    Keys values;
    std::string scratch;
    for (std::size_t row = 0; row < batch.rows(); ++row) {
        const auto fitted = sql::fit(batch.at(row, cell), type, scratch);
        if (fitted.outcome == sql::Fitted::Outcome::value) values.emplace(fitted.text);
    }
    return {values.begin(), values.end()};
}

}  // namespace

std::vector<MissingParents> lost_parents(const Plan& plan, const LostKeys& lost) {
    std::vector<MissingParents> missing;
    for (const Reference& reference : plan.table.references) {
        const auto found = lost.find(reference.parent);
        if (!reference.enforced || found == lost.end()) continue;
        for (std::size_t cell = 0; cell < plan.fields.size(); ++cell) {
            if (plan.fields[cell].source_name == reference.column) {
                missing.push_back({cell, reference.parent, found->second});
            }
        }
    }
    return missing;
}

std::vector<MissingParents> missing_parents(Connection& connection, const Plan& plan,
                                            const Batch& batch) {
    std::vector<MissingParents> missing;
    const Rows foreign_keys = connection.run(std::string(kForeignKeys), {plan.shown_name()});
    for (std::size_t i = 0; i < foreign_keys.size(); ++i) {
        const auto field =
            std::find_if(plan.fields.begin(), plan.fields.end(),
                         [&](const Field& f) { return f.column.name == foreign_keys.text(i, 0); });
        if (field == plan.fields.end()) continue;
        const auto cell = static_cast<std::size_t>(field - plan.fields.begin());
        const std::string parent(foreign_keys.text(i, 1));
        const std::string key = "p." + quote_identifier(foreign_keys.text(i, 2)) + "::text";
        const Rows rows = connection.run(
            "SELECT v FROM unnest($1::text[]) AS v WHERE NOT EXISTS (SELECT FROM " + parent +
                " AS p WHERE " + key + " = v)",
            {sql::postgres::array_literal(values_of(batch, cell, field->column.type))});
        MissingParents found{cell, parent, {}};
        for (std::size_t row = 0; row < rows.size(); ++row) found.keys.emplace(rows.text(row, 0));
        missing.push_back(std::move(found));
    }
    return missing;
}

}  // namespace ringtail::postgres
