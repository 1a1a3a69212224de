#include "postgres_bare.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <stdexcept>

namespace ringtail::bench {
namespace {

constexpr std::size_t kPiece = 64U << 10U;

std::string quoted(const std::string& name) { return "\"" + name + "\""; }

void append_escaped(std::string_view value, std::string& out) {
    for (const char c : value) {
        if (c == '\\')
            out += "\\\\";
        else if (c == '\n')
            out += "\\n";
        else if (c == '\t')
            out += "\\t";
        else if (c == '\r')
            out += "\\r";
        else
            out += c;
    }
}

}  // namespace

BareRows bare_rows(const Batch& batch, const std::string& changed) {
    const Table& table = batch.table();
    BareRows bare{quoted(table.name), "", quoted(table.key.front()), "", ""};
    for (const std::size_t column : batch.cell_columns()) {
        bare.columns += quoted(table.columns[column].name) + ", ";
        if (table.columns[column].name == table.key.front()) continue;
        bare.set += quoted(table.columns[column].name) + " = EXCLUDED." +
                    quoted(table.columns[column].name) + ", ";
    }
    bare.columns += quoted(table.changed);
    bare.set += quoted(table.changed) + " = EXCLUDED." + quoted(table.changed);
    for (std::size_t row = 0; row < batch.rows(); ++row) {
        for (std::size_t cell = 0; cell < batch.width(); ++cell) {
            const Cell value = batch.at(row, cell);
            if (value.kind == Cell::Kind::null)
                bare.text += "\\N";
            else
                append_escaped(value.text, bare.text);
            bare.text += '\t';
        }
        bare.text += changed + "\n";
    }
    return bare;
}

BareRows stored_rows(const std::string& url, const std::string& table) {
    const std::unique_ptr<pg_conn, void (*)(pg_conn*)> connection(PQconnectdb(url.c_str()),
                                                                  PQfinish);
    const auto fail = [&] { throw std::runtime_error(PQerrorMessage(connection.get())); };
    const auto ask = [&](const std::string& sql, ExecStatusType wanted) {
        std::unique_ptr<PGresult, void (*)(PGresult*)> result(PQexec(connection.get(), sql.c_str()),
                                                              PQclear);
        if (PQresultStatus(result.get()) != wanted) fail();
        return result;
    };
    BareRows rows{quoted(table), "", "", "", ""};
    const auto columns =
        ask("SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute "
            "WHERE attrelid = '" +
                rows.table + "'::regclass AND attnum > 0 AND NOT attisdropped",
            PGRES_TUPLES_OK);
    rows.columns = PQgetvalue(columns.get(), 0, 0);
    ask("COPY " + rows.table + " (" + rows.columns + ") TO STDOUT", PGRES_COPY_OUT);
    char* line = nullptr;
    for (int length = 0; (length = PQgetCopyData(connection.get(), &line, 0)) > 0;) {
        rows.text.append(line, static_cast<std::size_t>(length));
        PQfreemem(line);
    }
    return rows;
}

void BarePostgres::Finish::operator()(pg_conn* connection) const { PQfinish(connection); }

BarePostgres::BarePostgres(const std::string& url) : connection_(PQconnectdb(url.c_str())) {
    if (PQstatus(connection_.get()) != CONNECTION_OK)
        throw std::runtime_error(PQerrorMessage(connection_.get()));
    run("SET TimeZone = 'UTC'; SET client_min_messages = warning");
}

BarePostgres::~BarePostgres() = default;

void BarePostgres::run(const std::string& sql) {
    PGresult* result = PQexec(connection_.get(), sql.c_str());
    const auto status = PQresultStatus(result);
    PQclear(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_COPY_IN) {
        throw std::runtime_error(PQerrorMessage(connection_.get()));
    }
}

void BarePostgres::copy_to(const std::string& target, const std::string& text) {
    run("COPY " + target + " FROM STDIN");
    for (std::size_t at = 0; at < text.size(); at += kPiece) {
        const std::size_t length = std::min(kPiece, text.size() - at);
        if (PQputCopyData(connection_.get(), text.data() + at, static_cast<int>(length)) != 1)
            break;
    }
    PQputCopyEnd(connection_.get(), nullptr);
    PGresult* result = PQgetResult(connection_.get());
    const auto status = PQresultStatus(result);
    PQclear(result);
    PQclear(PQgetResult(connection_.get()));
    if (status != PGRES_COMMAND_OK) throw std::runtime_error(PQerrorMessage(connection_.get()));
}

void BarePostgres::merge(const std::vector<BareRows>& load, const std::string& checkpoint) {
    for (const BareRows& rows : load) {
        if (std::find(staged_.begin(), staged_.end(), rows.table) != staged_.end()) continue;
        const std::string stage = "stage" + std::to_string(staged_.size());
        run("CREATE TEMPORARY TABLE " + stage + " ON COMMIT DELETE ROWS AS SELECT " + rows.columns +
            " FROM " + rows.table + " WITH NO DATA");
        staged_.push_back(rows.table);
    }
    run("BEGIN");
    for (const BareRows& rows : load) {
        const auto place = std::find(staged_.begin(), staged_.end(), rows.table) - staged_.begin();
        const std::string stage = "stage" + std::to_string(place);
        copy_to(stage + " (" + rows.columns + ")", rows.text);
        run("INSERT INTO " + rows.table + " (" + rows.columns + ") SELECT " + rows.columns +
            " FROM " + stage + " ON CONFLICT (" + rows.key + ") DO UPDATE SET " + rows.set);
    }
    run("UPDATE ringtail_checkpoints SET checkpoint = '" + checkpoint + "'");
    run("COMMIT");
}

void BarePostgres::copy(const std::vector<BareRows>& load) {
    for (const BareRows& rows : load) copy_to(rows.table + " (" + rows.columns + ")", rows.text);
}

}  // namespace ringtail::bench
