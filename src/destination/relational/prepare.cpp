#include "destination/relational/prepare.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/error.hpp"

namespace ringtail::relational {
namespace {

using sql::quote_identifier;

// The table is nearly full: said with the names, which the user may want to make room for.
std::string listed(const std::vector<std::string>& names) {
    constexpr std::size_t kShown = 5;
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), kShown); ++i) {
        text += (text.empty() ? "" : ", ") + quote_identifier(names[i]);
    }
    if (names.size() > kShown) text += fmt::format(" and {} more", names.size() - kShown);
    return text;
}

class Preparation {
  public:
    Preparation(Schema& schema, const DestinationOptions& options, Logger& log)
        : schema_(schema), options_(options), log_(log) {}

    Table prepare(const Table& table) {
        auto stored = schema_.read_table(table.name);
        const bool created = !stored;
        Names names = map_columns(table, stored ? &*stored : nullptr, schema_.name_rules());
        if (stored) {
            extend(table, *stored, names);
        } else {
            stored = create(table, names);
        }
        if (stored->keys_follow && options_.foreign_keys) {
            note_late_keys(table, *stored, names, created);
        } else if (!created) {
            note_lacking(table, *stored, names);
        }
        Table fillable = table;
        fillable.created = created;
        std::size_t column = 0;
        std::erase_if(fillable.columns,
                      [&](const Column&) { return names.columns[column++].empty(); });
        known_.insert_or_assign(table.name, Known{std::move(*stored), std::move(names), table});
        return fillable;
    }

  private:
    struct Known {
        StoredTable stored;
        Names names;
        Table table;
    };

    StoredTable create(const Table& table, Names& names) {
        NewTable wanted{.place = schema_.place_of(table.name),
                        .columns = {},
                        .key = names.key(table),
                        .indexes = {},
                        .unique = {},
                        .foreign_keys = {}};
        for (std::size_t i = 0; i < table.columns.size(); ++i) {
            if (!names.columns[i].empty()) wanted.columns.push_back(new_column(table, names, i));
        }
        for (const Reference& reference : table.references) refer(wanted, table, names, reference);
        for (const NewIndex& index : indexes_of(table, names))
            (index.is_unique ? wanted.unique : wanted.indexes).push_back(index.columns);
        StoredTable stored = schema_.create_table(wanted);
        log_.info(fmt::format("table created name={}", stored.shown));
        std::vector<std::string> left_out;
        for (std::string& name : names.columns) {
            const bool there =
                std::any_of(wanted.columns.begin(), wanted.columns.end(),
                            [&](const NewColumn& column) { return column.name == name; });
            if (name.empty() || there) continue;
            left_out.push_back(std::exchange(name, {}));
        }
        tell_left_out(table, stored, left_out);
        return stored;
    }

    static NewColumn new_column(const Table& table, const Names& names, std::size_t i) {
        const Column& column = table.columns[i];
        const Use use = use_of(table, column.name);
        const bool ours = column.name == table.rest || column.name == table.changed ||
                          column.name == table.fingerprint;
        return {.name = names.columns[i],
                .type = column.type,
                .use = use,
                .needed = use != Use::value || ours};
    }

    void refer(NewTable& wanted, const Table& table, const Names& names,
               const Reference& reference) {
        const std::string& column = names.of(table, reference.column);
        if (column.empty()) return;
        wanted.indexes.push_back({column});
        if (auto key = foreign_key(column, reference)) wanted.foreign_keys.push_back(*key);
    }

    std::optional<ForeignKey> foreign_key(const std::string& column, const Reference& reference) {
        const auto parent = known_.find(reference.parent);
        // A parent table of the user may lack rows, and a rule of ours on it would be a surprise.
        if (!options_.foreign_keys || !reference.enforced || parent == known_.end() ||
            !parent->second.stored.ours || parent->second.table.key.size() != 1) {
            return std::nullopt;
        }
        return ForeignKey{column, parent->second.stored,
                          parent->second.names.key(parent->second.table).front()};
    }

    void note_late_keys(const Table& table, const StoredTable& stored, const Names& names,
                        bool created) {
        LateKeys& late = late_keys.emplace_back();
        late.table = table.name;
        late.stored = stored;
        late.created = created;
        late.indexes = indexes_of(table, names);
        for (const Reference& reference : table.references) {
            const std::string& column = names.of(table, reference.column);
            if (column.empty()) continue;
            const bool is_found = std::ranges::any_of(late.indexes, [&](const NewIndex& index) {
                return index.columns.front() == column;
            });
            if (!is_found) late.indexes.push_back({.columns = {column}});
            if (!reference.enforced) continue;
            if (known_.find(reference.parent) == known_.end()) late.all = false;
            if (auto key = foreign_key(column, reference)) late.keys.push_back(*key);
        }
    }

    // Of Table::unique and Table::indexes.
    static std::vector<NewIndex> indexes_of(const Table& table, const Names& names) {
        std::vector<NewIndex> indexes;
        const auto add = [&](const std::vector<std::string>& columns, bool is_unique) {
            NewIndex& index = indexes.emplace_back();
            index.is_unique = is_unique;
            for (const std::string& column : columns)
                index.columns.push_back(names.of(table, column));
        };
        for (const auto& columns : table.unique) add(columns, true);
        for (const auto& columns : table.indexes) add(columns, false);
        return indexes;
    }

    void note_lacking(const Table& table, const StoredTable& stored, const Names& names) {
        for (NewIndex& index : indexes_of(table, names)) {
            if (is_there(stored, index)) continue;
            if (stored.ours) {
                lacking.push_back({table.name, std::move(index)});
                continue;
            }
            log_.info(
                fmt::format("table is not Ringtail's own and gets no index table={} unique={} "
                            "columns=({})",
                            stored.shown, index.is_unique, listed(index.columns)));
        }
    }

    void extend(const Table& table, const StoredTable& stored, Names& names) {
        check_fillable(table, stored, names);
        const bool has_rest =
            !table.rest.empty() && stored.find(names.of(table, table.rest)) != nullptr;
        std::vector<std::size_t> added;
        std::vector<std::string> left_out;
        for (const bool needed : {true, false}) {  // while there is room
            for (std::size_t i = 0; i < table.columns.size(); ++i) {
                if (names.columns[i].empty()) continue;
                NewColumn column = new_column(table, names, i);
                column.backfilled = has_rest;
                if (column.needed != needed) continue;
                const StoredColumn* found = stored.find(column.name);
                if (found != nullptr) {
                    if (found->unfilled) added.push_back(i);
                    if (schema_.mend_column(stored, *found, column.use))
                        tell_mended(stored, *found);
                    continue;
                }
                if (!left_out.empty() || !schema_.add_column(stored, column)) {
                    if (needed) fail_full(stored, {column.name});
                    left_out.push_back(std::exchange(names.columns[i], {}));
                    continue;
                }
                log_.info(fmt::format("column added table={} column={}", stored.shown,
                                      quote_identifier(column.name)));
                added.push_back(i);
            }
        }
        tell_left_out(table, stored, left_out);
        if (added.empty() || !has_rest) return;
        const std::size_t rows = schema_.backfill(table, stored, names, added);
        if (rows > 0) {
            log_.info(
                fmt::format("values moved to new columns table={} rows={}", stored.shown, rows));
        }
    }

    [[noreturn]] static void fail_full(const StoredTable& stored,
                                       const std::vector<std::string>& needed) {
        throw Error(Fault::config,
                    fmt::format("table {} can have no further column, but {} are needed",
                                stored.shown, listed(needed)))
            .with_hint("Drop columns of your own from it, or use another prefix.");
    }

    void tell_mended(const StoredTable& stored, const StoredColumn& column) {
        log_.info(fmt::format("column widened table={} column={}: {} had no room for a text",
                              stored.shown, quote_identifier(column.name), column.type_text));
    }

    void tell_left_out(const Table& table, const StoredTable& stored,
                       const std::vector<std::string>& left_out) {
        if (left_out.empty()) return;
        if (table.rest.empty()) fail_full(stored, left_out);
        log_.warning(fmt::format("table is full table={} columns_in_{}={} ({})", stored.shown,
                                 table.rest, left_out.size(), listed(left_out)));
    }

  public:
    std::vector<LackingIndex> lacking;
    std::vector<LateKeys> late_keys;

  private:
    Schema& schema_;
    const DestinationOptions& options_;
    Logger& log_;
    std::map<std::string, Known, std::less<>> known_;
};

}  // namespace

bool is_there(const StoredTable& stored, const NewIndex& index) {
    return index.is_unique ? stored.has_key(index.columns) : stored.has_index(index.columns);
}

Use use_of(const Table& table, const std::string& column) {
    if (std::count(table.key.begin(), table.key.end(), column) != 0) return Use::key;
    const bool refers = std::any_of(table.references.begin(), table.references.end(),
                                    [&](const Reference& r) { return r.column == column; });
    const auto holds = [&](const std::vector<std::string>& columns) {
        return std::count(columns.begin(), columns.end(), column) != 0;
    };
    const bool indexed = std::any_of(table.unique.begin(), table.unique.end(), holds) ||
                         std::any_of(table.indexes.begin(), table.indexes.end(), holds);
    return refers || indexed ? Use::reference : Use::value;
}

void check_fillable(const Table& table, const StoredTable& stored, const Names& names) {
    if (!stored.is_table) {
        throw Error(Fault::config,
                    stored.shown + " is a view or a foreign table; rows cannot be loaded into it")
            .with_hint("Use another prefix, or rename it.");
    }
    const auto key = names.key(table);
    std::string columns;
    for (const std::string& part : key) {
        columns += (columns.empty() ? "" : ", ") + quote_identifier(part);
    }
    if (!stored.has_key(key)) {
        throw Error(Fault::config, fmt::format("table {} has no primary key or unique index on {}",
                                               stored.shown, columns))
            .with_hint(fmt::format("ALTER TABLE {} ADD PRIMARY KEY ({});  or use another prefix",
                                   stored.shown, columns));
    }
    for (const std::string& column : names.columns) {
        const StoredColumn* found = column.empty() ? nullptr : stored.find(column);
        if (found == nullptr || !found->generated) continue;
        throw Error(Fault::config,
                    fmt::format("column {} of table {} is generated by the database, so the "
                                "source's values cannot be stored in it",
                                quote_identifier(column), stored.shown))
            .with_hint("Rename the generated column.");
    }
}

Prepared prepare_tables(Schema& schema, std::span<const Table> tables,
                        const DestinationOptions& options, Logger& log) {
    Preparation preparation(schema, options, log);
    Prepared prepared;
    for (const Table& table : tables) prepared.tables.push_back(preparation.prepare(table));
    prepared.lacking = std::move(preparation.lacking);
    prepared.late_keys = std::move(preparation.late_keys);
    return prepared;
}

void add_indexes(Schema& schema, std::span<const LackingIndex> lacking,
                 const Exclusively& exclusively, Logger& log) {
    for (const LackingIndex& lack : lacking) {
        const std::string what = fmt::format("table={} unique={} columns=({})", lack.table,
                                             lack.index.is_unique, listed(lack.index.columns));
        try {
            exclusively([&] {
                const auto stored = schema.read_table(lack.table);
                // Another process may have been quicker.
                if (stored && !is_there(*stored, lack.index)) schema.add_index(*stored, lack.index);
            });
            log.info("index added " + what);
        } catch (const Error& error) {
            log.warning(
                fmt::format("index not added, it is tried again at the next start {} "
                            "reason=\"{}\"",
                            what, error.what()));
        }
    }
}

}  // namespace ringtail::relational
