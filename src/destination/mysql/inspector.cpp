#include "destination/mysql/inspector.hpp"

#include <fmt/core.h>

#include <utility>

#include "destination/mysql/catalog.hpp"
#include "destination/mysql/connection.hpp"
#include "destination/mysql/dialect.hpp"
#include "destination/mysql/errors.hpp"
#include "destination/mysql/literal.hpp"
#include "destination/relational/seen.hpp"

namespace ringtail {
namespace {

using mysql::quote_name;

class MysqlInspector final : public Inspector {
  public:
    explicit MysqlInspector(std::string url)
        : log_(make_null_logger()), connection_(std::move(url), *log_) {}

    std::string describe() override {
        const mysql::Server& server = connection_.server();
        return fmt::format("{} {}, database {}, user {}", server.is_mariadb ? "MariaDB" : "MySQL",
                           server.version.substr(0, server.version.find('-')),
                           connection_.database(), server.user);
    }

    std::vector<SeenColumn> columns(std::string_view table) override {
        const auto found = mysql::read_table(connection_, table);
        return found ? relational::seen_columns(*found) : std::vector<SeenColumn>();
    }

    std::vector<std::uint64_t> count_texts(std::string_view table,
                                           std::span<const TextLength> lengths) override {
        std::string sql;
        for (const auto& [column, chars] : lengths) {
            sql += fmt::format("{}COUNT(CASE WHEN CHAR_LENGTH({}) = {} THEN 1 END)",
                               sql.empty() ? "SELECT " : ", ", quote_name(column), chars);
        }
        if (sql.empty()) return {};
        const auto counted = connection_.run(sql + " FROM " + place(table));
        std::vector<std::uint64_t> counts;
        for (const auto& count : counted.rows.at(0)) counts.push_back(std::stoull(*count));
        return counts;
    }

    std::uint64_t count_md5_ids(std::string_view table, std::string_view id, std::string_view first,
                                std::string_view second) override {
        const auto bytes = [](std::string_view column) {
            return "CONVERT(" + quote_name(column) + " USING utf8mb4)";
        };
        const auto counted =
            connection_.run(fmt::format("SELECT COUNT(*) FROM {} WHERE {} = MD5(CONCAT({}, {}))",
                                        place(table), quote_name(id), bytes(first), bytes(second)));
        return std::stoull(counted.rows.at(0).at(0).value_or("0"));
    }

    // DDL cannot be rolled back here, so the rights are looked up and nothing is tried.
    void try_rights(std::span<const std::string> tables) override {
        for (const std::string& table : tables) check_table(table);
        const auto rows =
            connection_.run("SELECT @@global.read_only, " + missing_rights() + ", CURRENT_ROLE()");
        if (rows.rows.at(0).at(0) == "1") {
            throw mysql::to_error(1290, "the server is read-only", connection_.where(),
                                  connection_.server().user, connection_.database());
        }
        // What a role may do does not show there.
        const auto& missing = rows.rows[0][1];
        if (!missing || rows.rows[0][2].value_or("NONE") != "NONE") return;
        throw mysql::to_error(
            1142,
            fmt::format("user {} lacks {} on the database", connection_.server().user, *missing),
            connection_.where(), connection_.server().user, connection_.database());
    }

  private:
    std::string place(std::string_view table) {
        return mysql::shown(mysql::place_of(connection_, table));
    }

    void check_table(const std::string& name) {
        const auto table = mysql::read_table(connection_, name);
        if (!table) return;
        if (!table->is_table) {
            throw Error(Fault::config, fmt::format("{} is not a table", table->shown))
                .with_hint("Choose another --prefix, or rename it.");
        }
        if (table->engine != "InnoDB") {
            throw Error(Fault::config,
                        fmt::format("table {} is of the engine {}, which has no transactions",
                                    table->shown, table->engine))
                .with_hint(fmt::format("ALTER TABLE {} ENGINE = InnoDB;", table->shown));
        }
    }

    // An expression: the rights that are given neither for all databases nor for this one.
    static std::string missing_rights() {
        std::string needed;
        for (const char* right : {"SELECT", "INSERT", "UPDATE", "DELETE", "CREATE", "ALTER",
                                  "INDEX", "REFERENCES", "CREATE TEMPORARY TABLES"}) {
            needed += fmt::format("{}SELECT '{}' AS name", needed.empty() ? "" : " UNION ", right);
        }
        return "(SELECT GROUP_CONCAT(n.name SEPARATOR ', ') FROM (" + needed +
               ") AS n WHERE n.name NOT IN (SELECT PRIVILEGE_TYPE FROM "
               "information_schema.USER_PRIVILEGES) AND n.name NOT IN (SELECT PRIVILEGE_TYPE FROM "
               "information_schema.SCHEMA_PRIVILEGES WHERE DATABASE() LIKE TABLE_SCHEMA))";
    }

    std::unique_ptr<Logger> log_;
    mysql::Connection connection_;
};

}  // namespace

std::unique_ptr<Inspector> make_mysql_inspector(std::string url) {
    return std::make_unique<MysqlInspector>(std::move(url));
}

}  // namespace ringtail
