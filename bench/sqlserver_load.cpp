// SQL Server: rows in memory into the database, as Ringtail does it and as a bare ODBC program does
// the same (JSON texts into a stage, merged by two statements), in turns. The bare program's texts
// are ready before its clock starts. The server is that of RINGTAIL_TEST_SQLSERVER. Usage:
// bench_sqlserver_load [contacts] [rounds]
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>

#include "base/holder.hpp"
#include "base/time_text.hpp"
#include "destination/sqlserver/sqlserver.hpp"
#include "dialfire_rows.hpp"
#include "integration/sqlserver/scratch_database.hpp"
#include "sqlserver_bare.hpp"
#include "timing.hpp"

namespace {

using namespace ringtail;
using namespace ringtail::bench;
using test::ScratchDatabase;

constexpr std::size_t kContactsPerLoad = 2'100;  // 9.2 rows each: under 20,000 rows a load
constexpr const char* kStream = "bench";

class Bench {
  public:
    Bench(std::size_t contacts, int rounds)
        : rounds_(rounds),
          tables_(dialfire_tables()),
          loads_(dialfire_loads(tables_, contacts, kContactsPerLoad)) {
        for (const auto& load : loads_) {
            auto& bare = bare_loads_.emplace_back();
            for (const Batch& batch : load) bare.push_back(bare_rows(batch));
        }
    }

    void run() {
        const auto rows = static_cast<double>(count_rows(loads_));
        fmt::print(
            "{} rows in {} loads, each with its checkpoint and commit; median of {} rounds\n\n",
            rows, loads_.size(), rounds_);
        fmt::print("{:<52}{:>12}{:>12}{:>8}{:>8}\n", "", "ours rows/s", "bare rows/s", "ratio",
                   "target");
        compare("new rows; OPENJSON to a stage, UPDATE and INSERT", "0.80", rows, 1);
        compare("the same rows again, nothing changed", "-", rows, 2);
    }

  private:
    // The seconds of the last of `passes` count.
    void compare(const char* what, const char* target, double rows, int passes) {
        std::vector<double> our_times, bare_times, ratios;
        for (int round = 0; round < rounds_; ++round) {
            our_times.push_back(ours(passes));
            bare_times.push_back(bare(passes));
            ratios.push_back(bare_times.back() / our_times.back());
        }
        fmt::print("{:<52}{:>12.0f}{:>12.0f}{:>8.2f}{:>8}\n", what, rows / median(our_times),
                   rows / median(bare_times), median(ratios), target);
        std::fflush(stdout);
    }

    void fresh_tables() {
        database_.clean();
        auto destination = make_sqlserver(database_.url(), {}, *log_);
        destination->prepare(tables_);
        destination->streams().hold(kStream, this_holder());
    }

    double ours(int passes) {
        fresh_tables();
        auto destination = make_sqlserver(database_.url(), {}, *log_);
        const std::string holder = this_holder();
        destination->streams().hold(kStream, holder);
        double last = 0;
        for (int pass = 0; pass < passes; ++pass) {
            last = seconds([&] {
                for (const auto& load : loads_) {
                    const Checkpoint after{"a checkpoint"};
                    destination->load({load, {}, {}, kStream, holder, &after, now_}, {});
                }
            });
        }
        return last;
    }

    double bare(int passes) {
        fresh_tables();
        BareSqlServer bare(database_.url());
        double last = 0;
        for (int pass = 0; pass < passes; ++pass) {
            last = seconds([&] {
                for (const auto& load : bare_loads_) bare.merge(load, format_time(now_));
            });
        }
        return last;
    }

    const int rounds_;
    const Instant now_ = SystemClock().now();
    const std::vector<Table> tables_;
    const std::vector<std::vector<Batch>> loads_;
    std::vector<std::vector<BareJson>> bare_loads_;
    ScratchDatabase& database_ = ScratchDatabase::shared();
    std::unique_ptr<Logger> log_ = make_null_logger();
};

}  // namespace

int main(int count, char** words) {
    if (!ScratchDatabase::has_server()) {
        fmt::print("not run: RINGTAIL_TEST_SQLSERVER is not set (a sqlserver:// URL)\n");
        return 0;
    }
    const std::size_t contacts = count > 1 ? std::stoul(words[1]) : 8'400;
    const int rounds = count > 2 ? std::stoi(words[2]) : 5;
    Bench(contacts, rounds).run();
}
