// MariaDB: rows in memory into the database, as Ringtail does it and as a bare libmariadb program
// does it, in turns. The bare program's data is ready before its clock starts. Usage:
// bench_mysql_load [contacts] [rounds] [words of the lines that are wanted]
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <string_view>

#include "base/holder.hpp"
#include "base/time_text.hpp"
#include "destination/mysql/mysql.hpp"
#include "dialfire_rows.hpp"
#include "mysql_bare.hpp"
#include "support/mariadb_server.hpp"
#include "timing.hpp"

namespace {

using namespace ringtail;
using namespace ringtail::bench;
using test::MariadbServer;

constexpr std::size_t kContactsPerLoad = 5'400;  // 9.2 rows each: under 50,000 rows a load
constexpr const char* kStream = "bench";

class Bench {
  public:
    Bench(std::size_t contacts, int rounds, std::string wanted)
        : rounds_(rounds),
          wanted_(std::move(wanted)),
          tables_(dialfire_tables()),
          loads_(dialfire_loads(tables_, contacts, kContactsPerLoad)) {
        std::string changed = format_time(now_);
        changed.pop_back();  // the Z
        for (const auto& load : loads_) {
            auto& bare = bare_loads_.emplace_back();
            for (const Batch& batch : load) bare.push_back(bare_mysql_rows(batch, changed));
        }
    }

    void run() {
        const double rows = static_cast<double>(count_rows(loads_));
        fmt::print(
            "{} rows in {} loads, each with its checkpoint and commit; median of {} rounds\n\n",
            rows, loads_.size(), rounds_);
        fmt::print("{:<60}{:>12}{:>12}{:>8}{:>8}\n", "", "ours rows/s", "bare rows/s", "ratio",
                   "target");
        const auto load_data = [](BareMysql& bare, const std::vector<BareMysqlRows>& load) {
            bare.load_data(load, "a checkpoint");
        };
        const auto upsert = [](BareMysql& bare, const std::vector<BareMysqlRows>& load) {
            bare.upsert(load, "a checkpoint");
        };
        compare("new rows, tables in use; LOAD DATA LOCAL into them", "0.70", rows, open_, 1,
                Tables::used, load_data);
        compare("first load, empty tables; LOAD DATA LOCAL into them", "-", rows, open_, 1,
                Tables::empty, load_data);
        compare("infile forbidden, new rows; multi-row upserts", "0.90", rows, closed_, 1,
                Tables::used, upsert);
        compare("the same rows again, nothing changed; multi-row upserts", "-", rows, open_, 2,
                Tables::used, upsert);
        compare("the same without infile; multi-row upserts", "0.90", rows, closed_, 2,
                Tables::used, upsert);
    }

  private:
    enum class Tables {
        empty,
        used
    };  // used: a row in each, so that nobody takes a short cut for empty tables

    void compare(const char* what, const char* target, double rows, MariadbServer& server,
                 int times, Tables tables,
                 const std::function<void(BareMysql&, const std::vector<BareMysqlRows>&)>& bare) {
        if (std::string_view(what).find(wanted_) == std::string_view::npos) return;
        std::vector<double> our_times, bare_times, ratios;
        for (int round = 0; round < rounds_; ++round) {
            our_times.push_back(ours(server, times, tables));
            bare_times.push_back(theirs(server, times, tables, bare));
            ratios.push_back(bare_times.back() / our_times.back());
        }
        fmt::print("{:<60}{:>12.0f}{:>12.0f}{:>8.2f}{:>8}\n", what, rows / median(our_times),
                   rows / median(bare_times), median(ratios), target);
        std::fflush(stdout);
    }

    std::string fresh_database(MariadbServer& server, Tables tables) {
        const std::string database = server.create_database();
        make_mysql(server.url(database), {}, *log_)->prepare(tables_);
        for (const Table& table : tables_) {
            if (tables == Tables::empty) break;
            server.query(database, fmt::format("INSERT INTO `{}` (`{}`) VALUES ('0')", table.name,
                                               table.key[0]));
        }
        server.query(database, fmt::format("INSERT INTO ringtail_checkpoints (stream) VALUES "
                                           "('{}')",
                                           kStream));
        return database;
    }

    // Seconds of the last of `times` passes.
    double ours(MariadbServer& server, int times, Tables tables) {
        const std::string database = fresh_database(server, tables);
        auto destination = make_mysql(server.url(database), {}, *log_);
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
        server.query("mysql", "DROP DATABASE " + database);
        return last;
    }

    double theirs(MariadbServer& server, int times, Tables tables,
                  const std::function<void(BareMysql&, const std::vector<BareMysqlRows>&)>& work) {
        const std::string database = fresh_database(server, tables);
        BareMysql bare(server.socket(), database);
        double last = 0;
        for (int pass = 0; pass < times; ++pass) {
            last = seconds([&] {
                for (const auto& load : bare_loads_) work(bare, load);
            });
        }
        server.query("mysql", "DROP DATABASE " + database);
        return last;
    }

    const int rounds_;
    const std::string wanted_;
    const Instant now_ = SystemClock().now();
    const std::vector<Table> tables_;
    const std::vector<std::vector<Batch>> loads_;
    std::vector<std::vector<BareMysqlRows>> bare_loads_;
    const std::vector<std::string> settings_{"--innodb-buffer-pool-size=512M",
                                             "--innodb-log-file-size=512M"};
    MariadbServer open_{MariadbServer::Durability::real, settings_};
    MariadbServer closed_{MariadbServer::Durability::real,
                          {settings_[0], settings_[1], "--local-infile=OFF"}};
    std::unique_ptr<Logger> log_ = make_null_logger();
};

}  // namespace

int main(int count, char** words) {
    const std::size_t contacts = count > 1 ? std::stoul(words[1]) : 21'600;
    const int rounds = count > 2 ? std::stoi(words[2]) : 3;
    Bench(contacts, rounds, count > 3 ? words[3] : "").run();
}
