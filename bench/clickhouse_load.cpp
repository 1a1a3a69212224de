// ClickHouse: rows in memory into the database, as Ringtail does it and as clickhouse-client does,
// in turns. The client's rows stand in files, written before its clock starts, one insert per table
// and load. Neither waits between inserts; with the usual pause of a second, a load of 100,000 rows
// that takes less is the limit. Usage: bench_clickhouse_load [contacts] [rounds]
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <functional>

#include "base/holder.hpp"
#include "destination/clickhouse/clickhouse.hpp"
#include "destination/clickhouse/plan.hpp"
#include "destination/clickhouse/rows.hpp"
#include "dialfire_rows.hpp"
#include "support/clickhouse_server.hpp"
#include "timing.hpp"

namespace {

using namespace ringtail;
using namespace ringtail::bench;

constexpr std::size_t kContactsPerLoad = 10'800;  // 9.2 rows each: about 100,000 rows a load
constexpr const char* kStream = "bench";

class Bench {
  public:
    Bench(std::size_t contacts, int rounds)
        : rounds_(rounds),
          tables_(dialfire_tables()),
          loads_(dialfire_loads(tables_, contacts, kContactsPerLoad)) {
        write_files();
    }

    void run() {
        const double rows = static_cast<double>(count_rows(loads_));
        fmt::print("{} rows in {} loads; median of {} rounds\n\n", rows, loads_.size(), rounds_);
        fmt::print("{:<40}{:>14}{:>18}{:>8}{:>8}\n", "", "ours rows/s", "client rows/s", "ratio",
                   "target");
        std::vector<double> our_times, again_times, client_times, ratios;
        for (int round = 0; round < rounds_; ++round) {
            const std::string database = fresh_database();
            our_times.push_back(ours(database));
            again_times.push_back(ours(database));
            drop(database);
            const std::string other = fresh_database();
            client_times.push_back(client(other));
            drop(other);
            ratios.push_back(client_times.back() / our_times.back());
        }
        fmt::print("{:<40}{:>14.0f}{:>18.0f}{:>8.2f}{:>8}\n", "new rows, looked up and inserted",
                   rows / median(our_times), rows / median(client_times), median(ratios), "0.80");
        fmt::print("{:<40}{:>14.0f}\n", "the same rows again, nothing written",
                   rows / median(again_times));
    }

  private:
    // The very lines that Ringtail sends.
    void write_files() {
        const std::string database = fresh_database();
        clickhouse::Server server(clickhouse::read_url(server_.url(database)), *log_);
        for (std::size_t load = 0; load < loads_.size(); ++load) {
            for (const Batch& batch : loads_[load]) {
                const auto plan = clickhouse::make_plan(server, batch.table());
                clickhouse::LostKeys lost;
                std::vector<Reject> rejects;
                const clickhouse::FittedRows fitted(plan, batch, server.features(), lost, rejects,
                                                    {});
                std::string columns;
                for (const std::string& column : plan.columns())
                    columns += (columns.empty() ? "" : ", ") + server_.quoted(column);
                const std::string file =
                    fmt::format("{}/{}_{}", folder_.path(), batch.table().name, load);
                std::ofstream out(file);
                for (const auto& row : fitted.rows()) {
                    out << fitted.fields(row) << "2024-03-05 10:03:27.481000\t1\t" << row.hash
                        << '\t' << row.month << "\t0\n";
                }
                inserts_.push_back(
                    {file, fmt::format("INSERT INTO {} ({}) FORMAT TabSeparated",
                                       server_.quoted(batch.table().name), columns)});
            }
        }
        drop(database);
    }

    std::string fresh_database() {
        const std::string database = server_.create_database();
        make_clickhouse(server_.url(database), {}, clock_, *log_)->prepare(tables_);
        return database;
    }
    void drop(const std::string& database) {
        server_.query("default", "DROP DATABASE " + database);
    }

    double ours(const std::string& database) {
        auto destination = make_clickhouse(server_.url(database), {}, clock_, *log_);
        const std::string holder = this_holder();
        destination->streams().hold(kStream, holder);
        return seconds([&] {
            for (const auto& load : loads_) {
                const Checkpoint after{"a checkpoint"};
                destination->load({load, {}, {}, kStream, holder, &after, clock_.now()}, {});
            }
        });
    }

    double client(const std::string& database) {
        return seconds([&] {
            for (const auto& [file, insert] : inserts_) {
                const auto done = test::run(
                    {"/bin/sh", "-c",
                     fmt::format(
                         "exec clickhouse-client --host 127.0.0.1 --port {} --user ringtail "
                         "--password '{}' --database {} --query \"$INSERT\" < {}",
                         server_.tcp_port(), server_.password(), database, file)},
                    {{"INSERT", insert}});
                if (done.code != 0) throw std::runtime_error(done.err);
            }
        });
    }

    struct FileInsert {
        std::string file, statement;
    };
    const int rounds_;
    const std::vector<Table> tables_;
    const std::vector<std::vector<Batch>> loads_;
    test::ClickHouseServer server_;
    test::TemporaryFolder folder_;
    std::vector<FileInsert> inserts_;
    SystemClock clock_;
    std::unique_ptr<Logger> log_ = make_null_logger();
};

}  // namespace

int main(int count, char** words) {
    const std::size_t contacts = count > 1 ? std::stoul(words[1]) : 54'000;
    const int rounds = count > 2 ? std::stoi(words[2]) : 3;
    Bench(contacts, rounds).run();
}
