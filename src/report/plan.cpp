#include "report/plan.hpp"

namespace ringtail::report {

std::vector<Table> make_tables(const Plan& plan) {
    std::vector<Table> tables;
    const auto by_day = std::vector<std::string>{"processor_id", "simple_date"};
    if (!plan.rule) {
        Table table;
        table.name = plan.reports_table;
        table.columns = {
            {"id", Type::text},          {"account_id", Type::int64}, {"processor_id", Type::int64},
            {"simple_date", Type::text}, {"row_id", Type::int64},     {"row_data", Type::json}};
        table.key = {"id"};
        table.indexes = {by_day};
        tables.push_back(std::move(table));
        return tables;
    }
    for (const RuleTable& of : plan.rule->tables) {
        Table table;
        table.name = of.name;
        table.columns.assign(own_columns().begin(), own_columns().end());
        for (const RuleColumn& column : of.columns)
            table.columns.push_back({column.name, column.type});
        table.key = {table.columns.front().name};
        table.indexes = {by_day};
        tables.push_back(std::move(table));
    }
    return tables;
}

}  // namespace ringtail::report
