#include "destination/clickhouse/prepare.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "destination/clickhouse/backfill.hpp"
#include "destination/clickhouse/check_table.hpp"
#include "destination/clickhouse/plan.hpp"
#include "destination/clickhouse/schema.hpp"
#include "sql/rest.hpp"

namespace ringtail::clickhouse {
namespace {

using sql::clickhouse::ColumnText;

constexpr int kMostAttempts = 10;

bool is_key(const Table& table, const std::string& column) {
    return std::find(table.key.begin(), table.key.end(), column) != table.key.end();
}

// The columns that the shape lacks, by their place in table.columns.
std::vector<std::size_t> missing_in(const Shape& shape, const Table& table,
                                    const std::vector<std::string>& names) {
    std::vector<std::size_t> missing;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (!table.columns[i].only_if_present && shape.find(names[i]) == nullptr)
            missing.push_back(i);
    }
    return missing;
}

class Preparation {
  public:
    Preparation(const Writer& writer, Instant now, Logger& log)
        : writer_(writer), now_(now), log_(log) {}

    Table prepare(const Table& table) {
        const auto name = writer_.server.table(table.name);
        const bool create_it = !read_shape(writer_.server, name).exists();
        if (create_it) create(table);
        const Shape shape = read_shape(writer_.server, name);
        check_table(writer_.server, name, key_in(shape, table));
        const auto added = add_missing(table);
        Table fillable_table = fillable(table);
        fillable_table.created = create_it;
        backfill(writer_, fillable_table, added, now_);
        if (!added.empty()) note_pending(table, {});
        make_view(writer_.server, name);
        return fillable_table;
    }

  private:
    ColumnText definition(const Table& table, std::size_t place, const std::string& name) const {
        const Column& column = table.columns[place];
        const std::string type = sql::clickhouse::type_name(column.type, writer_.server.features());
        return {name, is_key(table, column.name) ? type : sql::clickhouse::nullable(type)};
    }

    void create(const Table& table) {
        const auto names = names_in({}, table);
        std::vector<ColumnText> columns;
        for (const std::size_t place : missing_in({}, table, names))
            columns.push_back(definition(table, place, names[place]));
        create_table(writer_.server, writer_.server.table(table.name), columns, key_in({}, table),
                     month_column(table).has_value());
        log_.info(fmt::format("table created: {}, {} columns", table.name, columns.size()));
    }

    // Their source names. Repeated where another process adds columns at the same time.
    std::set<std::string> add_missing(const Table& table) {
        const auto name = writer_.server.table(table.name);
        std::set<std::string> added = pending(table);
        for (int attempt = 0;; ++attempt) {
            const Shape shape = read_shape(writer_.server, name);
            const auto names = names_in(shape, table);
            const auto missing = missing_in(shape, table, names);
            if (missing.empty()) return added;
            std::vector<ColumnText> columns;
            for (const std::size_t place : missing) {
                columns.push_back(definition(table, place, names[place]));
                added.insert(table.columns[place].name);
            }
            note_pending(table, added);
            try {
                add_columns(writer_.server, name, columns, key_in(shape, table));
            } catch (const ServerError& error) {
                if (error.code() != kColumnThere || attempt == kMostAttempts) throw;
                continue;
            }
            for (const ColumnText& column : columns)
                log_.info(fmt::format("column added: {} in {}", column.name, table.name));
        }
    }

    // Columns that were added, but whose values may still be in the rest column: a crash between
    // the two must not leave them there. Kept beside the checkpoints, as members of a JSON object.
    static std::string pending_name(const Table& table) { return "prepare/" + table.name; }

    std::set<std::string> pending(const Table& table) const {
        std::set<std::string> names;
        if (table.rest.empty()) return names;
        const auto noted = read_checkpoint(writer_.server, pending_name(table));
        if (!noted || noted->text.empty()) return names;
        const auto members = sql::split_object(noted->text);
        for (const sql::Member& member : members.value_or(std::vector<sql::Member>()))
            names.insert(member.name);
        return names;
    }

    void note_pending(const Table& table, const std::set<std::string>& names) {
        if (table.rest.empty()) return;
        std::string text;
        for (const std::string& name : names) {
            text += text.empty() ? "{" : ",";
            text += sql::raw_json({Cell::Kind::text, name}) + ":1";
        }
        if (!text.empty()) text += "}";
        store_checkpoint(writer_, pending_name(table), Checkpoint{text}, now_);
    }

    Table fillable(const Table& table) const {
        const Shape shape = read_shape(writer_.server, writer_.server.table(table.name));
        const auto names = names_in(shape, table);
        Table result = table;
        result.columns.clear();
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (shape.find(names[i]) != nullptr) result.columns.push_back(table.columns[i]);
        }
        return result;
    }

    const Writer& writer_;
    Instant now_;
    Logger& log_;
};

}  // namespace

std::vector<Table> prepare_tables(const Writer& writer, std::span<const Table> tables, Instant now,
                                  Logger& log) {
    create_own_tables(writer.server);
    Preparation preparation(writer, now, log);
    std::vector<Table> prepared;
    for (const Table& table : tables) prepared.push_back(preparation.prepare(table));
    return prepared;
}

}  // namespace ringtail::clickhouse
