#include "destination/postgres/prepare.hpp"

#include <fmt/core.h>

#include <functional>
#include <string>

#include "base/error.hpp"
#include "destination/postgres/backfill.hpp"
#include "destination/postgres/catalog.hpp"
#include "destination/postgres/errors.hpp"
#include "destination/postgres/exclusively.hpp"
#include "destination/postgres/own_tables.hpp"
#include "destination/postgres/views.hpp"
#include "destination/relational/prepare.hpp"
#include "destination/relational/views.hpp"
#include "sql/postgres_text.hpp"

namespace ringtail::postgres {
namespace {

namespace text = sql::postgres;
using sql::quote_identifier;

// Everything happens in the transaction of prepare().
class PostgresSchema final : public relational::Schema {
  public:
    explicit PostgresSchema(Connection& connection, ForeignKeys foreign_keys = ForeignKeys::at_once)
        : connection_(connection), foreign_keys_(foreign_keys) {}

    const sql::NameRules& name_rules() const override { return text::name_rules(); }
    sql::TableName place_of(std::string_view name) override {
        return postgres::place_of(connection_, name);
    }
    std::optional<relational::StoredTable> read_table(std::string_view name) override {
        return postgres::read_table(connection_, name);
    }

    relational::StoredTable create_table(relational::NewTable& table) override {
        std::vector<text::ColumnText> columns;
        for (const auto& column : table.columns) {
            columns.push_back({column.name, std::string(text::type_name(column.type))});
        }
        change(text::create_table(table.place, columns, table.key),
               grant_create(table.place.schema));
        const std::string shown = table.place.quoted();
        const bool keys_follow =
            foreign_keys_ == ForeignKeys::later &&
            !(table.foreign_keys.empty() && table.indexes.empty() && table.unique.empty());
        connection_.run(
            fmt::format("COMMENT ON TABLE {} IS '{}'", shown,
                        keys_follow ? relational::kKeysFollowComment : kCreatedComment));
        if (!keys_follow) add_indexes_and_keys(table);
        relational::StoredTable stored;
        stored.name = table.place;
        stored.shown = shown;
        stored.ours = true;
        stored.keys_follow = keys_follow;
        return stored;
    }

    bool add_column(const relational::StoredTable& table,
                    const relational::NewColumn& column) override {
        const std::string statement =
            text::add_column(table.name, {column.name, std::string(text::type_name(column.type))});
        change(statement,
               fmt::format(
                   "As the table's owner: {};  or let Ringtail do it: ALTER TABLE {} OWNER TO {};",
                   statement, table.shown, quote_identifier(connection_.user())));
        return true;
    }

    void add_index(const relational::StoredTable& table,
                   const relational::NewIndex& index) override {
        connection_.run(text::create_index(table.name, index.columns, index.is_unique));
    }

    std::optional<relational::StoredView> read_view(const sql::TableName& place) override {
        return postgres::read_view(connection_, place);
    }

    void make_view(const sql::TableName& place, const std::string& select, bool is_there) override {
        try {
            postgres::make_view(connection_, place, select, is_there);
        } catch (const SqlError& error) {
            if (error.cause() != Cause::no_right) throw;
            throw Error(Fault::config, error.what()).with_hint(grant_create(place.schema));
        }
    }

    std::vector<std::string> views_named(const std::string& schema,
                                         std::string_view beginning) override {
        return postgres::views_named(connection_, schema, beginning);
    }

    std::unique_ptr<sql::CallWords> call_words() const override { return sql::postgres_words(); }

    std::size_t backfill(const Table& table, const relational::StoredTable& stored,
                         const relational::Names& names,
                         const std::vector<std::size_t>& added) override {
        return postgres::backfill(connection_, table, stored, names, added);
    }

    void create_own_tables() {
        try {
            postgres::create_own_tables(connection_);
        } catch (const SqlError& error) {
            if (error.cause() != Cause::no_right) throw;
            throw Error(Fault::config, error.what()).with_hint(grant_create(connection_.schema()));
        }
    }

  private:
    void add_indexes_and_keys(const relational::NewTable& table) {
        for (const auto& index : table.unique)
            connection_.run(text::create_index(table.place, index, true));
        for (const auto& index : table.indexes)
            connection_.run(text::create_index(table.place, index, false));
        for (const auto& key : table.foreign_keys) {
            connection_.run(
                text::add_foreign_key(table.place, key.column, key.parent.name, key.parent_key));
        }
    }

    // Runs DDL; where the right is missing the error says which statement gives it.
    void change(const std::string& sql, const std::string& grant) {
        try {
            connection_.run(sql);
        } catch (const SqlError& error) {
            if (error.cause() != Cause::no_right) throw;
            throw Error(Fault::config, error.what()).with_hint(grant);
        }
    }

    std::string grant_create(const std::string& schema) {
        return fmt::format("As the schema's owner: GRANT USAGE, CREATE ON SCHEMA {} TO {};",
                           quote_identifier(schema), quote_identifier(connection_.user()));
    }

    Connection& connection_;
    const ForeignKeys foreign_keys_;
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

relational::Prepared prepare(Connection& connection, std::span<const Table> tables,
                             ForeignKeys foreign_keys, const DestinationOptions& options,
                             Logger& log) {
    check_encoding(connection);
    PostgresSchema schema(connection, foreign_keys);
    relational::Prepared prepared;
    exclusively(connection, [&] {
        schema.create_own_tables();
        prepared = relational::prepare_tables(schema, tables, options, log);
    });
    relational::add_indexes(
        schema, prepared.lacking,
        [&](const std::function<void()>& work) { exclusively(connection, work); }, log);
    return prepared;
}

void create_views(Connection& connection, std::span<const View> views,
                  std::span<const Table> tables, Logger& log) {
    PostgresSchema schema(connection);
    relational::make_views(
        schema, views, tables, quote_identifier,
        [&](const std::function<void()>& work) { exclusively(connection, work); }, log);
}

void create_calls(Connection& connection, const CallsPart& part, std::span<const Table> tables,
                  Logger& log) {
    PostgresSchema schema(connection);
    relational::make_calls(
        schema, part, tables,
        [&](const std::function<void()>& work) { exclusively(connection, work); }, log);
}

}  // namespace ringtail::postgres
