#include "destination/postgres/loader.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <unordered_map>

#include "base/error.hpp"
#include "base/time_text.hpp"
#include "destination/postgres/batch_load.hpp"
#include "destination/postgres/lease.hpp"
#include "destination/postgres/own_tables.hpp"
#include "destination/postgres/rows.hpp"
#include "destination/postgres/streams.hpp"
#include "sql/postgres_text.hpp"

namespace ringtail::postgres {
namespace {

using sql::quote_identifier;
using Outcome = sql::Fitted::Outcome;

// Each repetition knows more of the database than the one before; more than that is a mistake of
// ours.
constexpr int kMostRepetitions = 20;
// Once for a table that was taken for empty, and for other writers who were quicker.
constexpr int kMostCollisions = 5;
constexpr std::chrono::seconds kLookUpAnswer{60};

// Ends the stop token's reach with the load.
class PatienceScope {
  public:
    PatienceScope(Connection& connection, Connection::Patience patience) : connection_(connection) {
        connection_.set_patience(std::move(patience));
    }
    ~PatienceScope() { connection_.set_patience({}); }
    PatienceScope(const PatienceScope&) = delete;
    PatienceScope& operator=(const PatienceScope&) = delete;

  private:
    Connection& connection_;
};

// Keys as the key column writes them; those that it cannot hold are in no row.
std::vector<std::string> storable_keys(const Plan& plan, std::span<const std::string> keys) {
    std::vector<std::string> fitting;
    std::string scratch;
    sql::ColumnType type = plan.field(plan.table.key.front()).column.type;
    if (plan.table.key.size() > 1) type = {};  // the joined text
    for (const std::string& key : keys) {
        const auto fitted = sql::fit({Cell::Kind::text, key}, type, scratch);
        if (fitted.outcome == Outcome::value) fitting.emplace_back(fitted.text);
    }
    return fitting;
}

sql::postgres::ColumnText as_text(const StoredColumn& column) {
    return {column.name, column.type_text, column.compare_as_text};
}

}  // namespace

LoadStats Loader::load(const Load& load, std::stop_token stop) {
    const PatienceScope patience(connection_, {.stop = std::move(stop)});
    plans_are_old_ = !plans_.empty();
    asks_for_parents_ = false;
    collisions_ = 0;
    for (int repetition = 0; repetition < kMostRepetitions; ++repetition) {
        connection_.check_stop();
        try {
            return attempt(load);
        } catch (const TooNarrow&) {
            widen_all(load);
        } catch (const SqlError& error) {
            plans_.clear();
            if (!learns_from(error)) throw;
        } catch (...) {
            plans_.clear();
            throw;
        }
    }
    throw Error(Fault::bug, "a load into PostgreSQL was repeated too often");
}

LoadStats Loader::attempt(const Load& load) {
    std::vector<Plan*> plans;
    for (const Batch& batch : load.batches) {
        Plan& plan = plan_for(batch.table());
        if (batch.rows() > 0 && !was_empty(plan)) make_stage(plan);
        plans.push_back(&plan);
    }
    LoadStats stats(load.batches.size());
    LostKeys lost;
    std::vector<Reject> rejects(load.rejects.begin(), load.rejects.end());
    const std::string now = format_time(load.now);

    Transaction transaction(connection_);
    lock_lease(connection_, load.stream, load.holder);
    // A load touches few rows of large tables: by the index, whatever the planner thinks of a table
    // that has just grown.
    connection_.run(
        "SELECT set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', "
        "true)");
    for (std::size_t i = plans.size(); i-- > 0;) {  // children first
        stats[i].table = load.batches[i].table().name;
        stats[i].erased = erase(*plans[i], load.batches[i].erased());
    }
    for (std::size_t i = 0; i < plans.size(); ++i) {
        const Batch& batch = load.batches[i];
        if (batch.rows() == 0) continue;
        BatchLoad rows(connection_, *plans[i], batch, now, lost, rejects);
        auto missing = lost_parents(*plans[i], lost);
        if (asks_for_parents_) {
            for (auto& parents : missing_parents(connection_, *plans[i], batch))
                missing.push_back(std::move(parents));
        }
        rows.without(std::move(missing));
        rows.run(was_empty(*plans[i]) ? Assume::all_new : Assume::nothing, stats[i]);
    }
    store_rejects(connection_, rejects, load.now);
    store_rechecks(connection_, load.stream, load.rechecks);
    store_checkpoint(connection_, load.stream, load.checkpoint);
    transaction.commit();
    return stats;
}

bool Loader::learns_from(const SqlError& error) {
    const std::string& state = error.sqlstate();
    if (state == "23505") {  // the key is there: our assumption, or another writer
        for (auto& [table, empty] : was_empty_) empty = false;
        return ++collisions_ < kMostCollisions;
    }
    if (state == "23503" && !asks_for_parents_) {  // a parent is not there
        asks_for_parents_ = true;
        return true;
    }
    // The tables are not as they were when the plans were made.
    const bool is_stale = state.starts_with("42") || state == "22001" || state == "22003";
    if (!is_stale || !plans_are_old_) return false;
    plans_are_old_ = false;
    return true;
}

Plan& Loader::plan_for(const Table& table) {
    const auto found = plans_.find(table.name);
    if (found != plans_.end() && same_shape(found->second.table, table)) return found->second;
    Plan plan = make_plan(connection_, table);
    for (Field& field : plan.fields) {
        const auto refusal = not_widened_.find({table.name, field.source_name});
        if (refusal != not_widened_.end()) field.cannot_widen = refusal->second;
    }
    return plans_.insert_or_assign(table.name, std::move(plan)).first->second;
}

bool Loader::was_empty(const Plan& plan) {
    const auto [place, unknown] = was_empty_.try_emplace(plan.table.name, false);
    if (unknown)
        place->second =
            connection_.run("SELECT 1 FROM " + plan.shown_name() + " LIMIT 1").size() == 0;
    return place->second;
}

void Loader::make_stage(Plan& plan) {
    connection_.open();
    if (plan.stage_session == connection_.session()) return;
    connection_.run("DROP TABLE IF EXISTS pg_temp." + quote_identifier(plan.stage));
    try {
        connection_.run(plan.create_stage);
    } catch (const SqlError& error) {
        if (error.sqlstate() != "42501") throw;
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
        const Plan plan = plan_for(batch.table());
        widen(connection_, plan, batch, not_widened_, log_);
    }
    plans_.clear();
}

std::vector<std::optional<std::string>> Loader::fingerprints(const Table& table,
                                                             std::span<const std::string> keys) {
    std::vector<std::optional<std::string>> prints(keys.size());
    if (keys.empty()) return prints;
    const PatienceScope patience(connection_, {.limit = kLookUpAnswer});
    try {
        const Plan& plan = plan_for(table);
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
    not_widened_.clear();
}

}  // namespace ringtail::postgres
