#include "destination/sqlserver/inspector.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "base/md5.hpp"
#include "destination/relational/seen.hpp"
#include "destination/sqlserver/catalog.hpp"
#include "destination/sqlserver/session.hpp"
#include "sql/sqlserver_text.hpp"

namespace ringtail {
namespace {

namespace text = sql::sqlserver;

class SqlServerInspector final : public Inspector {
  public:
    explicit SqlServerInspector(std::string url)
        : log_(make_null_logger()), session_(std::move(url), *log_) {}

    std::string describe() override {
        const sqlserver::Server& server = session_.server();
        return fmt::format("{}, database {}, schema {}, user {}{}", server.version, server.database,
                           server.schema, server.user,
                           server.json_columns > 0 ? "" : " (no OPENJSON: slower loads)");
    }

    std::vector<SeenColumn> columns(std::string_view table) override {
        const auto found = sqlserver::read_table(session_, sqlserver::place_of(session_, table));
        return found ? relational::seen_columns(*found) : std::vector<SeenColumn>();
    }

    std::vector<std::uint64_t> count_texts(std::string_view table,
                                           std::span<const TextLength> lengths) override {
        std::string sql;
        for (const auto& [column, chars] : lengths) {
            // LEN does not count blanks at the end.
            sql += fmt::format(
                "{}COUNT_BIG(CASE WHEN LEN(CAST({} AS nvarchar(max)) + N'.') = {} THEN 1 END)",
                sql.empty() ? "SELECT " : ", ", text::quote(column), chars + 1);
        }
        if (sql.empty()) return {};
        const auto answer = session_.run(sql + " FROM " + place(table));
        std::vector<std::uint64_t> counts;
        for (const auto& count : answer.rows.at(0)) counts.push_back(std::stoull(count.value()));
        return counts;
    }

    // Counted here: the server's HASHBYTES sees other bytes than those that were hashed.
    std::uint64_t count_md5_ids(std::string_view table, std::string_view id, std::string_view first,
                                std::string_view second) override {
        const std::string key = text::quote(id);
        const std::string select = fmt::format("SELECT {}, {}, {} FROM {}", key, text::quote(first),
                                               text::quote(second), place(table));
        const std::string order =
            fmt::format(" ORDER BY {} OFFSET 0 ROWS FETCH NEXT {} ROWS ONLY", key, kRowsAtOnce);
        const std::string next = fmt::format("{} WHERE {} > ?{}", select, key, order);
        std::uint64_t count = 0;
        auto answer = session_.run(select + " WHERE " + key + " IS NOT NULL" + order);
        while (true) {
            for (const auto& row : answer.rows) {
                if (row.at(1) && row.at(2) && md5_hex({*row[1], *row[2]}) == row.at(0)) ++count;
            }
            if (answer.rows.size() < kRowsAtOnce) return count;
            const relational::Param last = answer.rows.back().at(0);
            answer = session_.run(next, {last});
        }
    }

    void try_rights(std::span<const std::string> tables) override {
        for (const std::string& table : tables) check_table(table);
        const std::string scratch =
            text::quote(sql::TableName{session_.server().schema, "ringtail check, rolled back"});
        const relational::Transaction rolled_back(session_);
        session_.run("SET LOCK_TIMEOUT 5000");
        session_.run("CREATE TABLE " + scratch + " ([id] nvarchar(50) NOT NULL PRIMARY KEY)");
        session_.run("ALTER TABLE " + scratch + " ADD [other] nvarchar(max) NULL");
        session_.run("INSERT INTO " + scratch + " ([id], [other]) VALUES (?, ?)",
                     {std::string("1"), std::string("2")});
        session_.run("SELECT TOP 0 [id] INTO #ringtail_check FROM " + scratch);
    }

  private:
    static constexpr std::size_t kRowsAtOnce = 20'000;

    std::string place(std::string_view table) {
        return text::quote(sqlserver::place_of(session_, table));
    }

    // Each right is asked for by a statement that changes nothing.
    void check_table(const std::string& name) {
        const auto table = sqlserver::read_table(session_, sqlserver::place_of(session_, name));
        if (!table) return;
        if (!table->is_table) {
            throw Error(Fault::config, fmt::format("{} is not a table", table->shown))
                .with_hint("Choose another --prefix, or rename it.");
        }
        const std::string column = text::quote(table->columns.front().name);
        const std::string nothing = " WHERE 1 = 0";
        const std::string rows = "SELECT " + column + " FROM " + table->shown + nothing;
        const relational::Transaction rolled_back(session_);
        session_.run(rows);
        session_.run("DELETE FROM " + table->shown + nothing);
        for (const auto& stored : table->columns) {
            if (stored.generated) continue;
            const std::string other = text::quote(stored.name);
            session_.run(
                fmt::format("UPDATE {} SET {} = {}{}", table->shown, other, other, nothing));
            break;
        }
        if (session_.server().babelfish) return;
        const auto answer = session_.run(
            "SELECT HAS_PERMS_BY_NAME(?, N'OBJECT', N'INSERT'), HAS_PERMS_BY_NAME(?, N'OBJECT', "
            "N'ALTER')",
            {table->shown, table->shown});
        const auto& row = answer.rows.at(0);
        const std::string user = text::quote(session_.server().user);
        if (row.at(0) == "0" || row.at(1) == "0") {
            throw Error(
                Fault::config,
                fmt::format("user {} may not {} {}", user,
                            row.at(0) == "0" ? "insert into" : "add columns to", table->shown))
                .with_hint(fmt::format("As its owner: GRANT SELECT, INSERT, UPDATE, DELETE, ALTER "
                                       "ON {} TO {};",
                                       table->shown, user));
        }
    }

    std::unique_ptr<Logger> log_;
    sqlserver::Session session_;
};

}  // namespace

std::unique_ptr<Inspector> make_sqlserver_inspector(std::string url) {
    return std::make_unique<SqlServerInspector>(std::move(url));
}

}  // namespace ringtail
