// A history of CallKeeper calls through the real program: the stand-in API over HTTP into the star
// schema of a real PostgreSQL, everything on this machine; beside it a bare program's COPY of the
// very rows into the same tables with the same keys. Usage: bench_callkeeper_load [calls a day]
// [days]
#include <fmt/format.h>

#include <chrono>
#include <stdexcept>

#include "destination/postgres/postgres.hpp"
#include "own_service.hpp"
#include "postgres_bare.hpp"
#include "source/callkeeper/options.hpp"
#include "source/callkeeper/tables.hpp"
#include "support/postgres_server.hpp"

namespace {

using namespace ringtail;
using namespace ringtail::bench;

class Bench {
  public:
    Bench(unsigned calls_per_day, unsigned days)
        : sim_({"--contacts", "1", "--callkeeper-port", "0", "--calls-from", "2024-01-01",
                "--calls-per-day", std::to_string(calls_per_day), "--call-days",
                std::to_string(days)}),
          last_day_(fmt::format("2024-01-{:02}", days)),
          database_(server_.create_database()) {
        data_.run({"destination", "add", "office", "--url", server_.url(database_)});
        data_.add_callkeeper("calls", sim_, {"--destination", "office"});
    }

    void run() {
        fmt::print("{:<58}{:>9}{:>11}{:>9}{:>8}  {}\n", "", "seconds", "calls/s", "peak MB",
                   "ratio", "target");
        const Measured first = load();
        const double calls = std::stod(server_.value(
            database_, "SELECT count(*) FROM callkeeper_calls WHERE call_id IS NOT NULL"));
        const double rate = calls / first.wall_s;
        const double bare = calls / copy_seconds();
        line(fmt::format("{:.0f} calls over HTTP into the star, new tables", calls), first, rate,
             rate / bare, "20,000/s, 0.50");
        fmt::print("  (bare COPY of the {} rows: {:.0f} calls/s; the program's CPU: {:.1f} s)\n",
                   rows_, bare, first.cpu_s);
        const Measured again = load();
        line("the same days again, nothing changed", again, calls / again.wall_s, 0, "");
        fmt::print("  (the program's CPU: {:.1f} s)\n", again.cpu_s);
    }

  private:
    static void line(const std::string& what, const Measured& m, double rate, double ratio,
                     const char* target) {
        fmt::print("{:<58}{:>9.1f}{:>11.0f}{:>9.0f}{:>8}  {}\n", what, m.wall_s, rate, m.peak_mb,
                   ratio > 0 ? fmt::format("{:.2f}", ratio) : "", target);
        std::fflush(stdout);
    }

    Measured load() {
        return data_.run({"load", "calls", "--from", "2024-01-01", "--to", last_day_});
    }

    // The rows that were loaded, into tables as the program makes them, parents first.
    double copy_seconds() {
        const auto tables = callkeeper::make_tables({});
        std::vector<BareRows> all;
        all.reserve(tables.size());
        for (const Table& table : tables)
            all.push_back(stored_rows(server_.url(database_), table.name));
        const std::string database = server_.create_database();
        const auto log = make_null_logger();
        make_postgres(server_.url(database), {}, *log)->prepare(tables);
        BarePostgres bare(server_.url(database));
        const auto start = std::chrono::steady_clock::now();
        bare.copy(all);
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        for (const Table& table : tables) {
            rows_ += std::stoul(
                server_.value(database, fmt::format("SELECT count(*) FROM {}", table.name)));
        }
        return took.count();
    }

    test::PostgresServer server_{test::PostgresServer::Durability::real};
    OwnData data_;
    Sim sim_;
    std::string last_day_, database_;
    std::size_t rows_ = 0;
};

}  // namespace

int main(int count, char** words) try {
    const auto number = [&](int place, unsigned otherwise) {
        return count > place ? static_cast<unsigned>(std::stoul(words[place])) : otherwise;
    };
    Bench(number(1, 65'000), number(2, 5)).run();
    return 0;
} catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    return 1;
}
