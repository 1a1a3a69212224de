#include "destination/postgres/loader.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <unordered_map>

#include "base/error.hpp"
#include "base/time_text.hpp"
#include "destination/postgres/batch_load.hpp"
#include "destination/postgres/lease.hpp"
#include "destination/postgres/own_tables.hpp"
#include "destination/postgres/parents.hpp"
#include "destination/postgres/streams.hpp"
#include "destination/postgres/widen.hpp"
#include "destination/relational/parents.hpp"
#include "model/int64_text.hpp"
#include "sql/postgres_text.hpp"

namespace ringtail::postgres {
namespace {

using sql::quote_identifier;
using Outcome = sql::Fitted::Outcome;

constexpr std::chrono::seconds kLookUpAnswer{60};

// Keys as the key column writes them; those that it cannot hold are in no row.
std::vector<std::string> storable_keys(const Plan& plan, std::span<const std::string> keys) {
    std::vector<std::string> fitting;
    std::string scratch;
    sql::ColumnType type = plan.field(plan.table.key.front()).column.type;
    if (plan.table.key.size() > 1) type = {};  // the joined text
    const bool is_whole =
        plan.table.key.size() == 1 && plan.field(plan.table.key.front()).is_whole_key;
    for (const std::string& key : keys) {
        if (is_whole && !int64_in(key)) continue;
        const auto fitted = sql::fit({Cell::Kind::text, key}, type, scratch);
        if (fitted.outcome == Outcome::value) fitting.emplace_back(fitted.text);
    }
    return fitting;
}

// Only the server can tell what rows of this load point at, or what goes with those it deletes.
struct NeedsForeignKeys {};

sql::postgres::ColumnText as_text(const relational::StoredColumn& column) {
    return {column.name, column.type_text, column.compare_as_text};
}

}  // namespace

LoadStats Loader::load(const Load& load, std::stop_token stop) {
    const PatienceScope patience(connection_, {.stop = stop});
    assumptions_.begin_load(!plans_.empty());
    return relational::repeat_load(
        assumptions_,
        [&] {
            connection_.check_stop();
            try {
                return attempt(load);
            } catch (const NeedsForeignKeys&) {
                first_fill_.finish(stop);
                connection_.set_patience({.stop = stop});
                return attempt(load);
            }
        },
        [&] { widen_all(load); }, [&] { plans_.clear(); });
}

LoadStats Loader::attempt(const Load& load) {
    std::vector<Plan*> plans;
    std::vector<const Plan*> binary;
    for (const Batch& batch : load.batches) {
        Plan& plan = plans_.of(batch.table());
        if (batch.rows() > 0 && !was_empty(plan)) make_stage(plan);
        if (batch.rows() > 0 && plan.is_binary) binary.push_back(&plan);
        plans.push_back(&plan);
    }
    LoadStats stats(load.batches.size());
    relational::LostKeys lost;
    std::vector<Reject> rejects(load.rejects.begin(), load.rejects.end());
    const std::string now = format_time(load.now);

    Transaction transaction(connection_);
    lock_lease(connection_, load.stream, load.holder);
    hold_types(connection_, binary);
    // A load touches few rows of large tables: by the index, whatever the planner thinks of a table
    // that has just grown.
    connection_.run(
        "SELECT set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', "
        "true)");
    for (std::size_t i = plans.size(); i-- > 0;) {  // children first
        stats[i].table = load.batches[i].table().name;
        stats[i].erased = erase(*plans[i], load.batches[i].erased());
        if (stats[i].erased > 0 && first_fill_.is_pointed_at(*plans[i])) throw NeedsForeignKeys();
    }
    for (std::size_t i = 0; i < plans.size(); ++i) {
        const Batch& batch = load.batches[i];
        if (batch.rows() == 0) continue;
        if (first_fill_.may_dangle(*plans[i], batch, load.batches.first(i)))
            throw NeedsForeignKeys();
        BatchLoad rows(connection_, *plans[i], batch, now, lost, rejects);
        auto missing = relational::lost_parents(*plans[i], lost);
        if (assumptions_.asks_for_parents()) {
            for (auto& parents : missing_parents(connection_, *plans[i], batch))
                missing.push_back(std::move(parents));
        }
        rows.without(std::move(missing));
        rows.run(was_empty(*plans[i]) ? Assume::all_new : Assume::nothing, stats[i]);
    }
    for (const Forgotten& gone : load.forgotten) drop_rejects(connection_, gone.table, gone.keys);
    store_rejects(connection_, rejects, load.now);
    store_rechecks(connection_, load.stream, load.rechecks);
    store_checkpoint(connection_, load.stream, load.checkpoint);
    transaction.commit();
    return stats;
}

bool Loader::was_empty(const Plan& plan) {
    return assumptions_.was_empty(plan.table.name, [&] {
        return connection_.run("SELECT 1 FROM " + plan.shown_name() + " LIMIT 1").size() == 0;
    });
}

void Loader::make_stage(Plan& plan) {
    connection_.open();
    if (plan.stage_session == connection_.session()) return;
    connection_.run("DROP TABLE IF EXISTS pg_temp." + quote_identifier(plan.stage));
    try {
        connection_.run(plan.create_stage);
    } catch (const relational::SqlError& error) {
        if (error.cause() != relational::Cause::no_right) throw;
        throw Error(Fault::config, error.what())
            .with_hint(fmt::format("As the database's owner: GRANT TEMPORARY ON DATABASE {} TO {};",
                                   quote_identifier(connection_.database()),
                                   quote_identifier(connection_.user())));
    }
    plan.stage_session = connection_.session();
}

std::uint64_t Loader::erase(const Plan& plan, const std::vector<std::string>& keys) {
    if (keys.empty()) return 0;
    const auto key = as_text(plan.field(plan.table.key.front()).column);
    return connection_
        .run(sql::postgres::erase(plan.stored.name, key),
             {sql::postgres::array_literal(storable_keys(plan, keys))})
        .affected();
}

void Loader::widen_all(const Load& load) {
    for (const Batch& batch : load.batches) {
        const Plan plan = plans_.of(batch.table());
        relational::widen(widening(connection_), plan, batch, plans_.not_widened, log_);
    }
}

std::vector<std::optional<std::string>> Loader::fingerprints(const Table& table,
                                                             std::span<const std::string> keys) {
    std::vector<std::optional<std::string>> prints(keys.size());
    if (keys.empty()) return prints;
    const PatienceScope patience(connection_, {.limit = kLookUpAnswer});
    try {
        const Plan& plan = plans_.of(table);
        std::vector<sql::postgres::ColumnText> key;
        for (const std::string& part : table.key) key.push_back(as_text(plan.field(part).column));
        const std::string fingerprint =
            table.fingerprint.empty() ? "" : plan.field(table.fingerprint).column.name;
        const std::vector<Param> params{sql::postgres::array_literal(storable_keys(plan, keys))};
        const Rows rows = connection_.run_prepared(
            sql::postgres::fingerprints(plan.stored.name, key, fingerprint), params);
        std::unordered_map<std::string_view, std::size_t> found;
        found.reserve(rows.size());
        for (std::size_t row = 0; row < rows.size(); ++row) found.emplace(rows.text(row, 0), row);
        for (std::size_t i = 0; i < keys.size(); ++i) {
            const auto row = found.find(keys[i]);
            if (row != found.end()) prints[i] = std::string(rows.text(row->second, 1));
        }
    } catch (...) {
        plans_.clear();
        throw;
    }
    return prints;
}

void Loader::forget() {
    plans_.clear();
    plans_.not_widened.clear();
}

}  // namespace ringtail::postgres
