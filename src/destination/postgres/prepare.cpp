#include "destination/postgres/prepare.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <string>

#include "base/error.hpp"
#include "destination/postgres/backfill.hpp"
#include "destination/postgres/catalog.hpp"
#include "destination/postgres/columns.hpp"
#include "destination/postgres/errors.hpp"
#include "destination/postgres/own_tables.hpp"
#include "sql/postgres_text.hpp"

namespace ringtail::postgres {
namespace {

namespace text = sql::postgres;
using sql::quote_identifier;

constexpr std::string_view kNoRight = "42501";

class Preparation {
  public:
    Preparation(Connection& connection, const DestinationOptions& options, Logger& log)
        : connection_(connection), options_(options), log_(log) {}

    Table prepare(const Table& table) {
        auto stored = read_table(connection_, table.name);
        const Names names = map_columns(table, stored ? &*stored : nullptr);
        if (stored) {
            extend(table, *stored, names);
        } else {
            stored = create(table, names);
        }
        Table fillable = table;
        std::size_t column = 0;
        std::erase_if(fillable.columns,
                      [&](const Column&) { return names.columns[column++].empty(); });
        known_.insert_or_assign(table.name, Known{std::move(*stored), names, table});
        return fillable;
    }

    // Runs DDL; where the right is missing the error says which statement gives it.
    void change(const std::string& sql, const std::string& grant) {
        try {
            connection_.run(sql);
        } catch (const SqlError& error) {
            if (error.sqlstate() != kNoRight) throw;
            throw Error(Fault::config, error.what()).with_hint(grant);
        }
    }

    std::string grant_create(const std::string& schema) {
        return fmt::format("As the schema's owner: GRANT USAGE, CREATE ON SCHEMA {} TO {};",
                           quote_identifier(schema), quote_identifier(connection_.user()));
    }

  private:
    struct Known {
        StoredTable stored;
        Names names;
        Table table;
    };

    StoredTable create(const Table& table, const Names& names) {
        const text::TableName place = place_of(connection_, table.name);
        std::vector<text::ColumnText> columns;
        for (std::size_t i = 0; i < table.columns.size(); ++i) {
            if (names.columns[i].empty()) continue;
            columns.push_back(
                {names.columns[i], std::string(text::type_name(table.columns[i].type))});
        }
        change(text::create_table(place, columns, names.key(table)), grant_create(place.schema));
        connection_.run("COMMENT ON TABLE " + place.quoted() + " IS '" +
                        std::string(kCreatedComment) + "'");
        for (const Reference& reference : table.references) refer(place, table, names, reference);
        log_.info(fmt::format("table created name={}", place.quoted()));
        StoredTable stored;
        stored.name = place;
        stored.ours = true;
        return stored;
    }

    void refer(const text::TableName& place, const Table& table, const Names& names,
               const Reference& reference) {
        const std::string& column = names.of(table, reference.column);
        if (column.empty()) return;
        connection_.run(text::create_index(place, column));
        const auto parent = known_.find(reference.parent);
        // A parent table of the user may lack rows, and a rule of ours on it would be a surprise.
        if (!options_.foreign_keys || !reference.enforced || parent == known_.end() ||
            !parent->second.stored.ours || parent->second.table.key.size() != 1) {
            return;
        }
        const auto parent_key = parent->second.names.key(parent->second.table);
        connection_.run(
            text::add_foreign_key(place, column, parent->second.stored.name, parent_key[0]));
    }

    void extend(const Table& table, const StoredTable& stored, const Names& names) {
        check(table, stored, names);
        std::vector<std::size_t> added;
        for (std::size_t i = 0; i < table.columns.size(); ++i) {
            if (names.columns[i].empty() || stored.find(names.columns[i]) != nullptr) continue;
            const std::string statement = text::add_column(
                stored.name,
                {names.columns[i], std::string(text::type_name(table.columns[i].type))});
            change(
                statement,
                fmt::format(
                    "As the table's owner: {};  or let Ringtail do it: ALTER TABLE {} OWNER TO {};",
                    statement, stored.name.quoted(), quote_identifier(connection_.user())));
            log_.info(fmt::format("column added table={} column={}", stored.name.quoted(),
                                  quote_identifier(names.columns[i])));
            added.push_back(i);
        }
        if (added.empty() || table.rest.empty()) return;
        if (stored.find(names.of(table, table.rest)) == nullptr) return;  // just added itself
        const std::size_t rows = backfill(connection_, table, stored, names, added);
        if (rows > 0) {
            log_.info(fmt::format("values moved to new columns table={} rows={}",
                                  stored.name.quoted(), rows));
        }
    }

    void check(const Table& table, const StoredTable& stored, const Names& names) {
        const std::string name = stored.name.quoted();
        if (!stored.is_table) {
            throw Error(Fault::config,
                        name + " is a view or a foreign table; rows cannot be loaded into it")
                .with_hint("Use another prefix, or rename it.");
        }
        const auto key = names.key(table);
        std::string columns;
        for (const std::string& part : key) {
            columns += (columns.empty() ? "" : ", ") + quote_identifier(part);
        }
        if (!stored.has_key(key)) {
            throw Error(
                Fault::config,
                fmt::format("table {} has no primary key or unique index on {}", name, columns))
                .with_hint(fmt::format(
                    "ALTER TABLE {} ADD PRIMARY KEY ({});  or use another prefix", name, columns));
        }
        for (const std::string& column : names.columns) {
            const StoredColumn* found = column.empty() ? nullptr : stored.find(column);
            if (found == nullptr || !found->generated) continue;
            throw Error(
                Fault::config,
                fmt::format("column {} of table {} is generated by the database, so the source's "
                            "values cannot be stored in it",
                            quote_identifier(column), name))
                .with_hint("Rename the generated column.");
        }
    }

    Connection& connection_;
    const DestinationOptions& options_;
    Logger& log_;
    std::map<std::string, Known, std::less<>> known_;
};

void check_encoding(Connection& connection) {
    const std::string encoding = connection.server_encoding();
    if (encoding == "UTF8") return;
    throw Error(
        Fault::config,
        fmt::format("PostgreSQL, {}: the database's encoding is {}, which cannot hold every text",
                    connection.where(), encoding))
        .with_hint(
            "Use a database made with: CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0;");
}

}  // namespace

std::vector<Table> prepare(Connection& connection, std::span<const Table> tables,
                           const DestinationOptions& options, Logger& log) {
    check_encoding(connection);
    Preparation preparation(connection, options, log);
    const std::string schema = connection.schema();
    Transaction transaction(connection);
    // A table that a long query of somebody else reads cannot be altered; waiting for it would hold
    // up everybody.
    connection.run("SET LOCAL lock_timeout = '30s'");
    connection.run("SELECT pg_advisory_xact_lock(8244241983491631468)");  // "ringtail" as a number
    try {
        create_own_tables(connection);
    } catch (const SqlError& error) {
        if (error.sqlstate() != kNoRight) throw;
        throw Error(Fault::config, error.what()).with_hint(preparation.grant_create(schema));
    }
    std::vector<Table> prepared;
    for (const Table& table : tables) prepared.push_back(preparation.prepare(table));
    transaction.commit();
    return prepared;
}

}  // namespace ringtail::postgres
