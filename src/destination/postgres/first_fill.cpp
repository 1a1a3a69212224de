#include "destination/postgres/first_fill.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "destination/postgres/catalog.hpp"
#include "destination/postgres/errors.hpp"
#include "destination/postgres/exclusively.hpp"
#include "destination/relational/parents.hpp"
#include "destination/relational/repeat.hpp"
#include "sql/postgres_text.hpp"

namespace ringtail::postgres {

using relational::ForeignKey;
using relational::LateKeys;

namespace {

namespace text = sql::postgres;

// A service that is told to stop has ten seconds.
constexpr std::chrono::seconds kOnStop{
    1};  // for each statement; the first that takes longer ends it
// Of one table; beyond that the database is asked again.
constexpr std::size_t kMostSeen = 1'000'000;

constexpr std::string_view kKeyQuery = R"(
SELECT k.conname, k.convalidated
FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
WHERE k.contype = 'f' AND array_length(k.conkey, 1) = 1 AND k.conrelid = to_regclass($1)
  AND k.confrelid = to_regclass($2) AND a.attname = $3)";

Rows find_key(Connection& connection, const LateKeys& table, const ForeignKey& key) {
    return connection.run(std::string(kKeyQuery),
                          {table.stored.shown, key.parent.shown, key.column});
}

std::string set_comment(const LateKeys& table) {
    return fmt::format("COMMENT ON TABLE {} IS '{}'", table.stored.shown,
                       relational::kCreatedComment);
}

bool still_marked(Connection& connection, const LateKeys& table) {
    return connection
        .run("SELECT COALESCE(obj_description(to_regclass($1), 'pg_class') = $2, false)",
             {table.stored.shown, std::string(relational::kKeysFollowComment)})
        .boolean(0, 0);
}

std::string statement_of(const LateKeys& table, const ForeignKey& key) {
    return text::add_foreign_key(table.stored.name, key.column, key.parent.name, key.parent_key);
}

std::string create_index(const LateKeys& table, const relational::NewIndex& index) {
    return text::create_index(table.stored.name, index.columns, index.is_unique);
}

}  // namespace

void FirstFill::begin(std::vector<LateKeys> tables, bool may_put_off) {
    const auto before = std::exchange(late_, {});
    seen_.clear();
    std::vector<LateKeys> now;
    for (LateKeys& table : tables) {
        const bool is_ours = table.created || std::ranges::any_of(before, [&](const LateKeys& one) {
                                 return one.table == table.table;
                             });
        (may_put_off && is_ours ? late_ : now).push_back(std::move(table));
    }
    add_all(now);
}

void FirstFill::finish(const std::stop_token& stop) {
    if (late_.empty()) return;
    const auto late = std::exchange(late_, {});
    seen_.clear();
    Connection::Patience patience{.stop = stop};
    if (stop.stop_requested()) patience = {.limit = kOnStop};
    const PatienceScope scope(connection_, patience);
    add_all(late);
}

const LateKeys* FirstFill::of(std::string_view table) const {
    const auto found = std::ranges::find(late_, table, &LateKeys::table);
    return found == late_.end() ? nullptr : &*found;
}

bool FirstFill::is_pointed_at(const relational::Plan& plan) const {
    return std::ranges::any_of(late_, [&](const LateKeys& table) {
        return std::ranges::any_of(table.keys, [&](const ForeignKey& key) {
            return key.parent.shown == plan.stored.shown;
        });
    });
}

bool FirstFill::may_dangle(const relational::Plan& plan, const Batch& batch,
                           std::span<const Batch> parents) {
    const LateKeys* late = of(plan.table.name);
    if (late == nullptr) return false;
    for (const ForeignKey& key : late->keys) {
        const auto field = std::ranges::find_if(plan.fields, [&](const relational::Field& one) {
            return one.column.name == key.column;
        });
        if (field == plan.fields.end()) continue;
        const auto reference =
            std::ranges::find(plan.table.references, field->source_name, &Reference::column);
        if (reference == plan.table.references.end()) return true;
        std::unordered_set<std::string_view> brought;
        for (const Batch& parent : parents) {
            if (parent.table().name != reference->parent) continue;
            for (std::size_t row = 0; row < parent.rows(); ++row)
                brought.insert(parent.at(row, parent.key_cells().front()).text);
        }
        const auto cell = static_cast<std::size_t>(field - plan.fields.begin());
        auto values = relational::values_of(batch, cell, field->column.type, brought);
        if (!all_there(key, *field, std::move(values))) return true;
    }
    return false;
}

bool FirstFill::all_there(const ForeignKey& key, const relational::Field& field,
                          std::vector<std::string> values) {
    Keys& seen = seen_[key.parent.shown];
    std::erase_if(values, [&](const std::string& value) { return seen.contains(value); });
    if (values.empty()) return true;
    // Both columns were made for the same kind of key.
    const text::ColumnText column{key.parent_key, field.column.type_text};
    const Rows there = connection_.run(text::find_existing(key.parent.name, std::vector{column}),
                                       {text::array_literal(values)});
    if (there.size() < values.size()) return false;
    if (seen.size() > kMostSeen) seen.clear();
    seen.insert(values.begin(), values.end());
    return true;
}

void FirstFill::add_all(std::span<const LateKeys> tables) {
    for (; !tables.empty(); tables = tables.subspan(1)) {
        try {
            add(tables.front());
        } catch (const SqlError& error) {
            if (error.cause() == Cause::duplicate_key) throw relational::broken_key(error);
            if (error.cause() == Cause::no_right) throw not_the_owner(error, tables);
            throw;
        }
    }
}

Error FirstFill::not_the_owner(const SqlError& error, std::span<const LateKeys> left) const {
    std::string statements, gifts;
    for (const LateKeys& table : left) {
        for (const auto& index : table.indexes) {
            if (!is_there(table.stored, index)) statements += create_index(table, index) + "; ";
        }
        for (const ForeignKey& key : table.keys) statements += statement_of(table, key) + "; ";
        statements += set_comment(table) + "; ";
        gifts += fmt::format(" ALTER TABLE {} OWNER TO {};", table.stored.shown,
                             sql::quote_identifier(connection_.user()));
    }
    return Error(Fault::config, error.what())
        .with_hint(fmt::format(
            "Tables were made without their indexes and foreign keys, which only their owner can "
            "add: {} or let Ringtail do it:{}",
            statements, gifts));
}

void FirstFill::add(const LateKeys& table) {
    add_indexes(table);
    if (!add_unproven(table)) return;
    for (const ForeignKey& key : table.keys) prove(table, key);
    if (!table.all) return;
    exclusively(connection_, [&] {
        if (still_marked(connection_, table)) connection_.run(set_comment(table));
    });
    log_.info(fmt::format("indexes and foreign keys added table={} indexes={} keys={}",
                          table.stored.shown, table.indexes.size(), table.keys.size()));
}

// Each by itself, as writers of the table wait for it.
void FirstFill::add_indexes(const LateKeys& table) {
    for (const auto& index : table.indexes) {
        exclusively(connection_, [&] {
            const auto stored = read_table(connection_, table.table);
            if (!stored || !stored->keys_follow || is_there(*stored, index)) return;
            connection_.run(create_index(table, index));
        });
    }
}

// Holds for rows that come from now on. False where another process has done all of it.
bool FirstFill::add_unproven(const LateKeys& table) {
    bool is_left = false;
    exclusively(connection_, [&] {
        is_left = still_marked(connection_, table);
        if (!is_left || table.keys.empty()) return;
        // In the order in which loads lock them.
        std::string tables;
        for (const ForeignKey& key : table.keys) tables += key.parent.shown + ", ";
        connection_.run("LOCK TABLE " + tables + table.stored.shown +
                        " IN SHARE ROW EXCLUSIVE MODE");
        for (const ForeignKey& key : table.keys) {
            if (find_key(connection_, table, key).size() == 0)
                connection_.run(statement_of(table, key) + " NOT VALID");
        }
    });
    return is_left;
}

// Of the rows that are there. Loads go on meanwhile.
void FirstFill::prove(const LateKeys& table, const ForeignKey& key) {
    const Rows found = find_key(connection_, table, key);
    if (found.size() == 0 || found.boolean(0, 1)) return;
    try {
        Transaction transaction(connection_);
        limit_lock_wait(connection_);
        connection_.run(text::validate_constraint(table.stored.name, found.text(0, 0)));
        transaction.commit();
    } catch (const SqlError& error) {
        if (error.cause() != Cause::missing_parent) throw;
        throw Error(Fault::data,
                    fmt::format("table {} has rows that point at no row of {}, so its foreign key "
                                "cannot be added: {}",
                                table.stored.shown, key.parent.shown, error.what()))
            .with_hint(fmt::format(
                "Another program has deleted what they point at during the first load. Find them: "
                "{};  delete them, or put back what is gone, and run again.",
                text::rows_without_parent(table.stored.name, key.column, key.parent.name,
                                          key.parent_key)));
    }
}

}  // namespace ringtail::postgres
