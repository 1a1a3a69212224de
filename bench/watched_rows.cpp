#include "watched_rows.hpp"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <sqlite3.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

namespace ringtail::bench {
namespace {

using namespace std::chrono_literals;

std::string query_for(const std::vector<CallKey>& wanted) {
    std::string list;
    for (const auto& [account, call] : wanted)
        list += fmt::format("{}({},{})", list.empty() ? "" : ",", account, call);
    return fmt::format(
        "SELECT account_id, call_id FROM callkeeper_calls WHERE (account_id, call_id) IN "
        "(VALUES {})",
        list);
}

}  // namespace

WatchedRows::WatchedRows(Look look)
    : look_(std::move(look)), thread_([this](const std::stop_token& stop) { run(stop); }) {}

void WatchedRows::expect(const CallKey& call, SteadyTime since) {
    const std::scoped_lock lock(mutex_);
    wanted_.emplace(call, since);
}

void WatchedRows::run(const std::stop_token& stop) try {
    while (!stop.stop_requested()) {
        std::this_thread::sleep_for(10ms);
        std::vector<CallKey> keys;
        {
            const std::scoped_lock lock(mutex_);
            for (const auto& [call, since] : wanted_) keys.push_back(call);
        }
        if (keys.empty()) continue;
        const auto seen = look_(keys);
        const auto now = std::chrono::steady_clock::now();
        const std::scoped_lock lock(mutex_);
        for (const CallKey& call : seen) {
            const auto found = wanted_.find(call);
            took_.push_back(std::chrono::duration<double>(now - found->second).count());
            wanted_.erase(found);
        }
    }
} catch (const std::exception& error) {
    const std::scoped_lock lock(mutex_);
    failure_ = error.what();
}

std::vector<double> WatchedRows::finish(std::chrono::seconds patience) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < until) {
        {
            const std::scoped_lock lock(mutex_);
            if (wanted_.empty() || !failure_.empty()) break;
        }
        std::this_thread::sleep_for(10ms);
    }
    thread_.request_stop();
    thread_.join();
    if (!failure_.empty()) throw std::runtime_error(failure_);
    if (!wanted_.empty())
        throw std::runtime_error(fmt::format("{} calls never came", wanted_.size()));
    std::ranges::sort(took_);
    return took_;
}

WatchedRows::Look look_into_sqlite(const std::string& file) {
    sqlite3* handle = nullptr;
    sqlite3_open_v2(file.c_str(), &handle, SQLITE_OPEN_READONLY, nullptr);
    const std::shared_ptr<sqlite3> db(handle, sqlite3_close);
    sqlite3_busy_timeout(handle, 5'000);
    return [db](const std::vector<CallKey>& wanted) {
        sqlite3_stmt* statement = nullptr;
        if (sqlite3_prepare_v2(db.get(), query_for(wanted).c_str(), -1, &statement, nullptr) !=
            SQLITE_OK)
            throw std::runtime_error(sqlite3_errmsg(db.get()));
        std::vector<CallKey> seen;
        while (sqlite3_step(statement) == SQLITE_ROW)
            seen.emplace_back(sqlite3_column_int64(statement, 0),
                              sqlite3_column_int64(statement, 1));
        sqlite3_finalize(statement);
        return seen;
    };
}

WatchedRows::Look look_into_postgres(const std::string& url) {
    const std::shared_ptr<PGconn> connection(PQconnectdb(url.c_str()), PQfinish);
    return [connection](const std::vector<CallKey>& wanted) {
        const std::unique_ptr<PGresult, void (*)(PGresult*)> result(
            PQexec(connection.get(), query_for(wanted).c_str()), PQclear);
        if (PQresultStatus(result.get()) != PGRES_TUPLES_OK)
            throw std::runtime_error(PQerrorMessage(connection.get()));
        std::vector<CallKey> seen;
        for (int row = 0; row < PQntuples(result.get()); ++row)
            seen.emplace_back(std::stoll(PQgetvalue(result.get(), row, 0)),
                              std::stoll(PQgetvalue(result.get(), row, 1)));
        return seen;
    };
}

}  // namespace ringtail::bench
