#include "destination/relational/loader.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "base/time_text.hpp"
#include "destination/relational/batch_load.hpp"
#include "destination/relational/keys.hpp"
#include "destination/relational/own_tables.hpp"
#include "model/int64_text.hpp"

namespace ringtail::relational {
namespace {

using Outcome = sql::Fitted::Outcome;

constexpr std::chrono::seconds kLookUpAnswer{60};

// Keys as the key columns write them; those that they cannot hold are in no row.
std::vector<KeyParts> storable_keys(const Plan& plan, const std::vector<StoredColumn>& columns,
                                    std::span<const std::string> keys) {
    std::vector<KeyParts> storable;
    std::string scratch;
    const bool is_whole = columns.size() == 1 && plan.field(plan.table.key.front()).is_whole_key;
    for (const std::string& key : keys) {
        if (is_whole && !int64_in(key)) continue;
        KeyParts parts = split_key(key, columns.size());
        const bool fits = std::equal(
            parts.begin(), parts.end(), columns.begin(),
            [&](std::string& part, const StoredColumn& column) {
                const auto fitted = sql::fit({Cell::Kind::text, part}, column.type, scratch);
                part = std::string(fitted.text);
                return fitted.outcome == Outcome::value;
            });
        if (fits) storable.push_back(std::move(parts));
    }
    return storable;
}

}  // namespace

LoadStats Loader::load(const Load& load, std::stop_token stop) {
    const PatienceScope patience(database_.session(), {.stop = std::move(stop)});
    assumptions_.begin_load(!plans_.empty());
    return repeat_load(
        assumptions_,
        [&] {
            // Not another writer, then: two keys of the source are one for the database.
            if (assumptions_.collisions() == 2) tell_keys_apart(load);
            return attempt(load);
        },
        [&] { widen_all(load); }, [&] { plans_.clear(); });
}

LoadStats Loader::attempt(const Load& load) {
    std::vector<Plan*> plans;
    for (const Batch& batch : load.batches) {
        Plan& plan = plans_.of(batch.table());
        if (batch.rows() > 0) make_stage(plan);
        plans.push_back(&plan);
    }
    LoadStats stats(load.batches.size());
    LostKeys lost;
    std::vector<Reject> rejects(load.rejects.begin(), load.rejects.end());
    const std::string now = format_time(load.now);
    Session& session = database_.session();
    const Dialect& dialect = database_.dialect();

    Transaction transaction(session);
    lock_lease(session, dialect, load.stream, load.holder);
    for (std::size_t i = plans.size(); i-- > 0;) {  // children first
        stats[i].table = load.batches[i].table().name;
        stats[i].erased = erase(*plans[i], load.batches[i].erased());
    }
    for (std::size_t i = 0; i < plans.size(); ++i) {
        const Batch& batch = load.batches[i];
        if (batch.rows() == 0) continue;
        auto missing = lost_parents(*plans[i], lost);
        if (assumptions_.asks_for_parents()) {
            for (auto& parents : missing_parents(*plans[i], batch))
                missing.push_back(std::move(parents));
        }
        BatchLoad rows(database_, *plans[i], batch, now, std::move(missing), lost, rejects);
        try {
            rows.run(was_empty(*plans[i]) ? Assume::all_new : Assume::nothing, stats[i]);
        } catch (const SqlError& error) {
            throw SqlError(error.within("load " + plans[i]->shown_name()), error.cause(),
                           error.code());
        }
    }
    for (const Forgotten& gone : load.forgotten)
        drop_rejects(session, dialect, gone.table, gone.keys);
    store_rejects(session, dialect, rejects, load.now);
    store_rechecks(session, dialect, load.stream, load.rechecks);
    store_checkpoint(session, dialect, load.stream, load.checkpoint);
    transaction.commit();
    return stats;
}

Plan Loader::plan(const Table& table) {
    auto stored = database_.schema().read_table(table.name);
    if (!stored) fail_without_table(table);
    Plan plan = make_plan(table, std::move(*stored), database_.schema().name_rules());
    for (Field& field : plan.fields) {
        if (field.column.name.empty() || !field.cannot_widen.empty()) continue;
        const auto wider =
            database_.dialect().wider_types(field.column, use_of(table, field.source_name));
        if (wider.empty()) {
            field.cannot_widen = "no type is wide enough";
        } else {
            field.widest = wider.back().type;
        }
    }
    return plan;
}

bool Loader::was_empty(const Plan& plan) {
    if (!database_.bulk().has_way_to_table()) return false;
    return assumptions_.was_empty(plan.table.name, [&] {
        const Answer answer = database_.session().run("SELECT CASE WHEN EXISTS (SELECT 1 FROM " +
                                                      plan.shown_name() + ") THEN 1 ELSE 0 END");
        return answer.rows.at(0).at(0) == "0";
    });
}

void Loader::make_stage(Plan& plan) {
    Session& session = database_.session();
    if (plan.stage_session == session.number()) {
        session.run("DELETE FROM " + database_.dialect().stage_name(plan.stage));
        return;
    }
    for (const std::string& sql :
         database_.dialect().create_stage(plan.stage, plan.stored, plan.columns())) {
        session.run(sql);
    }
    plan.stage_session = session.number();
}

std::uint64_t Loader::erase(const Plan& plan, const std::vector<std::string>& keys) {
    if (keys.empty()) return 0;
    const auto key = plan.key();
    return delete_with_keys(database_.session(), database_.dialect(), plan.shown_name(), key,
                            storable_keys(plan, key, keys));
}

// Asks the database, for each foreign key of the table. Only needed once one was violated.
std::vector<MissingParents> Loader::missing_parents(const Plan& plan, const Batch& batch) {
    std::vector<MissingParents> missing;
    for (const ForeignKey& foreign : database_.foreign_keys(plan.stored)) {
        const auto field =
            std::find_if(plan.fields.begin(), plan.fields.end(),
                         [&](const Field& f) { return f.column.name == foreign.column; });
        if (field == plan.fields.end()) continue;
        const auto cell = static_cast<std::size_t>(field - plan.fields.begin());
        const auto values = values_of(batch, cell, field->column.type);
        std::vector<KeyParts> keys;
        keys.reserve(values.size());
        for (const std::string& value : values) keys.push_back({value});
        StoredColumn parent_key{.name = foreign.parent_key, .type_text = {}, .type = {}};
        if (field->column.type.kind == sql::Kind::integer) parent_key.type = field->column.type;
        MissingParents found{cell, foreign.parent.shown, {values.begin(), values.end()}};
        for (const Row& row :
             rows_with_keys(database_.session(), database_.dialect(), foreign.parent.shown,
                            std::span(&parent_key, 1), keys, "")) {
            found.keys.erase(row[0].value_or(""));
        }
        missing.push_back(std::move(found));
    }
    return missing;
}

Widening Loader::widening(const Table& table) {
    return {[&](const Field& field) {
                return database_.dialect().wider_types(field.column,
                                                       use_of(table, field.source_name));
            },
            [&](const Plan& plan, const Field& field, const Wider& wider) {
                const auto now = database_.schema().read_table(plan.table.name);
                const StoredColumn* column = now ? now->find(field.column.name) : nullptr;
                // Another process may have widened it further meanwhile.
                if (column == nullptr || column->type_text != field.column.type_text) return false;
                database_.session().run(database_.dialect().set_column_type(*now, *column, wider));
                return true;
            }};
}

void Loader::widen_all(const Load& load) {
    for (const Batch& batch : load.batches) {
        const Plan plan = plans_.of(batch.table());
        widen(widening(batch.table()), plan, batch, plans_.not_widened, log_);
    }
}

void Loader::tell_keys_apart(const Load& load) {
    for (const Batch& batch : load.batches) {
        const Plan& plan = plans_.of(batch.table());
        for (const StoredColumn& part : plan.key()) {
            const auto exact = database_.dialect().exact_type(part);
            if (!part.compare_as_text || !exact) continue;
            try {
                database_.session().run(
                    database_.dialect().set_column_type(plan.stored, part, *exact));
                log_.info(fmt::format("key tells all texts apart now table={} column={} to=\"{}\"",
                                      plan.shown_name(), part.name, exact->type_text));
            } catch (const SqlError& error) {
                if (error.fault() != Fault::data && error.fault() != Fault::config) throw;
                log_.warning(
                    fmt::format("key does not tell all texts apart table={} column={} "
                                "type=\"{}\" reason=\"{}\"",
                                plan.shown_name(), part.name, part.type_text, error.what()));
            }
        }
    }
    plans_.clear();
}

std::vector<std::optional<std::string>> Loader::fingerprints(const Table& table,
                                                             std::span<const std::string> keys) {
    std::vector<std::optional<std::string>> prints(keys.size());
    if (keys.empty()) return prints;
    const PatienceScope patience(database_.session(), {.limit = kLookUpAnswer});
    try {
        const Plan& plan = plans_.of(table);
        const auto key = plan.key();
        const std::string fingerprint =
            table.fingerprint.empty() ? "" : plan.field(table.fingerprint).column.name;
        std::unordered_map<std::string, std::string> found;
        for (Row& row : rows_with_keys(database_.session(), database_.dialect(), plan.shown_name(),
                                       key, storable_keys(plan, key, keys), fingerprint)) {
            found.emplace(join_key(std::span(row.data(), key.size())), row.back().value_or(""));
        }
        for (std::size_t i = 0; i < keys.size(); ++i) {
            const auto print = found.find(keys[i]);
            if (print != found.end()) prints[i] = print->second;
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

}  // namespace ringtail::relational
