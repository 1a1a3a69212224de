#include "destination/sqlserver/session.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <clocale>
#include <utility>

#include "base/error.hpp"
#include "base/failpoint.hpp"
#include "destination/sqlserver/connection_string.hpp"
#include "destination/sqlserver/freetds_conf.hpp"
#include "sql/sqlserver_text.hpp"

namespace ringtail::sqlserver {
namespace {

using relational::Answer;
using relational::Param;
using relational::Row;

// How long the answer to a COMMIT is waited for once a stop is requested.
constexpr std::chrono::seconds kLastWords{5};
// What is asked of a new connection is short.
constexpr std::chrono::seconds kSetUp{60};

// Errors end the transaction, and nothing but our own SELECTs brings rows.
constexpr std::string_view kSettings = "SET NOCOUNT ON; SET XACT_ABORT ON";
// Texts come whole; a lock is waited for as long as the statement may take. Both drivers set most
// of these already, and not every server knows all.
constexpr std::array<const char*, 5> kMoreSettings{"SET TEXTSIZE 2147483647", "SET LOCK_TIMEOUT -1",
                                                   "SET ANSI_NULLS ON", "SET ANSI_WARNINGS ON",
                                                   "SET QUOTED_IDENTIFIER ON"};

bool counts_rows(std::string_view sql) {
    constexpr std::array<std::string_view, 4> kFirstWords{"INSERT ", "UPDATE ", "DELETE ",
                                                          "DECLARE @rows "};
    return std::any_of(kFirstWords.begin(), kFirstWords.end(),
                       [&](std::string_view word) { return sql.starts_with(word); });
}

// Microsoft's driver takes texts for what the process' locale says.
void need_utf8_locale() {
    for (const char* name : {"C.UTF-8", "C.utf8", "en_US.UTF-8"}) {
        if (std::setlocale(LC_CTYPE, name) != nullptr) return;
    }
    throw Error(Fault::config, "this machine has no UTF-8 locale, which Microsoft's driver needs")
        .with_hint("Install one (apt-get install locales), or use FreeTDS' driver.");
}

}  // namespace

void Session::open() {
    if (odbc_) return;
    // A new connection would know nothing of what the transaction has done.
    if (in_transaction_) {
        throw relational::SqlError(
            Error(Fault::transient, "SQL Server, " + where() + ": connection lost"),
            relational::Cause::other, "");
    }
    if (!url_) url_ = read_url(url_text_);
    connect();
    ++number_;
    try {
        set_up();
    } catch (const OdbcFailure& failure) {
        fail(failure);
    } catch (...) {
        drop();
        throw;
    }
}

void Session::connect() {
    if (!url_->certificate.empty() && ::access(url_->certificate.c_str(), R_OK) != 0) {
        throw Error(Fault::config,
                    "SQL Server: the certificate file " + url_->certificate + " cannot be read")
            .with_hint("Check the path behind certificate= in the URL.");
    }
    const auto section = freetds_section(*url_);
    const std::string text =
        connection_string(*url_, section ? freetds_section_name(*section) : "");
    const bool is_freetds = kind_of_driver(driver_of(*url_)) == Driver::freetds;
    if (!is_freetds) need_utf8_locale();
    try {
        odbc_ = std::make_unique<Odbc>(text, std::chrono::seconds(url_->connect_timeout_s));
        std::string name = odbc_->driver_name();
        if (kind_of_driver(name) != (is_freetds ? Driver::freetds : Driver::microsoft)) {
            drop();
            // The words for encryption differ, and FreeTDS ignores those of others.
            throw Error(Fault::config, "SQL Server: the driver " + driver_of(*url_) + " is " + name)
                .with_hint(
                    "Name it in ?driver= with \"tds\" in its name when it is FreeTDS, and "
                    "without when it is not.");
        }
    } catch (const OdbcFailure& failure) {
        odbc_.reset();
        throw not_connected(failure);
    }
    if (is_freetds && url_->encrypt == Url::Encrypt::on && url_->trust == Url::Trust::as_driver &&
        !std::exchange(told_about_certificate_, true)) {
        log_.debug(
            "SQL Server: encrypted; the server's certificate is not checked. "
            "trustServerCertificate=false checks it.");
    }
}

relational::SqlError Session::not_connected(const OdbcFailure& failure) const {
    auto said = failure.said;
    for (Diagnostic& one : said) one.message = url_->redact(one.message);
    auto error = to_connect_error(said, where());
    // FreeTDS does not say that it did not like a certificate.
    if (error.fault() == Fault::transient && url_->trust == Url::Trust::checked) {
        error.with_hint(error.hint() +
                        " The certificate is checked (certificate=, trustServerCertificate=false): "
                        "it must name the host, and be signed by an authority that is trusted.");
    }
    return error;
}

void Session::set_up() {
    odbc_->run(std::string(kSettings), {}, {.limit = kSetUp});
    for (const char* setting : kMoreSettings) try_run(setting);
    const Row row = one_row("SELECT @@VERSION, SCHEMA_NAME(), DB_NAME(), USER_NAME()");
    const std::string version = row.at(0).value_or("");
    server_ = {};
    server_.version = version.substr(0, version.find('\n'));
    while (server_.version.ends_with('\r') || server_.version.ends_with(' '))
        server_.version.pop_back();
    server_.schema = row.at(1).value_or("dbo");
    server_.database = row.at(2).value_or("");
    server_.user = row.at(3).value_or("");
    const auto fish = try_run("SELECT CAST(SERVERPROPERTY('Babelfish') AS nvarchar(20))");
    server_.babelfish = version.find("Babelfish") != std::string::npos ||
                        (fish && !fish->empty() && fish->front().at(0) == "1");
    check_encryption();
    look_at_json();
}

void Session::look_at_json() {
    const std::vector<Param> document{sql::sqlserver::json_probe_document()};
    const auto works = [&](const std::string& probe) {
        const auto read = try_run(probe, document);
        return read && *read == sql::sqlserver::json_probe_answer();
    };
    if (works(sql::sqlserver::json_probe())) {
        server_.json_at_once = server_.babelfish ? sql::sqlserver::kJsonColumnsOfBabelfish
                                                 : sql::sqlserver::kAnyNumber;
        server_.json_columns = !server_.babelfish || works(sql::sqlserver::json_join_probe())
                                   ? sql::sqlserver::kAnyNumber
                                   : server_.json_at_once;
        return;
    }
    log_.info(
        "SQL Server does not read JSON as needed (compatibility level below 130?); rows are sent "
        "as literals, which is slower");
}

// The driver refuses a server without TLS; this is for the mistakes of drivers. It needs a right
// that many users do not have, and Babelfish's view is its own.
void Session::check_encryption() {
    const bool wanted = url_->encrypt == Url::Encrypt::on || url_->encrypt == Url::Encrypt::strict;
    if (!wanted || server_.babelfish) return;
    const auto rows =
        try_run("SELECT encrypt_option FROM sys.dm_exec_connections WHERE session_id = @@SPID");
    if (!rows || rows->empty()) {
        log_.debug(
            "SQL Server: no right to see sys.dm_exec_connections; encryption is as the "
            "driver promises");
        return;
    }
    if (rows->front().at(0) == "TRUE") return;
    throw Error(Fault::config, "SQL Server, " + where() +
                                   ": the connection is not encrypted, though the URL asks for it")
        .with_hint("Check the driver. Without encryption: ?encrypt=disable.");
}

Row Session::one_row(const std::string& sql) {
    auto rows = odbc_->run(sql, {}, {.limit = kSetUp});
    if (rows.empty()) throw Error(Fault::data, "SQL Server, " + where() + ": no answer to " + sql);
    return std::move(rows.front());
}

std::optional<std::vector<Row>> Session::try_run(const std::string& sql,
                                                 std::span<const Param> params) {
    try {
        return odbc_->run(sql, params, {.limit = kSetUp});
    } catch (const OdbcFailure& failure) {
        const auto error = to_error(failure.said, where());
        log_.debug(std::string("not there: ") + error.what());
        if (error.fault() == Fault::transient) throw;
        return std::nullopt;
    }
}

Answer Session::run(const std::string& sql, std::span<const Param> params) {
    open();
    check_stop();
    Answer answer;
    if (!counts_rows(sql)) {
        answer.rows = execute(sql, params);
        return answer;
    }
    // Not the driver's count: a trigger of the user's would add to it.
    const auto rows = execute(sql + ";\nSELECT @@ROWCOUNT", params);
    if (!rows.empty() && rows.back().at(0)) answer.affected = std::stoull(*rows.back().at(0));
    return answer;
}

std::vector<Row> Session::execute(const std::string& sql, std::span<const Param> params) {
    std::vector<Row> rows;
    ask([&](const GiveUp& until) { rows = odbc_->run(sql, params, until); });
    return rows;
}

void Session::stream(const std::string& sql, std::span<const Param> params,
                     const std::function<void(const relational::RowView&)>& use) {
    open();
    check_stop();
    ask([&](const GiveUp& until) { odbc_->stream(sql, params, until, use); });
}

void Session::ask(const std::function<void(const GiveUp& until)>& work) {
    const GiveUp until{.stop = patience_.stop,
                       .after_stop = committing_ ? kLastWords : std::chrono::seconds(0),
                       .limit = patience_.limit.value_or(std::chrono::seconds(0))};
    try {
        return work(until);
    } catch (const OdbcFailure& failure) {
        const bool stopped = patience_.stop.stop_requested() && !committing_;
        if (!stopped) fail(failure);
    } catch (...) {
        drop();
        throw;
    }
    drop();
    throw Error(Fault::stopped, "stopped");
}

void Session::fail(const OdbcFailure& failure) {
    auto said = failure.said;
    for (Diagnostic& one : said) one.message = url_->redact(one.message);
    drop();
    throw to_error(said, where());
}

void Session::begin() {
    run("BEGIN TRANSACTION", {});
    in_transaction_ = true;
}

void Session::commit() {
    check_stop();
    committing_ = true;
    // ODBC sends and waits in one call.
    failpoint("commit_sent");
    try {
        run("COMMIT TRANSACTION", {});
    } catch (...) {
        committing_ = false;
        throw;
    }
    committing_ = false;
    in_transaction_ = false;
    failpoint("commit_done");
}

void Session::drop() noexcept {
    odbc_.reset();
    in_transaction_ = false;
    committing_ = false;
}

std::uint64_t Session::number() {
    open();
    return number_;
}

const Server& Session::server() {
    open();
    return server_;
}

void Session::check_stop() const {
    if (patience_.stop.stop_requested() && !committing_) throw Error(Fault::stopped, "stopped");
}

}  // namespace ringtail::sqlserver
