#include "destination/sqlite/backfill.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "destination/sqlite/shape.hpp"
#include "sql/names.hpp"
#include "sql/rest.hpp"
#include "sqlite_store/own_tables.hpp"

namespace ringtail {
namespace {

using sql::quote_identifier;

struct Row {
    std::vector<std::string> key;
    std::string rest;
};

class Backfill {
  public:
    Backfill(sqlite::Connection& db, const Table& table, std::span<const std::size_t> added,
             Instant now)
        : db_(db),
          table_(table),
          added_(added),
          now_(now),
          columns_(columns_in(read_shape(db, table.name), table)) {}

    void run() {
        const auto& rest = columns_[place_of(table_, table_.rest)];
        if (!rest || rest->generated) return;
        auto update = prepare_update(*rest);
        for (std::vector<Row> rows = read({}, *rest); !rows.empty();
             rows = read(rows.back().key, *rest)) {
            for (const Row& row : rows) move(row, update);
        }
        store_rejects(db_, rejects_, now_);
    }

  private:
    std::string key_list() const {
        std::string list;
        for (const std::string& column : table_.key) {
            if (!list.empty()) list += ", ";
            list += quote_identifier(columns_[place_of(table_, column)]->name);
        }
        return list;
    }

    // The next rows by key. Never while they are being changed: what a running SELECT sees of an
    // UPDATE is not defined.
    std::vector<Row> read(const std::vector<std::string>& after, const StoredColumn& rest) {
        constexpr int kRows = 500;
        const std::string key = key_list();
        std::string marks;
        for (std::size_t i = 0; i < after.size(); ++i)
            marks += (i == 0 ? "?" : ", ?") + std::to_string(i + 1);
        auto select = db_.prepare(
            fmt::format("SELECT {0}, {1} FROM {2} WHERE {1} IS NOT NULL {3} ORDER BY {0} LIMIT {4}",
                        key, quote_identifier(rest.name), quote_identifier(table_.name),
                        marks.empty() ? "" : fmt::format("AND ({}) > ({})", key, marks), kRows),
            "reading " + table_.name);
        for (std::size_t i = 0; i < after.size(); ++i)
            select.bind(static_cast<int>(i + 1), after[i]);
        std::vector<Row> rows;
        while (select.step()) {
            Row& row = rows.emplace_back();
            const int width = static_cast<int>(table_.key.size());
            for (int i = 0; i < width; ++i) row.key.emplace_back(select.text(i));
            row.rest = select.text(width);
        }
        return rows;
    }

    // Parameters: the added columns, the rest, the key.
    sqlite::Statement prepare_update(const StoredColumn& rest) {
        std::string sets;
        int parameter = 0;
        for (const std::size_t place : added_) {
            sets += fmt::format("{} = ?{}, ", quote_identifier(columns_[place]->name), ++parameter);
        }
        sets += fmt::format("{} = ?{}", quote_identifier(rest.name), ++parameter);
        std::string where;
        for (const std::string& column : table_.key) {
            if (!where.empty()) where += " AND ";
            where +=
                fmt::format("{} = ?{}", quote_identifier(columns_[place_of(table_, column)]->name),
                            ++parameter);
        }
        return db_.prepare(
            fmt::format("UPDATE {} SET {} WHERE {}", quote_identifier(table_.name), sets, where),
            "moving values of " + table_.name);
    }

    void move(const Row& row, sqlite::Statement& update) {
        auto members = sql::split_object(row.rest);
        if (!members) return;  // not of our making: left as it is
        bool found = false;
        std::string decoded;
        std::string scratch;
        int parameter = 0;
        update.clear();
        for (const std::size_t place : added_) {
            ++parameter;
            const auto taken = take(*members, table_.columns[place].name);
            if (!taken) continue;
            found = true;
            const Cell cell = sql::cell_of(*taken, decoded);
            const std::string_view why =
                bind_cell(update, parameter, copied(cell), *columns_[place], scratch);
            if (!why.empty()) reject(row, place, *taken, std::string(why));
        }
        if (!found) return;
        const std::string rest = sql::join_object(*members);
        update.bind_or_null(++parameter, rest);
        for (const std::string& part : row.key) update.bind(++parameter, part);
        update.execute();
        kept_.clear();
    }

    // Removes the member of that name; of several the last counts. The view points into the row's
    // text.
    static std::optional<std::string_view> take(std::vector<sql::Member>& members,
                                                const std::string& name) {
        std::optional<std::string_view> value;
        std::erase_if(members, [&](const sql::Member& member) {
            if (member.name != name) return false;
            value = member.value;
            return true;
        });
        return value;
    }

    // A decoded text is overwritten by the next one, but must live until the row is written.
    Cell copied(const Cell& cell) {
        kept_.push_back(std::make_unique<std::string>(cell.text));
        return {cell.kind, *kept_.back()};
    }

    void reject(const Row& row, std::size_t place, std::string_view raw, std::string reason) {
        std::string key;
        for (const std::string& part : row.key) key += (key.empty() ? "" : "\x1f") + part;
        rejects_.push_back(
            {table_.name, key, table_.columns[place].name, std::string(raw), std::move(reason)});
    }

    sqlite::Connection& db_;
    const Table& table_;
    std::span<const std::size_t> added_;
    Instant now_;
    std::vector<std::optional<StoredColumn>> columns_;
    std::vector<Reject> rejects_;
    std::vector<std::unique_ptr<std::string>> kept_;
};

}  // namespace

void backfill(sqlite::Connection& db, const Table& table, std::span<const std::size_t> added,
              Instant now) {
    if (!table.rest.empty()) Backfill(db, table, added, now).run();
}

}  // namespace ringtail
