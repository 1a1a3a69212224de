// The real `ringtail serve` deletes a million old calls while webhooks and loads of the same source
// come in: how long each of them waits. Usage: bench_prune [old calls]
#include <fmt/format.h>
#include <libpq-fe.h>
#include <sqlite3.h>

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

// Hooks ten times a second and one load after the other, until `is_over`.
void bother(const OwnData& data, const Serving& service, const Place& place,
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
    line(fmt::format("{}, {}: hook to row", place.name, when), rows.finish(60s));
    line(fmt::format("{}, {}: load, from command to end", place.name, when), loads);
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
    place.ask(place.many.calls(place.columns("callkeeper_calls")));
    place.ask(place.many.facts(place.columns("callkeeper_calls_facts")));
    const auto old = [&] {
        return place.ask("SELECT count(*) FROM callkeeper_calls WHERE call_date < '2023-01-01'");
    };
    const std::string before = old();
    const Serving service(data);
    const auto quiet = SteadyClock::now() + 15s;
    bother(data, service, place, calls, "quiet", [&] { return SteadyClock::now() > quiet; });
    const auto begin = SteadyClock::now();
    std::atomic<bool> is_over{false};
    std::jthread pruning([&] {
        data.run({"prune", "calls", "--keep-days", "100", "--wait"});
        is_over = true;
    });
    bother(data, service, place, calls, "pruning", [&] { return is_over.load(); });
    const double took = std::chrono::duration<double>(SteadyClock::now() - begin).count();
    fmt::print("{}: {} calls and their facts deleted in {:.0f} s; {} are left\n", place.name,
               before, took, old());
    if (!service.errors().empty()) fmt::print("{}\n", service.errors().substr(0, 2'000));
}

}  // namespace

int main(int count, char** words) try {
    const unsigned rows = count > 1 ? static_cast<unsigned>(std::stoul(words[1])) : 1'000'000;
    {
        const OwnData data;
        const std::string file = data.sqlite_file();
        measure_on(data,
                   {"SQLite", "", [&](const std::string& sql) { return ask_sqlite(file, sql); },
                    [&](const std::string& table) {
                        return lines(ask_sqlite(
                            file, "SELECT group_concat(name, char(10)) FROM pragma_table_info('" +
                                      table + "')"));
                    },
                    test::ManyCalls::in_sqlite(rows), [&] { return look_into_sqlite(file); }});
    }
    test::PostgresServer server(test::PostgresServer::Durability::real);
    const std::string url = server.url(server.create_database());
    const OwnData data;
    measure_on(data,
               {"PostgreSQL", url, [&](const std::string& sql) { return ask_postgres(url, sql); },
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
