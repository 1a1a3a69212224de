#include "destination/postgres/inspector.hpp"

#include <fmt/core.h>

#include <utility>

#include "base/error.hpp"
#include "destination/postgres/catalog.hpp"
#include "destination/postgres/connection.hpp"
#include "destination/relational/seen.hpp"

namespace ringtail {
namespace {

using sql::quote_identifier;

class PostgresInspector final : public Inspector {
  public:
    explicit PostgresInspector(std::string url)
        : log_(make_null_logger()), connection_(std::move(url), *log_) {}

    std::string describe() override {
        const auto rows = connection_.run(
            "SELECT current_setting('server_version'), "
            "current_database(), current_schema(), current_user");
        return fmt::format("PostgreSQL {}, database {}, schema {}, user {}", rows.text(0, 0),
                           rows.text(0, 1), rows.text(0, 2), rows.text(0, 3));
    }

    std::vector<SeenColumn> columns(std::string_view table) override {
        const auto found = postgres::read_table(connection_, table);
        return found ? relational::seen_columns(*found) : std::vector<SeenColumn>();
    }

    std::vector<std::uint64_t> count_texts(std::string_view table,
                                           std::span<const TextLength> lengths) override {
        std::string sql;
        for (const auto& [column, chars] : lengths) {
            sql += fmt::format("{}count(*) FILTER (WHERE char_length({}) = {})",
                               sql.empty() ? "SELECT " : ", ", quote_identifier(column), chars);
        }
        if (sql.empty()) return {};
        const auto counted = connection_.run(sql + " FROM " + place(table));
        std::vector<std::uint64_t> counts;
        for (std::size_t i = 0; i < lengths.size(); ++i) {
            counts.push_back(static_cast<std::uint64_t>(counted.number(0, static_cast<int>(i))));
        }
        return counts;
    }

    std::uint64_t count_md5_ids(std::string_view table, std::string_view id, std::string_view first,
                                std::string_view second) override {
        const auto counted = connection_.run(
            fmt::format("SELECT count(*) FROM {} WHERE {} = md5({} || {})", place(table),
                        quote_identifier(id), quote_identifier(first), quote_identifier(second)));
        return static_cast<std::uint64_t>(counted.number(0, 0));
    }

    void try_rights(std::span<const std::string> tables) override {
        check_grants();
        for (const std::string& table : tables) check_table(table);
        const std::string scratch =
            quote_identifier(connection_.schema()) + ".\"ringtail check, rolled back\"";
        const postgres::Transaction rolled_back(connection_);
        connection_.run("SET LOCAL lock_timeout = '5s'");
        connection_.run("CREATE TABLE " + scratch + " (id text PRIMARY KEY)");
        connection_.run("ALTER TABLE " + scratch + " ADD COLUMN other text");
        connection_.run("INSERT INTO " + scratch + " VALUES ('1', '2')");
        connection_.run("CREATE TEMPORARY TABLE \"ringtail check\" (id text) ON COMMIT DROP");
    }

  private:
    std::string place(std::string_view table) {
        return postgres::place_of(connection_, table).quoted();
    }

    void check_grants() {
        const std::string schema = connection_.schema();
        const auto rows = connection_.run(
            "SELECT has_schema_privilege($1, 'CREATE'), has_schema_privilege($1, 'USAGE'), "
            "has_database_privilege(current_database(), 'TEMPORARY'), current_database()",
            {schema});
        const std::string user = quote_identifier(connection_.user());
        if (!rows.boolean(0, 0) || !rows.boolean(0, 1)) {
            throw Error(Fault::config, fmt::format("user {} may not create tables in schema {}",
                                                   user, quote_identifier(schema)))
                .with_hint(fmt::format("As its owner: GRANT USAGE, CREATE ON SCHEMA {} TO {};",
                                       quote_identifier(schema), user));
        }
        if (!rows.boolean(0, 2)) {
            throw Error(Fault::config, fmt::format("user {} may not make temporary tables", user))
                .with_hint(
                    fmt::format("As the database's owner: GRANT TEMPORARY ON DATABASE {} TO {};",
                                quote_identifier(std::string(rows.text(0, 3))), user));
        }
    }

    // Only a table's owner may add columns to it. Asked of the catalog: altering it for a try would
    // make its users wait.
    void check_table(const std::string& name) {
        const auto table = postgres::read_table(connection_, name);
        if (!table) return;
        const std::string place = table->name.quoted();
        const std::string user = quote_identifier(connection_.user());
        if (!table->is_table) {
            throw Error(Fault::config, fmt::format("{} is not a table", place))
                .with_hint("Choose another --prefix, or rename it.");
        }
        if (!table->writable) {
            throw Error(Fault::config, fmt::format("user {} may not write to {}", user, place))
                .with_hint(
                    fmt::format("As its owner: GRANT SELECT, INSERT, UPDATE, DELETE ON {} TO {};",
                                place, user));
        }
        const auto rows = connection_.run(
            "SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = to_regclass($1)",
            {place});
        if (rows.size() == 1 && !rows.boolean(0, 0)) {
            throw Error(
                Fault::config,
                fmt::format("user {} is not the owner of {} and cannot add columns", user, place))
                .with_hint(fmt::format("As its owner: ALTER TABLE {} OWNER TO {};", place, user));
        }
    }

    std::unique_ptr<Logger> log_;
    postgres::Connection connection_;
};

}  // namespace

std::unique_ptr<Inspector> make_postgres_inspector(std::string url) {
    return std::make_unique<PostgresInspector>(std::move(url));
}

}  // namespace ringtail
