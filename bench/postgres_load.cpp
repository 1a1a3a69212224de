// PostgreSQL: rows in memory into the database, as Ringtail does it and as a bare libpq program
// does it, in turns. The bare program's COPY text is ready before its clock starts. Usage:
// bench_postgres_load [contacts] [rounds]
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>

#include "base/holder.hpp"
#include "base/time_text.hpp"
#include "destination/postgres/postgres.hpp"
#include "dialfire_rows.hpp"
#include "postgres_bare.hpp"
#include "support/postgres_server.hpp"
#include "timing.hpp"

namespace {

using namespace ringtail;
using namespace ringtail::bench;

constexpr std::size_t kContactsPerLoad = 5'400;  // 9.2 rows each: under 50,000 rows a load
constexpr const char* kStream = "bench";

class Bench {
  public:
    Bench(std::size_t contacts, int rounds)
        : rounds_(rounds),
          tables_(dialfire_tables()),
          loads_(dialfire_loads(tables_, contacts, kContactsPerLoad)) {
        const std::string changed = format_time(now_);
        for (const auto& load : loads_) {
            auto& bare = bare_loads_.emplace_back();
            for (const Batch& batch : load) bare.push_back(bare_rows(batch, changed));
            if (bare_whole_.empty()) bare_whole_.resize(bare.size());
            for (std::size_t i = 0; i < bare.size(); ++i) {
                const std::string text = std::move(bare_whole_[i].text) + bare[i].text;
                bare_whole_[i] = bare[i];
                bare_whole_[i].text = text;
            }
        }
    }

    void run() {
        const double rows = static_cast<double>(count_rows(loads_));
        fmt::print(
            "{} rows in {} loads, each with its checkpoint and commit; median of {} rounds\n\n",
            rows, loads_.size(), rounds_);
        fmt::print("{:<52}{:>12}{:>12}{:>8}{:>8}\n", "", "ours rows/s", "bare rows/s", "ratio",
                   "target");
        compare(
            "new rows; COPY to a stage, INSERT ... ON CONFLICT", "0.90", rows,
            [&](const std::string& database) { return ours(database, 1, Tables::used); },
            [&](const std::string& database) { return bare_merge(database, 1); });
        compare(
            "first load, empty tables; plain COPY, one commit", "0.60", rows,
            [&](const std::string& database) { return ours(database, 1, Tables::empty); },
            [&](const std::string& database) { return bare_copy(database); });
        compare(
            "the same rows again, nothing changed; as the first", "-", rows,
            [&](const std::string& database) { return ours(database, 2, Tables::used); },
            [&](const std::string& database) { return bare_merge(database, 2); });
    }

  private:
    enum class Tables {
        empty,
        used
    };  // used: a row in each, so that nobody takes a short cut for empty tables

    void compare(const char* what, const char* target, double rows,
                 const std::function<double(const std::string&)>& ours,
                 const std::function<double(const std::string&)>& bare) {
        std::vector<double> our_times, bare_times, ratios;
        for (int round = 0; round < rounds_; ++round) {
            our_times.push_back(ours(fresh_database()));
            drop_database();
            bare_times.push_back(bare(fresh_database()));
            drop_database();
            ratios.push_back(bare_times.back() / our_times.back());
        }
        fmt::print("{:<52}{:>12.0f}{:>12.0f}{:>8.2f}{:>8}\n", what, rows / median(our_times),
                   rows / median(bare_times), median(ratios), target);
        std::fflush(stdout);
    }

    std::string fresh_database() {
        database_ = server_.create_database();
        make_postgres(server_.url(database_), {}, *log_)->prepare(tables_);
        server_.query("postgres", "CHECKPOINT");
        return database_;
    }
    void drop_database() {
        server_.query("postgres", "DROP DATABASE " + database_ + " WITH (FORCE)");
    }

    // Seconds of the last of `times` passes.
    double ours(const std::string& database, int times, Tables tables) {
        if (tables == Tables::used) make_used(database);
        auto destination = make_postgres(server_.url(database), {}, *log_);
        const std::string holder = this_holder();
        destination->streams().hold(kStream, holder);
        double last = 0;
        for (int pass = 0; pass < times; ++pass) {
            last = seconds([&] {
                for (const auto& load : loads_) {
                    const Checkpoint after{"a checkpoint"};
                    destination->load({load, {}, {}, kStream, holder, &after, now_}, {});
                }
            });
        }
        return last;
    }

    double bare_merge(const std::string& database, int times) {
        make_used(database);
        BarePostgres bare(server_.url(database));
        double last = 0;
        for (int pass = 0; pass < times; ++pass) {
            last = seconds([&] {
                for (const auto& load : bare_loads_) bare.merge(load, "a checkpoint");
            });
        }
        return last;
    }

    double bare_copy(const std::string& database) {
        BarePostgres bare(server_.url(database));
        return seconds([&] {
            bare.run("BEGIN");
            bare.copy(bare_whole_);
            bare.run("COMMIT");
        });
    }

    void make_used(const std::string& database) {
        for (const Table& table : tables_) {
            server_.query(database, fmt::format(R"(INSERT INTO "{}" ("{}") VALUES ('0'))",
                                                table.name, table.key[0]));
        }
        server_.query(
            database,
            fmt::format("INSERT INTO ringtail_checkpoints (stream) VALUES ('{}')", kStream));
    }

    const int rounds_;
    const Instant now_ = SystemClock().now();
    const std::vector<Table> tables_;
    const std::vector<std::vector<Batch>> loads_;
    std::vector<std::vector<BareRows>> bare_loads_;
    std::vector<BareRows> bare_whole_;
    test::PostgresServer server_{test::PostgresServer::Durability::real};
    std::unique_ptr<Logger> log_ = make_null_logger();
    std::string database_;
};

}  // namespace

int main(int count, char** words) {
    const std::size_t contacts = count > 1 ? std::stoul(words[1]) : 21'600;
    const int rounds = count > 2 ? std::stoi(words[2]) : 5;
    Bench(contacts, rounds).run();
}
