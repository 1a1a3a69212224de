#include "destination/clickhouse/widen.hpp"

#include <fmt/format.h>

#include "destination/clickhouse/schema.hpp"

namespace ringtail::clickhouse {

void widen(Server& server, const Plan& plan, const std::map<std::size_t, std::string>& types,
           Refusals& refusals, Logger& log) {
    for (const auto& [cell, type] : types) {
        const Target& target = plan.targets[cell];
        try {
            modify_column(server, plan.name, {target.column.name, type}, plan.key_columns());
            log.info(fmt::format("column widened: {} in {} from {} to {}", target.column.name,
                                 plan.table.name, target.column.type, type));
        } catch (const ServerError& error) {
            if (error.fault() == Fault::transient) throw;
            log.warning(fmt::format(
                "column {} in {} cannot be widened, values that do not fit become rejects: {}",
                target.column.name, plan.table.name, error.what()));
            refusals[{plan.table.name, target.source_name}] =
                fmt::format("the column could not be widened: {}", error.what());
        }
    }
    make_view(server, plan.name);
}

}  // namespace ringtail::clickhouse
