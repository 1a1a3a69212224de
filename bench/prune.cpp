// The real `ringtail serve` deletes a million old calls while webhooks and loads of the same source
// come in: how long each of them waits. Usage: bench_prune [old calls [sqlite|postgres]]
#include <fcntl.h>
#include <fmt/format.h>
#include <libpq-fe.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "own_service.hpp"
#include "support/many_calls.hpp"
#include "support/postgres_server.hpp"
#include "support/raw_http.hpp"
#include "timing.hpp"
#include "unread_calls.hpp"
#include "watched_rows.hpp"

namespace {

using namespace ringtail;
using namespace ringtail::bench;
using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

// What a database is filled and looked into by, without the code that is measured.
struct Place {
    std::string name, url;                                   // "": the default destination
    std::function<std::string(const std::string& sql)> ask;  // the first value; lines for columns
    std::function<void(const std::vector<std::string>& inserts)> fill;
    std::function<std::vector<std::string>(const std::string& table)> columns;
    test::ManyCalls many;
    std::function<WatchedRows::Look()> look;
};

std::vector<std::string> lines(const std::string& text) {
    std::vector<std::string> all;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) all.push_back(line);
    return all;
}

std::string ask_sqlite(const std::string& file, const std::string& sql) {
    sqlite3* handle = nullptr;
    sqlite3_open(file.c_str(), &handle);
    const std::unique_ptr<sqlite3, int (*)(sqlite3*)> db(handle, sqlite3_close);
    sqlite3_busy_timeout(handle, 10'000);
    std::string first;
    const auto keep = [](void* to, int count, char** values, char**) {
        auto& text = *static_cast<std::string*>(to);
        if (text.empty() && count > 0 && values[0] != nullptr) text = values[0];
        return 0;
    };
    if (sqlite3_exec(handle, sql.c_str(), keep, &first, nullptr) != SQLITE_OK)
        throw std::runtime_error(sqlite3_errmsg(handle));
    return first;
}

std::string ask_postgres(const std::string& url, const std::string& sql) {
    const std::unique_ptr<PGconn, void (*)(PGconn*)> db(PQconnectdb(url.c_str()), PQfinish);
    const std::unique_ptr<PGresult, void (*)(PGresult*)> result(PQexec(db.get(), sql.c_str()),
                                                                PQclear);
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        throw std::runtime_error(PQerrorMessage(db.get()));
    return PQntuples(result.get()) == 0 ? "" : PQgetvalue(result.get(), 0, 0);
}

// Statements that a database is filled by: without its indexes, which are made again afterwards.
std::string without_indexes(const std::string& drop, const std::vector<std::string>& inserts,
                            const std::string& make) {
    std::string all = drop;
    for (const std::string& insert : inserts) all += insert + ";\n";
    return all + make;
}

// Nobody else has the file open: a power cut may take it all.
void fill_sqlite(const std::string& file, const std::vector<std::string>& inserts) {
    const auto indexes = [&](const std::string& what) {
        return ask_sqlite(file, "SELECT group_concat(" + what +
                                    " || ';' || char(10), '') FROM sqlite_schema WHERE type = "
                                    "'index' AND sql IS NOT NULL AND tbl_name LIKE 'callkeeper_%'");
    };
    ask_sqlite(file, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-256000;" +
                         without_indexes(indexes("'DROP INDEX \"' || name || '\"'"), inserts,
                                         indexes("sql")) +
                         "PRAGMA journal_mode=WAL");
    // What was made without waiting for the disk is not to be waited for by who syncs first.
    const int made = ::open(file.c_str(), O_RDWR);
    if (made < 0 || ::fsync(made) != 0) throw std::runtime_error("cannot sync " + file);
    ::close(made);
}

void fill_postgres(const std::string& url, const std::vector<std::string>& inserts) {
    const auto indexes = [&](const std::string& what) {
        return ask_postgres(url, "SELECT coalesce(string_agg(" + what +
                                     " || E';\\n', ''), '') FROM pg_index i WHERE indrelid IN "
                                     "('callkeeper_calls'::regclass, "
                                     "'callkeeper_calls_facts'::regclass) AND NOT EXISTS (SELECT 1 "
                                     "FROM pg_constraint WHERE conindid = indexrelid)");
    };
    // Rows that point at others are not checked.
    ask_postgres(url, "SET session_replication_role = replica; SET synchronous_commit = off;" +
                          without_indexes(indexes("'DROP INDEX ' || indexrelid::regclass"), inserts,
                                          indexes("pg_get_indexdef(indexrelid)")));
    ask_postgres(url, "VACUUM ANALYZE");
    ask_postgres(url, "CHECKPOINT");
}

double quantile(std::vector<double> values, double share) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

void line(const std::string& what, const std::vector<double>& waits) {
    fmt::print("{:<58}{:>8.2f} {:>6.2f} {:>6.2f} s\n", what, quantile(waits, 0.5),
               quantile(waits, 0.95), quantile(waits, 1));
    std::fflush(stdout);
}

// Hooks ten times a second and one load after the other, until `is_over`. How many calls the hooks
// told of.
std::size_t bother(const OwnData& data, const Serving& service, const Place& place,
                   std::vector<Call>& calls, const std::string& when,
                   const std::function<bool()>& is_over) {
    WatchedRows rows(place.look());
    std::vector<double> answers, loads;
    std::atomic<bool> over{false};
    const std::string path = data.hook_path("calls");
    std::jthread hooks([&] {
        test::RawClient client(service.port());
        while (!over && !calls.empty()) {
            const Call call = std::move(calls.back());
            calls.pop_back();
            int status = 0;
            answers.push_back(seconds([&] {
                client.send(
                    fmt::format("POST {} HTTP/1.1\r\nHost: x\r\nContent-Type: "
                                "application/json\r\nContent-Length: {}\r\n\r\n{}",
                                path, call.hook.size(), call.hook));
                status = client.read().status;
            }));
            if (status == 200) rows.expect({1, call.id}, SteadyClock::now());
            std::this_thread::sleep_for(100ms);
        }
    });
    std::jthread loading([&] {
        while (!over) {
            loads.push_back(seconds([&] { data.run({"load", "calls", "--wait"}); }));
            std::this_thread::sleep_for(500ms);
        }
    });
    while (!is_over()) std::this_thread::sleep_for(50ms);
    over = true;
    hooks.join();
    loading.join();
    line(fmt::format("{}, {}: hook answered: p50 p95 max", place.name, when), answers);
    const auto to_row = rows.finish(60s);
    line(fmt::format("{}, {}: hook to row", place.name, when), to_row);
    line(fmt::format("{}, {}: load, from command to end", place.name, when), loads);
    return to_row.size();
}

void measure_on(const OwnData& data, const Place& place) {
    const Sim sim({"--contacts", "1", "--callkeeper-port", "0", "--calls-from", day_before(kDays),
                   "--call-days", std::to_string(kDays + 1), "--calls-per-day", "60"});
    std::vector<std::string> further;
    if (!place.url.empty()) {
        data.run({"destination", "add", "office", "--url", place.url});
        further = {"--destination", "office"};
    }
    data.add_callkeeper("calls", sim, further);
    auto calls = unread_calls(sim);
    {
        const Serving service(data);  // which begins with a load
        const auto look = [&] {
            try {
                return place.ask("SELECT count(*) FROM callkeeper_calls_facts");
            } catch (const std::exception&) {
                return std::string("0");  // no table yet
            }
        };
        while (look() == "0") std::this_thread::sleep_for(50ms);
    }
    data.run({"job", "edit", "calls/load", "--schedule", "manual"});
    const double filling = seconds([&] {
        place.fill({place.many.calls(place.columns("callkeeper_calls")),
                    place.many.facts(place.columns("callkeeper_calls_facts"))});
    });
    const auto count = [&](const std::string& from) {
        return std::stoull(place.ask("SELECT count(*) FROM callkeeper_calls" + from));
    };
    const std::string is_old = " WHERE call_date < '2023-01-01'";
    const std::string is_kept = " WHERE call_date >= '2023-01-01'";
    const auto old = count(is_old);
    const auto kept = count(is_kept);
    fmt::print("{}: {} old calls and their facts made in {:.0f} s\n", place.name, old, filling);
    const Serving service(data);
    const auto quiet = SteadyClock::now() + 15s;
    auto came =
        bother(data, service, place, calls, "quiet", [&] { return SteadyClock::now() > quiet; });
    const auto begin = SteadyClock::now();
    double took = 0;
    std::atomic<bool> is_over{false};
    std::jthread pruning([&] {
        data.run({"prune", "calls", "--keep-days", "100", "--wait"});
        took = std::chrono::duration<double>(SteadyClock::now() - begin).count();
        is_over = true;
    });
    came += bother(data, service, place, calls, "pruning", [&] { return is_over.load(); });
    pruning.join();
    fmt::print(
        "{}: {} calls and their facts deleted in {:.0f} s, {:.0f} calls a second; {:.0f} MB "
        "at most, {:.0f} s of CPU\n",
        place.name, old, took, static_cast<double>(old) / took, service.peak_mb(),
        service.cpu_seconds());
    if (!service.errors().empty()) fmt::print("{}\n", service.errors().substr(0, 2'000));
    const auto expect = [&](const std::string& what, bool is_so) {
        if (!is_so) throw std::runtime_error(place.name + ": " + what);
    };
    const auto facts = std::stoull(place.ask("SELECT count(*) FROM callkeeper_calls_facts"));
    const auto with_facts = count(" c JOIN callkeeper_calls_facts f ON f.id = c.id");
    expect("old calls are left", count(is_old) == 0);
    // The loads find one now and then that has just taken place.
    expect("calls are lost", count(is_kept) >= kept + came);
    expect("calls have no facts", with_facts == count(is_kept));
    expect("facts have no call", with_facts == facts);
    fmt::print("{}: {} kept calls and {} of webhooks are there, with their facts\n", place.name,
               kept, came);
}

}  // namespace

int main(int count, char** words) try {
    const unsigned rows = count > 1 ? static_cast<unsigned>(std::stoul(words[1])) : 1'000'000;
    const std::string only = count > 2 ? words[2] : "";
    if (only != "postgres") {
        const OwnData data;
        const std::string file = data.sqlite_file();
        measure_on(data,
                   {"SQLite", "", [&](const std::string& sql) { return ask_sqlite(file, sql); },
                    [&](const auto& inserts) { fill_sqlite(file, inserts); },
                    [&](const std::string& table) {
                        return lines(ask_sqlite(
                            file, "SELECT group_concat(name, char(10)) FROM pragma_table_info('" +
                                      table + "')"));
                    },
                    test::ManyCalls::in_sqlite(rows), [&] { return look_into_sqlite(file); }});
    }
    if (only == "sqlite") return 0;
    test::PostgresServer server(test::PostgresServer::Durability::real);
    const std::string url = server.url(server.create_database());
    const OwnData data;
    measure_on(data,
               {"PostgreSQL", url, [&](const std::string& sql) { return ask_postgres(url, sql); },
                [&](const auto& inserts) { fill_postgres(url, inserts); },
                [&](const std::string& table) {
                    return lines(ask_postgres(url,
                                              "SELECT string_agg(column_name, chr(10)) FROM "
                                              "information_schema.columns WHERE table_name = '" +
                                                  table + "'"));
                },
                test::ManyCalls::in_postgres(rows), [&] { return look_into_postgres(url); }});
    return 0;
} catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
}
