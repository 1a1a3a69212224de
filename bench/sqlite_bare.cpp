#include "sqlite_bare.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstdlib>

namespace ringtail::bench {
namespace {

void check(int code, sqlite3* db) {
    if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
    std::fprintf(stderr, "bare SQLite: %s\n", sqlite3_errmsg(db));
    std::exit(1);
}

void run(sqlite3* db, const char* sql) {
    check(sqlite3_exec(db, sql, nullptr, nullptr, nullptr), db);
}

std::string quoted(const std::string& name) { return "\"" + name + "\""; }

sqlite3_stmt* prepare_upsert(sqlite3* db, const Table& table) {
    std::string names, marks, sets, old_values, new_values;
    int parameter = 0;
    const auto add = [](std::string& list, const std::string& part) {
        list += (list.empty() ? "" : ", ") + part;
    };
    for (const Column& column : table.columns) {
        if (column.name == table.changed) continue;
        const std::string name = quoted(column.name);
        add(names, name);
        add(marks, "?" + std::to_string(++parameter));
        if (column.name == table.key.front()) continue;
        add(sets, name + " = excluded." + name);
        add(old_values, name);
        add(new_values, "excluded." + name);
    }
    add(names, quoted(table.changed));
    add(marks, "?" + std::to_string(++parameter));
    add(sets, quoted(table.changed) + " = excluded." + quoted(table.changed));
    const std::string sql = "INSERT INTO " + quoted(table.name) + " (" + names + ") VALUES (" +
                            marks + ") ON CONFLICT (" + quoted(table.key.front()) +
                            ") DO UPDATE SET " + sets + " WHERE (" + old_values + ") IS NOT (" +
                            new_values + ")";
    sqlite3_stmt* statement = nullptr;
    check(sqlite3_prepare_v2(db, sql.c_str(), -1, &statement, nullptr), db);
    return statement;
}

void bind(sqlite3_stmt* statement, int parameter, const BareValue& value) {
    switch (value.kind) {
        case BareValue::Kind::null:
            sqlite3_bind_null(statement, parameter);
            break;
        case BareValue::Kind::whole:
            sqlite3_bind_int64(statement, parameter, value.whole);
            break;
        case BareValue::Kind::real:
            sqlite3_bind_double(statement, parameter, value.real);
            break;
        case BareValue::Kind::text:
            sqlite3_bind_text(statement, parameter, value.text.data(),
                              static_cast<int>(value.text.size()), SQLITE_STATIC);
            break;
    }
}

BareValue bare(const Cell& cell) {
    const char* end = cell.text.data() + cell.text.size();
    BareValue value;
    switch (cell.kind) {
        case Cell::Kind::null:
            break;
        case Cell::Kind::boolean:
            value.kind = BareValue::Kind::whole;
            value.whole = cell.text == "true" ? 1 : 0;
            break;
        case Cell::Kind::number:
            value.kind = BareValue::Kind::whole;
            if (std::from_chars(cell.text.data(), end, value.whole).ptr == end) break;
            value.kind = BareValue::Kind::real;
            std::from_chars(cell.text.data(), end, value.real);
            break;
        case Cell::Kind::text:
        case Cell::Kind::json:
        case Cell::Kind::broken_text:
            value.kind = cell.text.empty() ? BareValue::Kind::null : BareValue::Kind::text;
            value.text = cell.text;
            break;
    }
    return value;
}

}  // namespace

BareRows bare_rows(const Batch& batch) {
    BareRows rows{&batch.table(), batch.width(), {}};
    rows.values.reserve(batch.rows() * batch.width());
    for (std::size_t row = 0; row < batch.rows(); ++row) {
        for (std::size_t cell = 0; cell < batch.width(); ++cell)
            rows.values.push_back(bare(batch.at(row, cell)));
    }
    return rows;
}

BareLoader::BareLoader(const std::string& path) {
    check(sqlite3_open(path.c_str(), &db_), db_);
    run(db_,
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA temp_store=MEMORY;"
        "PRAGMA wal_autocheckpoint=8192; PRAGMA foreign_keys=ON; PRAGMA cache_size=-24576;"
        "INSERT INTO ringtail_checkpoints (stream) VALUES ('bare') ON CONFLICT DO NOTHING");
    check(sqlite3_prepare_v2(db_,
                             "UPDATE ringtail_checkpoints SET checkpoint = ? WHERE stream = 'bare'",
                             -1, &checkpoint_, nullptr),
          db_);
}

BareLoader::~BareLoader() {
    for (const auto& [table, upsert] : upserts_) sqlite3_finalize(upsert);
    sqlite3_finalize(checkpoint_);
    check(sqlite3_close(db_), db_);
}

void BareLoader::load(const BareLoad& load, std::string_view changed,
                      const std::string& checkpoint) {
    run(db_, "BEGIN IMMEDIATE");
    for (const BareRows& rows : load) {
        sqlite3_stmt*& upsert = upserts_[rows.table];
        if (upsert == nullptr) upsert = prepare_upsert(db_, *rows.table);
        const int width = static_cast<int>(rows.width);
        sqlite3_bind_text(upsert, width + 1, changed.data(), static_cast<int>(changed.size()),
                          SQLITE_STATIC);
        const BareValue* end = rows.values.data() + rows.values.size();
        for (const BareValue* value = rows.values.data(); value != end;) {
            for (int parameter = 1; parameter <= width; ++parameter)
                bind(upsert, parameter, *value++);
            check(sqlite3_step(upsert), db_);
            sqlite3_reset(upsert);
        }
    }
    sqlite3_bind_text(checkpoint_, 1, checkpoint.data(), static_cast<int>(checkpoint.size()),
                      SQLITE_STATIC);
    check(sqlite3_step(checkpoint_), db_);
    sqlite3_reset(checkpoint_);
    run(db_, "COMMIT");
}

}  // namespace ringtail::bench
