#include "destination/sqlite/schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/error.hpp"
#include "destination/sqlite/backfill.hpp"
#include "destination/sqlite/shape.hpp"
#include "sql/names.hpp"

namespace ringtail {
namespace {

using sql::quote_identifier;

std::string list_of(const Table& table, const std::vector<std::string>& names,
                    const std::vector<std::string>& columns) {
    std::string list;
    for (const std::string& column : columns) {
        if (!list.empty()) list += ", ";
        list += quote_identifier(names[place_of(table, column)]);
    }
    return list;
}

class Schema {
  public:
    Schema(sqlite::Connection& db, const DestinationOptions& options, Instant now, Logger& log)
        : db_(db), options_(options), now_(now), log_(log) {}

    Table extend(const Table& table) {
        Shape shape = read_shape(db_, table.name);
        const bool create_it = !shape.exists();
        const std::vector<std::string> names = names_in(shape, table);
        if (create_it)
            create(table, names);
        else
            add_missing(table, shape, names);
        keys_.emplace(table.name, list_of(table, names, table.key));
        if (create_it) index_references(table, names);
        for (const auto& columns : table.indexes) add_index(table, names, columns);
        for (const auto& columns : table.unique) add_unique(table, names, columns);
        shape = read_shape(db_, table.name);
        if (!create_it) require_unique_key(table, names);
        Table result = fillable(table, shape);
        result.created = create_it;
        return result;
    }
    bool is_whole() const { return whole_; }

  private:
    void create(const Table& table, const std::vector<std::string>& names) {
        std::string parts;
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (table.columns[i].only_if_present) continue;
            const bool key = std::find(table.key.begin(), table.key.end(), table.columns[i].name) !=
                             table.key.end();
            parts += fmt::format("{} {}{},\n", quote_identifier(names[i]),
                                 declared_type(table.columns[i].type), key ? " NOT NULL" : "");
        }
        parts += fmt::format("PRIMARY KEY ({})", list_of(table, names, table.key));
        for (const Reference& reference : table.references) {
            const auto parent = keys_.find(reference.parent);
            if (!options_.foreign_keys || !reference.enforced || parent == keys_.end()) continue;
            parts += fmt::format(",\nFOREIGN KEY ({}) REFERENCES {} ({}) ON DELETE CASCADE",
                                 list_of(table, names, {reference.column}),
                                 quote_identifier(reference.parent), parent->second);
        }
        db_.run(fmt::format("CREATE TABLE {} ({})", quote_identifier(table.name), parts));
        log_.info(fmt::format("table created: {}, {} columns", table.name, names.size()));
    }

    void index_references(const Table& table, const std::vector<std::string>& names) {
        for (const Reference& reference : table.references)
            add_index(table, names, {reference.column});
    }

    void add_index(const Table& table, const std::vector<std::string>& names,
                   const std::vector<std::string>& columns) {
        std::string name = table.name;
        for (const std::string& column : columns) name += "|" + names[place_of(table, column)];
        db_.run(fmt::format("CREATE INDEX IF NOT EXISTS {} ON {} ({})", quote_identifier(name),
                            quote_identifier(table.name), list_of(table, names, columns)));
    }

    void add_unique(const Table& table, const std::vector<std::string>& names,
                    const std::vector<std::string>& columns) {
        std::string name = table.name + "|unique";
        for (const std::string& column : columns) name += "|" + names[place_of(table, column)];
        const std::string list = list_of(table, names, columns);
        try {
            db_.run(fmt::format("CREATE UNIQUE INDEX IF NOT EXISTS {} ON {} ({})",
                                quote_identifier(name), quote_identifier(table.name), list));
        } catch (const Error& error) {
            if (error.fault() != Fault::data) throw;
            whole_ = false;
            log_.warning(
                fmt::format("table {} gets no unique key on ({}), as rows in it break it "
                            "already; it is tried again at the next start",
                            table.name, list));
        }
    }

    void add_missing(const Table& table, const Shape& shape,
                     const std::vector<std::string>& names) {
        std::vector<std::size_t> added;
        for (std::size_t i = 0; i < names.size(); ++i) {
            const bool there =
                std::any_of(shape.columns.begin(), shape.columns.end(),
                            [&](const Shape::Declared& c) { return c.name == names[i]; });
            if (there || table.columns[i].only_if_present) continue;
            db_.run(fmt::format("ALTER TABLE {} ADD COLUMN {} {}", quote_identifier(table.name),
                                quote_identifier(names[i]), declared_type(table.columns[i].type)));
            log_.info(fmt::format("column added: {} in {}", names[i], table.name));
            added.push_back(i);
        }
        if (!added.empty()) backfill(db_, table, added, now_);
    }

    // Rows are merged by key, so a table that was there before needs a rule that a key stands in it
    // once.
    void require_unique_key(const Table& table, const std::vector<std::string>& names) {
        const std::string key = list_of(table, names, table.key);
        const std::string name = quote_identifier(table.name);
        const std::string first = quote_identifier(names[place_of(table, table.key.front())]);
        const std::string probe = fmt::format(
            "INSERT INTO {} ({}) VALUES (NULL) ON CONFLICT ({}) DO UPDATE SET {} = NULL", name,
            first, key, first);
        try {
            db_.run("EXPLAIN " + probe);
            return;
        } catch (const Error&) {
            log_.info(
                fmt::format("table {} has no unique key: adding an index on {}", table.name, key));
        }
        try {
            db_.run(fmt::format("CREATE UNIQUE INDEX {} ON {} ({})",
                                quote_identifier(table.name + "|key"), name, key));
        } catch (const Error& error) {
            if (error.fault() != Fault::data) throw;
            throw Error(Fault::config, error.what())
                .with_hint(fmt::format("{} holds a key ({}) more than once. Delete the rows that "
                                       "are too many, or load "
                                       "into other tables with another prefix.",
                                       table.name, key));
        }
    }

    static Table fillable(const Table& table, const Shape& shape) {
        const auto stored = columns_in(shape, table);
        Table result = table;
        result.columns.clear();
        for (std::size_t i = 0; i < stored.size(); ++i) {
            if (stored[i]) result.columns.push_back(table.columns[i]);
        }
        return result;
    }

    sqlite::Connection& db_;
    const DestinationOptions& options_;
    Instant now_;
    Logger& log_;
    bool whole_ = true;
    std::map<std::string, std::string> keys_;  // the key columns of the tables so far, quoted
};

}  // namespace

Extended extend_schema(sqlite::Connection& db, std::span<const Table> tables,
                       const DestinationOptions& options, Instant now, Logger& log) {
    Schema schema(db, options, now, log);
    Extended extended;
    extended.tables.reserve(tables.size());
    for (const Table& table : tables) extended.tables.push_back(schema.extend(table));
    extended.whole = schema.is_whole();
    return extended;
}

}  // namespace ringtail
