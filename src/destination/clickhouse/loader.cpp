#include "destination/clickhouse/loader.hpp"

#include "base/error.hpp"
#include "base/failpoint.hpp"
#include "destination/clickhouse/lease.hpp"
#include "destination/clickhouse/own_tables.hpp"
#include "destination/clickhouse/table_load.hpp"

namespace ringtail::clickhouse {
namespace {

// A column has few wider types, and each pass takes each column at least one further.
constexpr int kMostWidenings = 10;

bool tells_of_old_plans(const ServerError& error) {
    return error.code() == kNoSuchColumn || error.code() == kUnknownIdentifier ||
           error.code() == kUnknownTable;
}

}  // namespace

LoadStats Loader::load(const Load& load, const std::stop_token& stop) {
    const bool plans_are_old = !plans_.empty();
    try {
        try {
            return attempt(load, stop);
        } catch (const ServerError& error) {
            if (!plans_are_old || !tells_of_old_plans(error)) throw;
            plans_.clear();  // somebody has altered the tables
            return attempt(load, stop);
        }
    } catch (...) {
        plans_.clear();
        throw;
    }
}

LoadStats Loader::attempt(const Load& load, const std::stop_token& stop) {
    keep_lease(server_, load.stream, load.holder);
    std::vector<Reject> rejects(load.rejects.begin(), load.rejects.end());
    const std::vector<FittedRows> fitted = fit(load, rejects, stop);
    LoadStats stats;
    for (std::size_t i = 0; i < load.batches.size(); ++i) {
        const Batch& batch = load.batches[i];
        TableLoad table(server_, plan_for(batch.table()), batch, fitted[i]);
        stats.push_back(table.run(load.now, load.distrust, pace_, versions_, stop));
        if (i == 0) failpoint("stage_sent");
    }
    const Writer writer{server_, pace_, versions_, stop};
    replace_rejects(writer, load.forgotten, rejects, load.now);
    store_rechecks(writer, load.stream, load.rechecks);
    failpoint("merge_done");
    if (stop.stop_requested()) throw Error(Fault::stopped, "stopped before the checkpoint");
    keep_lease(server_, load.stream, load.holder);
    failpoint("commit_sent");
    if (load.checkpoint != nullptr)
        store_checkpoint(writer, load.stream, *load.checkpoint, load.now);
    failpoint("commit_done");
    return stats;
}

std::vector<FittedRows> Loader::fit(const Load& load, std::vector<Reject>& rejects,
                                    const std::stop_token& stop) {
    const std::size_t given = rejects.size();
    for (int pass = 0; pass < kMostWidenings; ++pass) {
        if (stop.stop_requested()) throw Error(Fault::stopped, "stopped before the load");
        rejects.resize(given);
        LostKeys lost;
        std::vector<FittedRows> fitted;
        fitted.reserve(load.batches.size());
        bool narrow = false;
        for (const Batch& batch : load.batches) {
            const Plan& plan = plan_for(batch.table());
            fitted.emplace_back(plan, batch, server_.features(), lost, rejects, stop);
            if (fitted.back().to_widen().empty()) continue;
            narrow = true;
            widen(server_, plan, fitted.back().to_widen(), refusals_, log_);
        }
        if (!narrow) return fitted;
        plans_.clear();
    }
    throw Error(Fault::bug, "the columns of a load into ClickHouse were widened too often");
}

const Plan& Loader::plan_for(const Table& table) {
    const auto found = plans_.find(table.name);
    if (found != plans_.end() && found->second.is_for(table)) return found->second;
    Plan plan = make_plan(server_, table);
    for (Target& target : plan.targets) {
        const auto refusal = refusals_.find({table.name, target.source_name});
        if (refusal != refusals_.end()) target.cannot_widen = refusal->second;
    }
    return plans_.insert_or_assign(table.name, std::move(plan)).first->second;
}

void Loader::forget() {
    plans_.clear();
    refusals_.clear();
}

}  // namespace ringtail::clickhouse
