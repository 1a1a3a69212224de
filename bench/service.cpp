// The real `ringtail serve`, a stand-in for CallKeeper's API and webhooks about its calls: how long
// a call takes from the hook's 200 to its row in the destination, and what the service takes while
// it has little to do. Usage: bench_service [seconds of each part] [sources] [idle: only the
// latter]
#include <fmt/format.h>

#include <atomic>
#include <chrono>
#include <fstream>
#include <functional>
#include <stdexcept>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "own_service.hpp"
#include "support/postgres_server.hpp"
#include "support/raw_http.hpp"
#include "unread_calls.hpp"
#include "watched_rows.hpp"

namespace {

using namespace ringtail;
using namespace ringtail::bench;
using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;

struct Target {
    std::int64_t account;
    std::string path;
};

// Sends hooks at a steady rate from four connections, each call once to one target after the other.
void send_hooks(std::uint16_t port, const std::vector<Target>& targets,
                const std::vector<Call>& calls, unsigned per_second, std::chrono::seconds time,
                WatchedRows& rows) {
    constexpr unsigned kThreads = 4;
    const auto begin = SteadyClock::now();
    const std::size_t all = per_second * static_cast<std::size_t>(time.count());
    if (all > calls.size() * targets.size()) throw std::runtime_error("too few calls to send");
    std::vector<std::jthread> threads;
    std::atomic<std::size_t> refused{0};
    for (unsigned t = 0; t < kThreads; ++t) {
        threads.emplace_back([&, t] {
            test::RawClient client(port);
            for (std::size_t i = t; i < all; i += kThreads) {
                std::this_thread::sleep_until(begin + i * 1'000'000us / per_second);
                const Target& target = targets[i % targets.size()];
                const Call& call = calls[i / targets.size()];
                client.send(
                    fmt::format("POST {} HTTP/1.1\r\nHost: x\r\nContent-Type: "
                                "application/json\r\nContent-Length: {}\r\n\r\n{}",
                                target.path, call.hook.size(), call.hook));
                if (client.read().status == 200) {
                    rows.expect({target.account, call.id}, SteadyClock::now());
                } else {
                    ++refused;
                }
            }
        });
    }
    threads.clear();
    if (refused > 0) throw std::runtime_error(fmt::format("{} hooks were refused", refused.load()));
}

void line(const std::string& what, const std::string& measured, const char* target) {
    fmt::print("{:<66}{:>22}  {}\n", what, measured, target);
    std::fflush(stdout);
}

std::string quantiles(const std::vector<double>& sorted) {
    const auto at = [&](double share) {
        return sorted[static_cast<std::size_t>(share * static_cast<double>(sorted.size() - 1))];
    };
    return fmt::format("{:.2f} {:.2f} {:.2f} s", at(0.5), at(0.95), at(1));
}

std::vector<std::string> sim_options(unsigned calls_per_day) {
    return {"--contacts",        "1",
            "--callkeeper-port", "0",
            "--calls-from",      day_before(kDays),
            "--call-days",       std::to_string(kDays + 1),
            "--calls-per-day",   std::to_string(calls_per_day)};
}

// After the first load; once there are tables, rows can be looked for.
void wait_for_load(const WatchedRows::Look& look) {
    for (int tries = 0; tries < 3'000; ++tries) {
        try {
            look({{1, 1}});
            return;
        } catch (const std::exception&) {
            std::this_thread::sleep_for(20ms);
        }
    }
    throw std::runtime_error("the first load did not come");
}

void hook_to_row(const char* what, const std::string& destination,
                 const std::function<WatchedRows::Look(const OwnData&)>& make_look,
                 std::chrono::seconds time) {
    const Sim sim(sim_options(40));
    const OwnData data;
    if (!destination.empty()) data.run({"destination", "add", "office", "--url", destination});
    std::vector<std::string> further;
    if (!destination.empty()) further = {"--destination", "office"};
    data.add_callkeeper("calls", sim, further);
    const auto calls = unread_calls(sim);
    const Serving service(data);
    while (destination.empty() && !std::ifstream(data.sqlite_file()))
        std::this_thread::sleep_for(20ms);
    const auto look = make_look(data);
    wait_for_load(look);
    WatchedRows rows(look);
    send_hooks(service.port(), {{1, data.hook_path("calls")}}, calls, 20, time, rows);
    line(fmt::format("hook to row in {}: p50 p95 max", what), quantiles(rows.finish(60s)),
         "p95 2 s");
}

// Every source is loaded each minute; whole minutes are measured.
void idle(std::chrono::seconds at_least, unsigned sources) {
    const std::chrono::seconds time = std::chrono::ceil<std::chrono::minutes>(at_least);
    const Sim sim(sim_options(40));
    const OwnData data;
    std::vector<Target> targets;
    for (unsigned i = 1; i <= sources; ++i) {
        const std::string name = fmt::format("s{}", i);
        data.add_callkeeper(name, sim);
        data.run({"job", "edit", name + "/load", "--schedule", "every 1m"});
        targets.push_back({i, data.hook_path(name)});
    }
    const auto calls = unread_calls(sim);
    const Serving service(data);
    const auto begin = SteadyClock::now();
    while (!std::ifstream(data.sqlite_file())) std::this_thread::sleep_for(20ms);
    const auto look = look_into_sqlite(data.sqlite_file());
    wait_for_load(look);
    std::this_thread::sleep_until(begin + 90s);  // the first loads of all of them
    std::size_t sent = 0;
    const auto part = [&](const std::string& what, const std::vector<Target>& to, unsigned rate) {
        WatchedRows rows(look);
        const std::vector<Call> now(calls.begin() + static_cast<std::ptrdiff_t>(sent), calls.end());
        const double before = service.cpu_seconds();
        const auto start = SteadyClock::now();
        if (rate > 0) {
            send_hooks(service.port(), to, now, rate, time, rows);
            sent += rate * static_cast<std::size_t>(time.count()) / to.size() + 1;
        } else {
            std::this_thread::sleep_for(time);
        }
        const double took = std::chrono::duration<double>(SteadyClock::now() - start).count();
        const double share = 100 * (service.cpu_seconds() - before) / took;
        line(fmt::format("{}, {}: CPU of one core", sources, what), fmt::format("{:.1f} %", share),
             "10 %");
        line("  memory now, at most",
             fmt::format("{:.0f} {:.0f} MB", service.resident_mb(), service.peak_mb()), "120 MB");
        if (rate > 0) line("  hook to row: p50 p95 max", quantiles(rows.finish(60s)), "p95 2 s");
    };
    part("no hooks", {}, 0);
    part("50 hooks/s to 10 of them", {targets.begin(), targets.begin() + 10}, 50);
    part("50 hooks/s to all", targets, 50);
    if (!service.errors().empty()) fmt::print("{}\n", service.errors().substr(0, 2'000));
}

}  // namespace

int main(int count, char** words) try {
    const auto number = [&](int place, int otherwise) {
        return count > place ? std::stoi(words[place]) : otherwise;
    };
    const std::chrono::seconds time(number(1, 60));
    const auto sources = static_cast<unsigned>(number(2, 200));
    fmt::print("{:<66}{:>22}  {}\n", "", "measured", "target");
    if (count > 3 && std::string_view(words[3]) == "idle") {
        idle(time, sources);
        return 0;
    }
    test::PostgresServer server(test::PostgresServer::Durability::real);
    hook_to_row(
        "SQLite", "", [](const OwnData& data) { return look_into_sqlite(data.sqlite_file()); },
        time);
    const std::string url = server.url(server.create_database());
    hook_to_row(
        "PostgreSQL", url, [&](const OwnData&) { return look_into_postgres(url); }, time);
    idle(time, sources);
    return 0;
} catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
}
