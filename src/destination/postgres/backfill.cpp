#include "destination/postgres/backfill.hpp"

#include <optional>
#include <string>

#include "base/clock.hpp"
#include "destination/postgres/own_tables.hpp"
#include "destination/relational/backfill.hpp"
#include "sql/postgres_text.hpp"

namespace ringtail::postgres {
namespace {

using sql::quote_identifier;

constexpr std::size_t kRowsAtOnce = 2'000;

// One pass over the rows that have a rest. Rows are named by ctid: within this transaction, which
// locks the table, nobody else moves them.
class Backfill {
  public:
    Backfill(Connection& connection, const Table& table, const relational::StoredTable& stored,
             const relational::Names& names, const std::vector<std::size_t>& added)
        : connection_(connection), table_(table), stored_(stored), names_(names), added_(added) {
        for (const std::size_t column : added)
            types_.push_back(sql::postgres::column_type(table.columns[column].type));
    }

    std::size_t run() {
        const std::string rest = quote_identifier(names_.of(table_, table_.rest));
        std::string key;
        for (const std::string& part : names_.key(table_)) {
            key += (key.empty() ? "" : " || chr(31) || ") + quote_identifier(part) + "::text";
        }
        connection_.run("DECLARE ringtail_rest CURSOR FOR SELECT ctid, " + rest + "::text, " + key +
                        " FROM " + stored_.name.quoted() + " WHERE " + rest + " IS NOT NULL");
        std::size_t changed = 0;
        while (true) {
            const Rows rows =
                connection_.run("FETCH " + std::to_string(kRowsAtOnce) + " FROM ringtail_rest");
            if (rows.size() == 0) break;
            columns_.assign(added_.size() + 2, {});
            for (std::size_t row = 0; row < rows.size(); ++row) {
                move(rows.text(row, 0), rows.text(row, 1), rows.text(row, 2));
            }
            changed += columns_.front().size();
            write();
        }
        connection_.run("CLOSE ringtail_rest");
        return changed;
    }

  private:
    void move(std::string_view row, std::string_view rest, std::string_view key) {
        auto moved = relational::move_members(rest, table_, key, added_, types_, rejects_);
        if (!moved) return;
        columns_[0].emplace_back(row);
        columns_[1].push_back(std::move(moved->rest));
        for (std::size_t i = 0; i < added_.size(); ++i)
            columns_[i + 2].push_back(std::move(moved->values[i]));
    }

    void write() {
        if (!columns_.front().empty()) {
            const relational::StoredColumn* rest = stored_.find(names_.of(table_, table_.rest));
            std::string set = quote_identifier(rest->name) + " = v.c2::" + rest->type_text;
            std::string arrays = "$1::text[], $2::text[]";
            std::string aliases = "c1, c2";
            std::vector<Param> params{sql::postgres::array_literal(columns_[0]),
                                      sql::postgres::array_literal(columns_[1])};
            for (std::size_t i = 0; i < added_.size(); ++i) {
                const std::string number = std::to_string(i + 3);
                set += ", " + quote_identifier(names_.columns[added_[i]]) + " = v.c" + number +
                       "::" + std::string(sql::postgres::type_name(table_.columns[added_[i]].type));
                arrays += ", $" + number + "::text[]";
                aliases += ", c" + number;
                params.emplace_back(sql::postgres::array_literal(columns_[i + 2]));
            }
            connection_.run("UPDATE " + stored_.name.quoted() + " AS t SET " + set +
                                " FROM unnest(" + arrays + ") AS v(" + aliases +
                                ") WHERE t.ctid = v.c1::tid",
                            params);
        }
        const auto now =
            std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
        store_rejects(connection_, rejects_, now);
        rejects_.clear();
    }

    Connection& connection_;
    const Table& table_;
    const relational::StoredTable& stored_;
    const relational::Names& names_;
    const std::vector<std::size_t>& added_;
    std::vector<sql::ColumnType> types_;
    // By column: ctid, the new rest, then the values of `added_`.
    std::vector<std::vector<std::optional<std::string>>> columns_;
    std::vector<Reject> rejects_;
};

}  // namespace

std::size_t backfill(Connection& connection, const Table& table,
                     const relational::StoredTable& stored, const relational::Names& names,
                     const std::vector<std::size_t>& added) {
    return Backfill(connection, table, stored, names, added).run();
}

}  // namespace ringtail::postgres
