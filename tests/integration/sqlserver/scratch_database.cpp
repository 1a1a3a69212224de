#include "scratch_database.hpp"

#include <sql.h>
#include <sqlext.h>

#include <fmt/core.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <stdexcept>

#include "destination/sqlserver/connection_string.hpp"

namespace ringtail::test {
namespace {

constexpr const char* kVariable = "RINGTAIL_TEST_SQLSERVER";

std::string server_url() {
    const char* url = std::getenv(kVariable);
    return url == nullptr ? "" : url;
}

std::string text_of(SQLHSTMT statement, SQLUSMALLINT column, bool& is_null) {
    std::string text;
    std::vector<char> piece(1U << 16U);
    is_null = false;
    while (true) {
        SQLLEN length = 0;
        const SQLRETURN result = SQLGetData(statement, column, SQL_C_CHAR, piece.data(),
                                            static_cast<SQLLEN>(piece.size()), &length);
        if (result == SQL_NO_DATA) return text;
        if (!SQL_SUCCEEDED(result)) throw std::runtime_error("SQLGetData failed");
        if (length == SQL_NULL_DATA) is_null = true;
        if (is_null) return text;
        const bool whole = length != SQL_NO_TOTAL && length < static_cast<SQLLEN>(piece.size());
        text += whole ? std::string(piece.data(), static_cast<std::size_t>(length))
                      : std::string(piece.data());
        if (whole) return text;
    }
}

std::string time_of(SQLHSTMT statement, SQLUSMALLINT column, bool& is_null) {
    SQL_TIMESTAMP_STRUCT time{};
    SQLLEN length = 0;
    SQLGetData(statement, column, SQL_C_TYPE_TIMESTAMP, &time, sizeof(time), &length);
    is_null = length == SQL_NULL_DATA;
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:06}", time.year, time.month, time.day,
                       time.hour, time.minute, time.second, time.fraction / 1000);
}

// The same URL with another database.
std::string with_database(std::string url, const std::string& name) {
    std::string parameters;
    if (const auto at = url.find('?'); at != std::string::npos) {
        parameters = url.substr(at);
        url.resize(at);
    }
    for (const std::string key : {"database=", "Database="}) {
        const auto at = parameters.find(key);
        if (at == std::string::npos) continue;
        const auto begin = at + key.size();
        const auto end = std::min(parameters.find('&', begin), parameters.size());
        return url + parameters.replace(begin, end - begin, name);
    }
    const auto host = url.find("://") + 3;
    const auto path = url.find('/', std::max(host, url.rfind('@') + 1));
    if (path == std::string::npos) return url + "/" + name + parameters;
    return url.substr(0, url.rfind('/') + 1) + name + parameters;
}

}  // namespace

struct ScratchDatabase::Connection {
    SQLHENV environment = SQL_NULL_HANDLE;
    SQLHDBC connection = SQL_NULL_HANDLE;

    explicit Connection(const std::string& url) {
        SQLAllocHandle(SQL_HANDLE_ENV, SQL_NULL_HANDLE, &environment);
        SQLSetEnvAttr(environment, SQL_ATTR_ODBC_VERSION,
                      reinterpret_cast<SQLPOINTER>(SQL_OV_ODBC3), 0);
        SQLAllocHandle(SQL_HANDLE_DBC, environment, &connection);
        std::string text = sqlserver::connection_string(sqlserver::read_url(url));
        if (!SQL_SUCCEEDED(SQLDriverConnect(
                connection, nullptr, reinterpret_cast<SQLCHAR*>(text.data()),
                static_cast<SQLSMALLINT>(text.size()), nullptr, 0, nullptr, SQL_DRIVER_NOPROMPT))) {
            throw std::runtime_error(reason(SQL_HANDLE_DBC, connection));
        }
    }
    ~Connection() {
        SQLDisconnect(connection);
        SQLFreeHandle(SQL_HANDLE_DBC, connection);
        SQLFreeHandle(SQL_HANDLE_ENV, environment);
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    static std::string reason(SQLSMALLINT type, SQLHANDLE handle) {
        std::array<SQLCHAR, 6> state{};
        std::array<SQLCHAR, 1024> message{};
        SQLINTEGER native = 0;
        SQLSMALLINT length = 0;
        std::string text = "ODBC:";
        for (SQLSMALLINT record = 1; SQL_SUCCEEDED(
                 SQLGetDiagRec(type, handle, record, state.data(), &native, message.data(),
                               static_cast<SQLSMALLINT>(message.size()), &length));
             ++record) {
            text += fmt::format(" {} [{}]", reinterpret_cast<const char*>(message.data()), native);
        }
        return text;
    }

    std::vector<SqlRow> query(std::string sql) const {
        SQLHSTMT raw = SQL_NULL_HANDLE;
        SQLAllocHandle(SQL_HANDLE_STMT, connection, &raw);
        const std::unique_ptr<void, void (*)(void*)> statement(
            raw, [](void* handle) { SQLFreeHandle(SQL_HANDLE_STMT, handle); });
        SQLRETURN result = SQLExecDirect(raw, reinterpret_cast<SQLCHAR*>(sql.data()),
                                         static_cast<SQLINTEGER>(sql.size()));
        std::vector<SqlRow> rows;
        while (true) {
            if (!SQL_SUCCEEDED(result) && result != SQL_NO_DATA)
                throw std::runtime_error(reason(SQL_HANDLE_STMT, raw) + " in " + sql);
            SQLSMALLINT columns = 0;
            if (result != SQL_NO_DATA) SQLNumResultCols(raw, &columns);
            if (columns > 0) rows = fetch(raw, columns);
            result = SQLMoreResults(raw);
            if (result == SQL_NO_DATA) return rows;
        }
    }

    static std::vector<SqlRow> fetch(SQLHSTMT statement, SQLSMALLINT columns) {
        std::vector<bool> times;
        for (SQLSMALLINT i = 1; i <= columns; ++i) {
            SQLSMALLINT type = 0, length = 0, scale = 0, nullable = 0;
            SQLULEN size = 0;
            std::array<SQLCHAR, 300> name{};
            SQLDescribeCol(statement, static_cast<SQLUSMALLINT>(i), name.data(), 300, &length,
                           &type, &size, &scale, &nullable);
            times.push_back(type == SQL_TYPE_TIMESTAMP);
        }
        std::vector<SqlRow> rows;
        while (SQL_SUCCEEDED(SQLFetch(statement))) {
            SqlRow& row = rows.emplace_back();
            for (std::size_t i = 0; i < times.size(); ++i) {
                bool is_null = false;
                const auto column = static_cast<SQLUSMALLINT>(i + 1);
                std::string text = times[i] ? time_of(statement, column, is_null)
                                            : text_of(statement, column, is_null);
                row.push_back(is_null ? std::nullopt : std::optional(std::move(text)));
            }
        }
        return rows;
    }
};

bool ScratchDatabase::has_server() { return !server_url().empty(); }

ScratchDatabase& ScratchDatabase::shared() {
    static ScratchDatabase database;
    return database;
}

ScratchDatabase::ScratchDatabase()
    : name_("ringtail_test_" + std::to_string(::getpid())),
      url_(with_database(server_url(), name_)),
      server_(std::make_unique<Connection>(server_url())) {
    server_->query("CREATE DATABASE " + quoted(name_));
    connection_ = std::make_unique<Connection>(url_);
    const auto try_to = [](const Connection& connection, const std::string& sql) {
        try {
            connection.query(sql);
        } catch (const std::runtime_error& error) {
            fmt::print("{}\n", error.what());
        }
    };
    // Readers see whole loads and do not wait, as the suite asks; Babelfish does so anyway.
    try_to(*connection_, "ALTER DATABASE " + quoted(name_) + " SET READ_COMMITTED_SNAPSHOT ON");
    try_to(*connection_, "SET TEXTSIZE 2147483647");
}

ScratchDatabase::~ScratchDatabase() {
    connection_.reset();
    try {
        server_->query("DROP DATABASE " + quoted(name_));
    } catch (const std::runtime_error& error) {
        fmt::print("database {} stays: {}\n", name_, error.what());
    }
}

std::vector<SqlRow> ScratchDatabase::query(const std::string& sql) {
    return connection_->query(sql);
}

std::string ScratchDatabase::value(const std::string& sql) {
    const auto rows = query(sql);
    return rows.empty() ? "no row" : rows.at(0).at(0).value_or("NULL");
}

void ScratchDatabase::clean() {
    constexpr int kDepth = 10;  // of foreign keys
    std::string why;
    for (int i = 0; i < kDepth; ++i) {
        const auto tables = query(
            "SELECT TABLE_SCHEMA, TABLE_NAME FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_TYPE = "
            "'BASE TABLE'");
        if (tables.empty()) return;
        for (const SqlRow& table : tables) {
            try {
                query("DROP TABLE " + quoted(table.at(0).value()) + "." +
                      quoted(table.at(1).value()));
            } catch (const std::runtime_error& error) {
                why = error.what();
            }
        }
    }
    throw std::runtime_error("tables stay: " + why);
}

std::string ScratchDatabase::quoted(const std::string& name) {
    if (name.find(']') == std::string::npos) return "[" + name + "]";
    std::string out = "\"";
    for (const char c : name) {
        if (c == '"') out += c;
        out += c;
    }
    return out + "\"";
}

std::string ScratchDatabase::literal(const std::string& text) {
    std::string out = "N'";
    for (const char c : text) {
        if (c == '\'') out += c;
        out += c;
    }
    return out + "'";
}

}  // namespace ringtail::test
