#include "destination/postgres/parents.hpp"

#include <algorithm>

#include "sql/names.hpp"
#include "sql/postgres_text.hpp"

namespace ringtail::postgres {

using relational::Field;
using relational::MissingParents;

namespace {

constexpr std::string_view kForeignKeys = R"(
SELECT a.attname, n.nspname, c.relname, p.attname, format_type(p.atttypid, p.atttypmod)
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.confrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
JOIN pg_attribute p ON p.attrelid = k.confrelid AND p.attnum = k.confkey[1]
WHERE k.contype = 'f' AND array_length(k.conkey, 1) = 1 AND k.conrelid = to_regclass($1))";

}  // namespace

std::vector<MissingParents> missing_parents(Connection& connection, const relational::Plan& plan,
                                            const Batch& batch) {
    std::vector<MissingParents> missing;
    const Rows foreign_keys = connection.run(std::string(kForeignKeys), {plan.shown_name()});
    for (std::size_t i = 0; i < foreign_keys.size(); ++i) {
        const auto field =
            std::find_if(plan.fields.begin(), plan.fields.end(),
                         [&](const Field& f) { return f.column.name == foreign_keys.text(i, 0); });
        if (field == plan.fields.end()) continue;
        const auto cell = static_cast<std::size_t>(field - plan.fields.begin());
        const sql::postgres::TableName parent{std::string(foreign_keys.text(i, 1)),
                                              std::string(foreign_keys.text(i, 2))};
        const sql::postgres::ColumnText key{std::string(foreign_keys.text(i, 3)),
                                            std::string(foreign_keys.text(i, 4))};
        std::vector<std::string> values = relational::values_of(batch, cell, field->column.type);
        const Rows there = connection.run(sql::postgres::find_existing(parent, std::vector{key}),
                                          {sql::postgres::array_literal(values)});
        for (std::size_t row = 0; row < there.size(); ++row) {
            values[static_cast<std::size_t>(there.number(row, 0) - 1)].clear();
        }
        MissingParents found{cell, parent.quoted(), {values.begin(), values.end()}};
        found.keys.erase("");
        missing.push_back(std::move(found));
    }
    return missing;
}

}  // namespace ringtail::postgres
