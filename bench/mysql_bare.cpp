#include "mysql_bare.hpp"

#include <mysql.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace ringtail::bench {
namespace {

constexpr std::size_t kStatementBytes = 500'000;

std::string ticked(const std::string& name) { return "`" + name + "`"; }

// MySQL reads no Z at the end of a time.
std::string_view value_of(const Batch& batch, std::size_t row, std::size_t cell) {
    std::string_view text = batch.at(row, cell).text;
    const bool is_time = batch.table().columns[batch.cell_columns()[cell]].type == Type::timestamp;
    if (is_time && text.ends_with('Z')) text.remove_suffix(1);
    if (text == "true") return "1";
    return text == "false" ? "0" : text;
}

bool is_null(const Batch& batch, std::size_t row, std::size_t cell) {
    const Cell value = batch.at(row, cell);
    return value.kind == Cell::Kind::null || value.text.empty();
}

void append_field(std::string_view value, std::string& out) {
    for (const char c : value) {
        if (c == '\\' || c == '\n' || c == '\t') out += '\\';
        out += c == '\n' ? 'n' : c == '\t' ? 't' : c;
    }
}

void append_literal(std::string_view value, std::string& out) {
    out += '\'';
    for (const char c : value) {
        if (c == '\\' || c == '\'') out += '\\';
        out += c;
    }
    out += '\'';
}

// The data that libmariadb asks for.
struct Source {
    std::string_view rest;

    static int begin(void** state, const char*, void* self) {
        *state = self;
        return 0;
    }
    static int read(void* state, char* buffer, unsigned size) {
        auto& rest = static_cast<Source*>(state)->rest;
        const std::size_t count = std::min<std::size_t>(size, rest.size());
        std::memcpy(buffer, rest.data(), count);
        rest.remove_prefix(count);
        return static_cast<int>(count);
    }
    static void end(void*) {}
    static int error(void*, char*, unsigned) { return 2000; }
};

}  // namespace

BareMysqlRows bare_mysql_rows(const Batch& batch, const std::string& changed) {
    const Table& table = batch.table();
    BareMysqlRows bare;
    std::string columns, set, insert;
    for (const std::size_t column : batch.cell_columns()) {
        const std::string name = ticked(table.columns[column].name);
        columns += name + ", ";
        if (table.columns[column].name != table.key.front())
            set += name + " = VALUES(" + name + "), ";
    }
    columns += ticked(table.changed);
    set += ticked(table.changed) + " = VALUES(" + ticked(table.changed) + ")";
    bare.load = "LOAD DATA LOCAL INFILE 'rows' INTO TABLE " + ticked(table.name) +
                " CHARACTER SET utf8mb4 (" + columns + ")";
    const auto end_statement = [&] {
        if (insert.empty()) return;
        insert.back() = ' ';
        bare.upserts.push_back("INSERT INTO " + ticked(table.name) + " (" + columns + ") VALUES " +
                               insert + "ON DUPLICATE KEY UPDATE " + set);
        insert.clear();
    };
    for (std::size_t row = 0; row < batch.rows(); ++row) {
        insert += '(';
        for (std::size_t cell = 0; cell < batch.width(); ++cell) {
            if (is_null(batch, row, cell)) {
                bare.text += "\\N";
                insert += "NULL";
            } else {
                append_field(value_of(batch, row, cell), bare.text);
                append_literal(value_of(batch, row, cell), insert);
            }
            bare.text += '\t';
            insert += ',';
        }
        bare.text += changed + "\n";
        insert += "'" + changed + "'),";
        if (insert.size() > kStatementBytes) end_statement();
    }
    end_statement();
    return bare;
}

void BareMysql::Close::operator()(st_mysql* handle) const { mysql_close(handle); }

BareMysql::BareMysql(const std::string& socket, const std::string& database)
    : handle_(mysql_init(nullptr)) {
    mysql_options(handle_.get(), MYSQL_SET_CHARSET_NAME, "utf8mb4");
    if (mysql_real_connect(handle_.get(), nullptr, "root", "", database.c_str(), 0, socket.c_str(),
                           CLIENT_LOCAL_FILES) == nullptr) {
        throw std::runtime_error(mysql_error(handle_.get()));
    }
    run("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED");
}

void BareMysql::run(const std::string& sql) {
    if (mysql_real_query(handle_.get(), sql.data(), sql.size()) != 0)
        throw std::runtime_error(sql.substr(0, 200) + ": " + mysql_error(handle_.get()));
}

void BareMysql::load_data(const std::vector<BareMysqlRows>& load, const std::string& checkpoint) {
    run("BEGIN");
    for (const BareMysqlRows& rows : load) {
        Source source{rows.text};
        mysql_set_local_infile_handler(handle_.get(), Source::begin, Source::read, Source::end,
                                       Source::error, &source);
        run(rows.load);
    }
    store(checkpoint);
}

void BareMysql::upsert(const std::vector<BareMysqlRows>& load, const std::string& checkpoint) {
    run("BEGIN");
    for (const BareMysqlRows& rows : load) {
        for (const std::string& sql : rows.upserts) run(sql);
    }
    store(checkpoint);
}

void BareMysql::store(const std::string& checkpoint) {
    run("UPDATE ringtail_checkpoints SET checkpoint = '" + checkpoint + "'");
    run("COMMIT");
}

}  // namespace ringtail::bench
