#include "sqlserver_bare.hpp"

#include <sql.h>
#include <sqlext.h>

#include <algorithm>
#include <stdexcept>

#include "destination/relational/prepare.hpp"
#include "destination/sqlserver/connection_string.hpp"
#include "sql/value.hpp"

namespace ringtail::bench {
namespace {

namespace text = sql::sqlserver;

constexpr std::size_t kRowsPerText = 1'000;

SQLCHAR* bytes(const std::string& sql) {
    return reinterpret_cast<SQLCHAR*>(const_cast<char*>(sql.data()));
}

void check(SQLRETURN result, const char* what) {
    if (!SQL_SUCCEEDED(result) && result != SQL_NO_DATA) throw std::runtime_error(what);
}

text::ColumnText column_text(const Table& table, const Column& column) {
    const bool indexed = relational::use_of(table, column.name) != relational::Use::value;
    const auto type = text::column_type(column.type, indexed);
    const bool is_text = column.type == Type::text || column.type == Type::json;
    return {column.name, text::type_name(column.type, indexed),
            text::attributes(column.type, indexed), type, is_text};
}

}  // namespace

BareJson bare_rows(const Batch& batch) {
    const Table& table = batch.table();
    BareJson rows;
    rows.stage = "#bare_" + std::to_string(table.columns.size()) + table.name;
    const sql::TableName place{"dbo", table.name};
    text::Merge merge{text::quote(place), rows.stage, {}, {}, {}};
    for (const std::size_t i : batch.cell_columns())
        merge.columns.push_back(column_text(table, table.columns[i]));
    for (const Column& column : table.columns) {
        if (column.name == table.changed) merge.changed = column_text(table, column);
        if (column.name == table.key.front()) merge.key = {column_text(table, column)};
    }
    rows.create = text::create_stage(rows.stage, place, merge.columns);
    rows.fill = text::fill_from_json(rows.stage, merge.columns, text::kAnyNumber);
    rows.update = text::update_from_stage(merge);
    rows.insert = text::insert_from_stage(merge);
    const auto last = batch.last_of_key();
    std::size_t count = 0;
    std::string scratch;
    for (std::size_t row = 0; row < batch.rows(); ++row) {
        if (!last[row]) continue;
        if (count++ % kRowsPerText == 0) rows.texts.emplace_back("[");
        std::string& out = rows.texts.back();
        if (out.size() > 1) out += ',';
        for (std::size_t cell = 0; cell < batch.width(); ++cell) {
            out += (cell == 0 ? "{\"" : ",\"") + text::json_name(cell) + "\":";
            const auto fitted = sql::fit(batch.at(row, cell), merge.columns[cell].fits, scratch);
            if (fitted.outcome == sql::Fitted::Outcome::value)
                sql::append_json_string(fitted.text, out);
            else
                out += "null";
        }
        out += '}';
    }
    for (std::string& done : rows.texts) done += ']';
    return rows;
}

BareSqlServer::BareSqlServer(const std::string& url) {
    SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &environment_);
    SQLSetEnvAttr(environment_, SQL_ATTR_ODBC_VERSION, reinterpret_cast<SQLPOINTER>(SQL_OV_ODBC3),
                  0);
    SQLAllocHandle(SQL_HANDLE_DBC, environment_, &connection_);
    const std::string words = sqlserver::connection_string(sqlserver::read_url(url));
    check(
        SQLDriverConnect(connection_, nullptr, bytes(words), static_cast<SQLSMALLINT>(words.size()),
                         nullptr, 0, nullptr, SQL_DRIVER_NOPROMPT),
        "cannot connect");
    run("SET NOCOUNT ON; SET XACT_ABORT ON");
}

BareSqlServer::~BareSqlServer() {
    SQLDisconnect(connection_);
    SQLFreeHandle(SQL_HANDLE_DBC, connection_);
    SQLFreeHandle(SQL_HANDLE_ENV, environment_);
}

void BareSqlServer::merge(const std::vector<BareJson>& load, const std::string& changed) {
    for (const BareJson& table : load) {
        if (std::find(staged_.begin(), staged_.end(), table.stage) == staged_.end()) {
            for (const std::string& statement : table.create) run(statement);
            staged_.push_back(table.stage);
        } else {
            run("DELETE FROM " + table.stage);
        }
    }
    run("BEGIN TRANSACTION");
    for (const BareJson& table : load) {
        if (table.texts.empty()) continue;
        for (const std::string& rows : table.texts) run(table.fill, &rows);
        run(table.update, &changed);
        run(table.insert, &changed);
    }
    run("UPDATE ringtail_checkpoints SET [checkpoint] = N'a checkpoint' WHERE stream = N'bench'");
    run("COMMIT TRANSACTION");
}

void BareSqlServer::run(const std::string& sql, const std::string* parameter) {
    SQLHSTMT statement = SQL_NULL_HANDLE;
    SQLAllocHandle(SQL_HANDLE_STMT, connection_, &statement);
    SQLLEN length = 0;
    if (parameter != nullptr) {
        length = static_cast<SQLLEN>(parameter->size());
        SQLBindParameter(statement, 1, SQL_PARAM_INPUT, SQL_C_CHAR, SQL_WLONGVARCHAR,
                         parameter->size(), 0, bytes(*parameter), length, &length);
    }
    const SQLRETURN result =
        SQLExecDirect(statement, bytes(sql), static_cast<SQLINTEGER>(sql.size()));
    SQLFreeHandle(SQL_HANDLE_STMT, statement);
    check(result, sql.c_str());
}

}  // namespace ringtail::bench
