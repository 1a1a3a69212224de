#include "destination/postgres/loader.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <unordered_map>

#include "base/error.hpp"
#include "base/failpoint.hpp"
#include "base/time_text.hpp"
#include "destination/postgres/copy_text.hpp"
#include "destination/postgres/errors.hpp"
#include "destination/postgres/lease.hpp"
#include "destination/postgres/own_tables.hpp"
#include "destination/postgres/streams.hpp"
#include "sql/postgres_text.hpp"

namespace ringtail::postgres {
namespace {

using sql::quote_identifier;
using Outcome = sql::Fitted::Outcome;

// COPY text is handed over in pieces of this size: large enough to make system calls rare, small
// enough to stay in the processor's cache and to keep the server busy while the next piece is made.
constexpr std::size_t kPieceBytes = 64U << 10U;
// Each repetition has widened a column or stopped copying directly into a table; more than that is
// a mistake of ours.
constexpr int kMostRepetitions = 20;
constexpr std::chrono::seconds kLookUpAnswer{60};
constexpr std::string_view kAlreadyThere = "23505";
constexpr std::string_view kForeignKeyViolated = "23503";

// A row that was taken for new is there already: the load is repeated with a merge.
struct NotNew {};

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

// The tables are not as they were when the plans were made.
bool is_stale(const SqlError& error) {
    const std::string& state = error.sqlstate();
    return state.starts_with("42") || state == "22001" || state == "22003";
}

const Field& field_of(const Plan& plan, const std::string& source_name) {
    return *std::find_if(plan.fields.begin(), plan.fields.end(),
                         [&](const Field& field) { return field.source_name == source_name; });
}

const Field& key_field(const Plan& plan) { return field_of(plan, plan.table.key.front()); }

// Keys as the key column writes them; those that it cannot hold are in no row.
std::vector<std::string> storable_keys(const Plan& plan, std::span<const std::string> keys) {
    std::vector<std::string> fitting;
    std::string scratch;
    sql::ColumnType type = key_field(plan).column.type;
    if (plan.table.key.size() > 1) type = {};  // the joined text
    for (const std::string& key : keys) {
        const auto fitted = sql::fit({Cell::Kind::text, key}, type, scratch);
        if (fitted.outcome == Outcome::value) fitting.emplace_back(fitted.text);
    }
    return fitting;
}

}  // namespace

LoadStats Loader::load(const Load& load, std::stop_token stop) {
    const PatienceScope patience(connection_, {.stop = std::move(stop)});
    connection_.check_stop();
    bool plans_are_old = !plans_.empty();
    asks_for_parents_ = false;
    for (int repetition = 0; repetition < kMostRepetitions; ++repetition) {
        try {
            return attempt(load);
        } catch (const TooNarrow&) {
            widen_all(load);
        } catch (const NotNew&) {
            connection_.check_stop();
        } catch (const SqlError& error) {
            plans_.clear();
            if (error.sqlstate() == kForeignKeyViolated && !asks_for_parents_) {
                asks_for_parents_ = true;
                continue;
            }
            if (!plans_are_old || !is_stale(error)) throw;
            plans_are_old = false;
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
        if (batch.rows() > 0 && !goes_direct(plan)) make_stage(plan);
        plans.push_back(&plan);
    }
    LoadStats stats(load.batches.size());
    LostKeys lost;
    std::vector<Reject> rejects(load.rejects.begin(), load.rejects.end());
    const std::string now = format_time(load.now);

    Transaction transaction(connection_);
    lock_lease(connection_, load.stream, load.holder);
    for (std::size_t i = plans.size(); i-- > 0;) {  // children first
        stats[i].table = load.batches[i].table().name;
        stats[i].erased = erase(*plans[i], load.batches[i].erased());
    }
    for (std::size_t i = 0; i < plans.size(); ++i) {
        write_rows(*plans[i], load.batches[i], now, lost, rejects, stats[i]);
    }
    store_rejects(connection_, rejects, load.now);
    store_rechecks(connection_, load.stream, load.rechecks);
    store_checkpoint(connection_, load.stream, load.checkpoint);
    transaction.commit();
    return stats;
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

bool Loader::goes_direct(const Plan& plan) {
    const auto [place, unknown] = direct_.try_emplace(plan.table.name, false);
    if (unknown && !plan.stored.row_security) {  // COPY does not work under row security
        place->second =
            connection_.run("SELECT 1 FROM " + plan.shown_name() + " LIMIT 1").size() == 0;
    }
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
            .with_hint("As the database's owner: GRANT TEMPORARY ON DATABASE " +
                       quote_identifier(connection_.database()) + " TO " +
                       quote_identifier(connection_.user()) + ";");
    }
    plan.stage_session = connection_.session();
}

std::uint64_t Loader::erase(const Plan& plan, const std::vector<std::string>& keys) {
    if (keys.empty()) return 0;
    const StoredColumn& key = key_field(plan).column;
    const auto fitting = storable_keys(plan, keys);
    return connection_
        .run(sql::postgres::erase(plan.stored.name, {key.name, key.type_text, key.compare_as_text}),
             {sql::postgres::array_literal(fitting)})
        .affected();
}

void Loader::write_rows(Plan& plan, const Batch& batch, const std::string& now, LostKeys& lost,
                        std::vector<Reject>& rejects, TableStats& stats) {
    stats.read = batch.rows();
    if (batch.rows() == 0) return;
    const std::size_t rejects_before = rejects.size();
    std::string scratch;
    sql::Fitted changed;
    if (plan.changed) changed = sql::fit({Cell::Kind::text, now}, plan.changed->type, scratch);
    const bool has_changed = changed.outcome == Outcome::value;
    try {
        if (goes_direct(plan)) {
            std::string tail;
            if (plan.changed)
                tail = "\t" + (has_changed ? std::string(changed.text) : std::string(kNullField));
            stats.inserted = copy(plan, batch, plan.copy_direct, tail, lost, rejects);
            failpoint("stage_sent");
        } else {
            const std::uint64_t sent = copy(plan, batch, plan.copy_to_stage, "", lost, rejects);
            failpoint("stage_sent");
            std::vector<Param> params;
            if (plan.changed) params.push_back(has_changed ? Param(changed.text) : Param());
            if (sent > 0) {
                const Rows counts = connection_.run(plan.merge, params);
                stats.inserted = static_cast<std::uint64_t>(counts.number(0, 0));
                stats.updated = static_cast<std::uint64_t>(counts.number(0, 1)) - stats.inserted;
                stats.unchanged = sent - stats.inserted - stats.updated;
            }
        }
        failpoint("merge_done");
    } catch (const SqlError& error) {
        if (error.sqlstate() != kAlreadyThere || !direct_[plan.table.name]) throw;
        direct_[plan.table.name] = false;
        throw NotNew();
    }
    stats.rejected = rejects.size() - rejects_before;
}

std::uint64_t Loader::copy(const Plan& plan, const Batch& batch, const std::string& statement,
                           const std::string& tail, LostKeys& lost, std::vector<Reject>& rejects) {
    auto missing = asks_for_parents_ ? missing_parents(connection_, plan, batch)
                                     : std::vector<MissingParents>();
    for (auto& parents : lost_parents(plan, lost)) missing.push_back(std::move(parents));
    RowWriter writer(plan, batch, tail, std::move(missing), lost, rejects);
    const std::vector<bool> last = batch.last_of_key();
    std::string piece;
    piece.reserve(2 * kPieceBytes);
    connection_.copy_begin(statement);
    for (std::size_t row = 0; row < batch.rows(); ++row) {
        if (!last[row]) continue;
        writer.append(row, piece);
        if (piece.size() < kPieceBytes) continue;
        connection_.copy_data(piece);
        connection_.check_stop();
        piece.clear();
    }
    connection_.copy_data(piece);
    return connection_.copy_end();
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
    const Plan& plan = plan_for(table);
    std::vector<sql::postgres::ColumnText> key;
    for (const std::string& part : table.key) {
        const StoredColumn& column = field_of(plan, part).column;
        key.push_back({column.name, column.type_text});
    }
    const std::string fingerprint =
        table.fingerprint.empty() ? "" : field_of(plan, table.fingerprint).column.name;
    try {
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
