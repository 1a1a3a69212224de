// The real program between the stand-in service and a real PostgreSQL, everything on this machine.
// Usage: bench_end_to_end [contacts] [contacts of the million rows]
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>

#include "base/time_text.hpp"
#include "child.hpp"
#include "destination/postgres/postgres.hpp"
#include "dialfire_rows.hpp"
#include "postgres_bare.hpp"
#include "support/postgres_server.hpp"

namespace {

using namespace ringtail;
using namespace ringtail::bench;

struct Loaded {
    Measured measured;
    double rows = 0;
};

class Bench {
  public:
    Bench() { std::ofstream(folder_.path() + "/token") << "bench\n"; }

    void header() {
        fmt::print("{:<58}{:>12}{:>12}{:>10}{:>8}{:>10}\n", "", "seconds", "rows/s", "peak MB",
                   "ratio", "target");
    }

    // A first load into empty tables; the ceiling is what the bare program's COPY, merge and
    // commits reach with rows like these.
    void first_load(unsigned contacts) {
        const double bare = bare_rows_per_second();
        const Sim sim({"--contacts", std::to_string(contacts), "--gzip", "off"});
        const Loaded loaded = load(sim, server_.create_database());
        const double rate = loaded.rows / loaded.measured.wall_s;
        line(fmt::format("{} contacts over HTTP into PostgreSQL", contacts), loaded.measured, rate,
             rate / bare, "45,000/s, 0.50");
        fmt::print("  (the bare program, rows in memory: {:.0f} rows/s)\n", bare);
    }

    void latency() {
        constexpr unsigned kContacts = 60'000;
        constexpr double kPossible = 16 * 20 / 0.1;  // contacts a second at 100 ms and 16 in flight
        const Sim sim(
            {"--contacts", std::to_string(kContacts), "--latency-ms", "100", "--gzip", "off"});
        const Loaded loaded = load(sim, server_.create_database());
        line("100 ms a request, 16 in flight; of 3,200 contacts/s", loaded.measured,
             loaded.rows / loaded.measured.wall_s, kContacts / loaded.measured.wall_s / kPossible,
             "0.90");
    }

    void large(unsigned contacts) {
        const Sim sim({"--contacts", std::to_string(contacts), "--rows-per-contact", "2", "--odd",
                       "0", "--gone", "0", "--gzip", "off"});
        const std::string database = server_.create_database();
        const Loaded first = load(sim, database);
        line(fmt::format("{} contacts, first load: memory", contacts), first.measured,
             first.rows / first.measured.wall_s, 0, "100 MB");
        const Loaded again = load(sim, database, {"--full"});
        line(fmt::format("{} contacts, nothing changed", contacts), again.measured, 0, 0, "15 s");
    }

  private:
    static void line(const std::string& what, const Measured& m, double rate, double ratio,
                     const char* target) {
        fmt::print("{:<58}{:>12.1f}{:>12.0f}{:>10.0f}{:>8.2f}  {}\n", what, m.wall_s, rate,
                   m.peak_mb, ratio, target);
        std::fflush(stdout);
    }

    Loaded load(const Sim& sim, const std::string& database,
                const std::vector<std::string>& further = {}) {
        std::vector<std::string> words{sibling("ringtail"),
                                       "sync",
                                       "--from",
                                       "dialfire://ZX5CAMP9W2K7RTLB",
                                       "--to",
                                       server_.url(database),
                                       "--api",
                                       sim.url(),
                                       "--token-file",
                                       folder_.path() + "/token",
                                       "--once"};
        words.insert(words.end(), further.begin(), further.end());
        Loaded loaded;
        loaded.measured = measure(words);
        if (loaded.measured.code != 0 && loaded.measured.code != 3) {
            throw std::runtime_error("ringtail ended with " + std::to_string(loaded.measured.code));
        }
        for (const char* table :
             {"contacts", "transactions", "connections", "recordings", "inbound_calls"}) {
            loaded.rows += std::stod(
                server_.value(database, fmt::format("SELECT count(*) FROM df_{}", table)));
        }
        return loaded;
    }

    double bare_rows_per_second() {
        const auto tables = dialfire_tables();
        const auto loads = dialfire_loads(tables, 21'600, 5'400);
        std::vector<std::vector<BareRows>> bare_loads;
        for (const auto& load : loads) {
            auto& bare = bare_loads.emplace_back();
            for (const Batch& batch : load)
                bare.push_back(bare_rows(batch, format_time(SystemClock().now())));
        }
        const std::string database = server_.create_database();
        const auto log = make_null_logger();
        make_postgres(server_.url(database), {}, *log)->prepare(tables);
        server_.query(database, "INSERT INTO ringtail_checkpoints (stream) VALUES ('bench')");
        BarePostgres bare(server_.url(database));
        const auto start = std::chrono::steady_clock::now();
        for (const auto& load : bare_loads) bare.merge(load, "a checkpoint");
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        return static_cast<double>(count_rows(loads)) / took.count();
    }

    test::PostgresServer server_{test::PostgresServer::Durability::real};
    test::TemporaryFolder folder_;
};

}  // namespace

int main(int count, char** words) {
    const auto number = [&](int place, unsigned otherwise) {
        return count > place ? static_cast<unsigned>(std::stoul(words[place])) : otherwise;
    };
    Bench bench;
    bench.header();
    bench.first_load(number(1, 100'000));
    bench.latency();
    bench.large(number(2, 1'000'000));
}
