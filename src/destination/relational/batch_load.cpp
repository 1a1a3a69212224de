#include "destination/relational/batch_load.hpp"

#include <unordered_map>

#include "base/failpoint.hpp"
#include "destination/relational/keys.hpp"
#include "destination/relational/order.hpp"

namespace ringtail::relational {
namespace {

using Outcome = sql::Fitted::Outcome;

std::vector<std::size_t> rows_of(const std::vector<bool>& wanted) {
    std::vector<std::size_t> rows;
    for (std::size_t row = 0; row < wanted.size(); ++row) {
        if (wanted[row]) rows.push_back(row);
    }
    return rows;
}

}  // namespace

BatchLoad::BatchLoad(Database& database, const Plan& plan, const Batch& batch,
                     const std::string& changed, std::vector<MissingParents> missing,
                     LostKeys& lost, std::vector<Reject>& rejects)
    : database_(database),
      plan_(plan),
      batch_(batch),
      rejecter_(plan, batch, std::move(missing), lost, rejects),
      merge_{plan.shown_name(), database.dialect().stage_name(plan.stage), plan.columns(),
             plan.key(), plan.changed},
      changed_(plan.changed ? sql::fit_load_time(changed, plan.changed->type) : std::nullopt) {}

void BatchLoad::run(Assume assume, TableStats& stats) {
    stats.read = batch_.rows();
    const std::size_t rejects_before = rejecter_.count();
    const std::vector<bool> last = batch_.last_of_key();
    if (upsert(last, stats)) {
        failpoint("stage_sent");
        failpoint("merge_done");
    } else if (database_.bulk().has_way_to_table()) {
        run_to_table(assume, last, stats);
    } else {
        run_to_stage(last, stats);
    }
    stats.rejected = rejecter_.count() - rejects_before;
}

bool BatchLoad::upsert(const std::vector<bool>& last, TableStats& stats) {
    const std::vector<std::size_t> rows = rows_of(last);
    const auto done = database_.bulk().upsert({plan_, batch_, rows, rejecter_}, changed_);
    if (!done) return false;
    stats.inserted = done->inserted;
    stats.updated = done->updated;
    stats.unchanged = done->unchanged;
    return true;
}

void BatchLoad::run_to_table(Assume assume, const std::vector<bool>& last, TableStats& stats) {
    std::vector<bool> is_there(batch_.rows(), false);
    if (assume == Assume::nothing) is_there = find_existing(last);
    std::vector<std::size_t> existing, fresh;
    for (std::size_t row = 0; row < batch_.rows(); ++row) {
        if (last[row]) (is_there[row] ? existing : fresh).push_back(row);
    }
    into_key_order(plan_, batch_, fresh);
    into_key_order(plan_, batch_, existing);
    if (!fresh.empty()) {
        stats.inserted = database_.bulk().to_table({plan_, batch_, fresh, rejecter_}, changed_);
    }
    const std::uint64_t staged =
        existing.empty() ? 0 : database_.bulk().to_stage({plan_, batch_, existing, rejecter_});
    failpoint("stage_sent");
    if (staged > 0) stats.updated = merge(database_.dialect().update_from_stage(merge_));
    failpoint("merge_done");
    stats.unchanged = staged - stats.updated;
}

void BatchLoad::run_to_stage(const std::vector<bool>& last, TableStats& stats) {
    std::vector<std::size_t> rows = rows_of(last);
    into_key_order(plan_, batch_, rows);
    const std::uint64_t staged = database_.bulk().to_stage({plan_, batch_, rows, rejecter_});
    failpoint("stage_sent");
    if (staged > 0) {
        stats.updated = merge(database_.dialect().update_from_stage(merge_));
        stats.inserted = merge(database_.dialect().insert_from_stage(merge_));
    }
    failpoint("merge_done");
    stats.unchanged = staged - stats.updated - stats.inserted;
}

std::uint64_t BatchLoad::merge(const std::string& statement) {
    if (statement.empty()) return 0;
    std::vector<Param> params;
    if (plan_.changed) params.push_back(changed_);
    return database_.session().run(statement, params).affected;
}

// For each row whether its key is in the table.
std::vector<bool> BatchLoad::find_existing(const std::vector<bool>& last) {
    const auto& cells = batch_.key_cells();
    std::unordered_map<std::string, std::size_t> rows;
    std::vector<KeyParts> keys;
    std::string scratch;
    for (std::size_t row = 0; row < batch_.rows(); ++row) {
        KeyParts parts;
        for (std::size_t part = 0; last[row] && part < cells.size(); ++part) {
            const auto fitted = sql::fit(batch_.at(row, cells[part]),
                                         plan_.fields[cells[part]].column.type, scratch);
            if (fitted.outcome == Outcome::value) parts.emplace_back(fitted.text);
        }
        if (parts.size() != cells.size()) continue;  // others become rejects when they are written
        std::vector<Param> canonical_parts;
        for (std::size_t i = 0; i < parts.size(); ++i)
            canonical_parts.emplace_back(canonical(parts[i], merge_.key[i].type));
        rows.emplace(join_key(canonical_parts), row);
        keys.push_back(std::move(parts));
    }
    std::vector<bool> is_there(batch_.rows(), false);
    for (const Row& found : rows_with_keys(database_.session(), database_.dialect(),
                                           plan_.shown_name(), merge_.key, keys, "")) {
        const auto row = rows.find(join_key(std::span(found.data(), cells.size())));
        if (row != rows.end()) is_there[row->second] = true;
    }
    return is_there;
}

}  // namespace ringtail::relational
