// SQLite: rows in memory into the file, as Ringtail does it and as a bare program does it, in
// turns. Prints rows per second and the ratio; the target is 0.85. Usage: bench_sqlite_load
// [contacts] [rounds]
#include <fmt/format.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <random>

#include "base/holder.hpp"
#include "base/time_text.hpp"
#include "destination/sqlite/sqlite.hpp"
#include "source/dialfire/decode.hpp"
#include "sqlite_bare.hpp"
#include "timing.hpp"

namespace {

using namespace ringtail;
using namespace ringtail::bench;
namespace fs = std::filesystem;

constexpr std::size_t kContactsPerLoad =
    3'333;  // with three transactions, a call and a recording each: 20,000 rows

std::vector<Table> tables() {
    std::vector<dialfire::Field> fields;
    for (int i = 0; i < 40; ++i)
        fields.push_back({fmt::format("Feld_{}", i), i % 10 == 0 ? "number" : "text"});
    auto all = dialfire::make_tables(fields, {});
    all.pop_back();  // inbound calls
    for (Table& table : all) {
        std::erase_if(table.columns, [](const Column& column) { return column.only_if_present; });
    }
    return all;
}

class Rows {
  public:
    explicit Rows(const std::vector<Table>& tables) : tables_(tables) {}

    // `version` shows in one column of each row.
    std::vector<std::vector<Batch>> make(std::size_t contacts, int version) {
        random_.seed(4711);
        std::vector<std::vector<Batch>> loads;
        for (std::size_t i = 0; i < contacts; ++i) {
            if (i % kContactsPerLoad == 0) {
                auto& load = loads.emplace_back();
                for (const Table& table : tables_) load.emplace_back(table);
            }
            auto& load = loads.back();
            const std::string contact = id();
            add(load[0], contact, "", version);
            std::string parent;
            for (int n = 0; n < 3; ++n) {
                parent = id();
                add(load[1], parent, contact, version);
            }
            const std::string call = id();
            add(load[2], call, parent, version);
            add(load[3], id(), call, version);
        }
        return loads;
    }

  private:
    std::string id() { return fmt::format("{:016x}{:016x}", random_(), random_()); }

    void add(Batch& batch, const std::string& key, const std::string& parent, int version) {
        const Table& table = batch.table();
        batch.add_null_row();
        bool versioned = false;
        for (std::size_t i = 0; i < batch.width(); ++i) {
            const Column& column = table.columns[batch.cell_columns()[i]];
            const bool refers = std::any_of(
                table.references.begin(), table.references.end(),
                [&](const Reference& r) { return r.enforced && r.column == column.name; });
            if (column.name == table.key.front()) {
                batch.set(i, {Cell::Kind::text, key});
            } else if (refers) {
                batch.set(i, {Cell::Kind::text, parent});
            } else if (column.type == Type::text && !versioned) {
                batch.set(i, {Cell::Kind::text, fmt::format("version {}", version)});
                versioned = true;
            } else if (column.name != table.rest && random_() % 3 != 0) {  // a third is NULL
                value(batch, i, column.type);
            }
        }
        batch.end_row();
    }

    void value(Batch& batch, std::size_t cell, Type type) {
        switch (type) {
            case Type::boolean:
                batch.set(cell, {Cell::Kind::boolean, random_() % 2 == 0 ? "true" : "false"});
                break;
            case Type::int64:
                batch.set(cell, {Cell::Kind::number, std::to_string(random_() % 100'000)});
                break;
            case Type::decimal:
                batch.set(cell, {Cell::Kind::number, random_() % 4 != 0
                                                         ? std::to_string(random_() % 1'000)
                                                         : fmt::format("{}.5", random_() % 1'000)});
                break;
            case Type::timestamp:
                batch.set(cell, {Cell::Kind::text, "2024-03-05T10:03:27.481Z"});
                break;
            case Type::json:
                batch.set(cell, {Cell::Kind::json, R"({"a":[1,2]})"});
                break;
            case Type::text:
                batch.set(cell, {Cell::Kind::text,
                                 fmt::format("Musterwert Grün & Söhne {}", random_() % 1'000)});
                break;
        }
    }

    const std::vector<Table>& tables_;
    std::mt19937_64 random_;
};

struct Time {
    double wall_s = 0, cpu_s = 0;
};

double cpu_seconds() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& t) {
        return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

template <typename Action>
Time timed(Action action) {
    const double cpu = cpu_seconds();
    const auto start = std::chrono::steady_clock::now();
    action();
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - start;
    return {wall.count(), cpu_seconds() - cpu};
}

class Bench {
  public:
    Bench(std::size_t contacts, const std::string& folder)
        : contacts_(contacts), folder_(folder), tables_(tables()), log_(make_null_logger()) {
        Rows rows(tables_);
        for (int version = 1; version <= 2; ++version) {
            auto& loads = versions_.emplace_back(rows.make(contacts, version));
            auto& bare = bare_.emplace_back();
            for (const auto& load : loads) {
                auto& one = bare.emplace_back();
                for (const Batch& batch : load) one.push_back(bare_rows(batch));
            }
        }
    }

    void round() {
        const std::string ours = fresh("ours.db");
        const std::string bare = fresh("bare.db");
        phase("new rows", 0, ours, bare);
        phase("existing rows, unchanged", 0, ours, bare);
        phase("existing rows, all changed", 1, ours, bare);
    }

    void print() const {
        fmt::print("{} contacts, {} rows, {} loads; median of {} rounds, ours and bare in turns\n",
                   contacts_, contacts_ * 6, versions_[0].size(),
                   times_.begin()->second.first.size());
        fmt::print("{:<28}{:>14}{:>14}{:>8}{:>11}\n", "", "ours rows/s", "bare rows/s", "ratio",
                   "cpu ratio");
        for (const std::string& name : order_) {
            const auto& [ours, bare] = times_.at(name);
            const auto rows = static_cast<double>(contacts_ * 6);
            fmt::print("{:<28}{:>14.0f}{:>14.0f}{:>8.2f}{:>11.2f}\n", name,
                       rows / of(ours, &Time::wall_s), rows / of(bare, &Time::wall_s),
                       of(bare, &Time::wall_s) / of(ours, &Time::wall_s),
                       of(bare, &Time::cpu_s) / of(ours, &Time::cpu_s));
        }
    }

  private:
    static double of(const std::vector<Time>& times, double Time::*part) {
        std::vector<double> values;
        for (const Time& time : times) values.push_back(time.*part);
        return median(values);
    }

    std::string fresh(const std::string& name) {
        const std::string path = folder_ + "/" + name;
        for (const char* end : {"", "-wal", "-shm"}) fs::remove(path + end);
        make_sqlite(path, {}, *log_)->prepare(tables_);
        return path;
    }

    void phase(const std::string& name, std::size_t version, const std::string& ours,
               const std::string& bare) {
        auto& [our_times, bare_times] = times_[name];
        if (our_times.empty()) order_.push_back(name);
        const auto run_ours = [&] { our_times.push_back(time_ours(ours, version)); };
        const auto run_bare = [&] { bare_times.push_back(time_bare(bare, version)); };
        if (our_times.size() % 2 == 0) {  // neither always goes first
            run_ours();
            run_bare();
        } else {
            run_bare();
            run_ours();
        }
    }

    // Both times are of the loads and the closing, which brings the write-ahead log home.
    Time time_ours(const std::string& path, std::size_t version) {
        auto destination = make_sqlite(path, {}, *log_);
        const std::string holder = this_holder();
        destination->streams().hold("bench", holder);
        return timed([&] {
            int page = 0;
            for (const auto& load : versions_[version]) {
                const Checkpoint after{fmt::format("page {}", ++page)};
                destination->load({load, {}, {}, "bench", holder, &after, SystemClock().now()}, {});
            }
            destination.reset();
        });
    }

    Time time_bare(const std::string& path, std::size_t version) {
        std::optional<BareLoader> loader(path);
        return timed([&] {
            int page = 0;
            for (const auto& load : bare_[version]) {
                loader->load(load, format_time(SystemClock().now()),
                             fmt::format("page {}", ++page));
            }
            loader.reset();
        });
    }

    const std::size_t contacts_;
    const std::string folder_;
    const std::vector<Table> tables_;
    const std::unique_ptr<Logger> log_;
    std::vector<std::vector<std::vector<Batch>>> versions_;
    std::vector<std::vector<BareLoad>> bare_;
    std::map<std::string, std::pair<std::vector<Time>, std::vector<Time>>> times_;
    std::vector<std::string> order_;
};

}  // namespace

int main(int count, char** words) {
    const std::size_t contacts = count > 1 ? std::stoul(words[1]) : 20'000;
    const int rounds = count > 2 ? std::stoi(words[2]) : 5;
    std::string folder = (fs::temp_directory_path() / "ringtail-bench-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) return 1;
    {
        Bench bench(contacts, folder);
        for (int round = 0; round < rounds; ++round) bench.round();
        bench.print();
    }
    fs::remove_all(folder);
}
