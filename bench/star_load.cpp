// A star schema whose keys are whole numbers of 63 bits beside the same star with texts of 32 hex
// digits as keys, in turns: facts that point at three other tables by enforced foreign keys. Prints
// rows per second and the ratio; number keys should be at least as fast. Usage: bench_star_load
// [facts] [rounds]
#include <fmt/format.h>
#include <stdlib.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <functional>
#include <random>

#include "base/holder.hpp"
#include "base/log.hpp"
#include "destination/mysql/mysql.hpp"
#include "destination/postgres/postgres.hpp"
#include "destination/sqlite/sqlite.hpp"
#include "support/mariadb_server.hpp"
#include "support/postgres_server.hpp"

namespace {

using namespace ringtail;
namespace fs = std::filesystem;

constexpr std::size_t kFactsPerLoad = 20'000, kPoints = 3, kMeasures = 10, kRowsPointedAt = 1'000;

std::vector<Table> star(Type key) {
    std::vector<Table> tables;
    Table facts;
    facts.name = "facts";
    facts.columns = {{"id", key}, {"call_id", Type::text}};
    for (std::size_t i = 0; i < kPoints; ++i) {
        Table& table = tables.emplace_back();
        table.name = fmt::format("points_{}", i);
        table.columns = {{"id", key}, {"caption"}};
        table.key = {"id"};
        facts.columns.push_back({fmt::format("points_{}_id", i), key});
        facts.references.push_back({facts.columns.back().name, table.name});
    }
    for (std::size_t i = 0; i < kMeasures; ++i)
        facts.columns.push_back({fmt::format("n{}", i), Type::int64});
    facts.key = {"id"};
    tables.push_back(facts);
    return tables;
}

using Loads = std::vector<std::vector<Batch>>;

// The same rows, whatever the type of the keys.
Loads make_loads(const std::vector<Table>& tables, Type type, std::size_t facts) {
    std::mt19937_64 random(4711);
    const auto key = [&](std::uint64_t number) {
        return type == Type::int64 ? std::to_string(number >> 1U)
                                   : fmt::format("{0:016x}{0:016x}", number);
    };
    std::vector<std::vector<std::string>> points(kPoints);
    for (auto& keys : points) {
        for (std::size_t i = 0; i < kRowsPointedAt; ++i) keys.push_back(key(random()));
    }
    const Cell::Kind kind = type == Type::int64 ? Cell::Kind::number : Cell::Kind::text;
    Loads loads;
    for (std::size_t row = 0; row < facts; ++row) {
        if (row % kFactsPerLoad == 0) {
            auto& load = loads.emplace_back();
            for (const Table& table : tables) load.emplace_back(table);
            for (std::size_t i = 0; row == 0 && i < kPoints; ++i) {
                for (const std::string& id : points[i]) {
                    load[i].add({kind, id});
                    load[i].add({Cell::Kind::text, "Кабинет"});
                    load[i].end_row();
                }
            }
        }
        Batch& batch = loads.back().back();
        batch.add({kind, key(random())});
        batch.add({Cell::Kind::text, std::to_string(row)});
        for (const auto& keys : points) batch.add({kind, keys[random() % keys.size()]});
        for (std::size_t i = 0; i < kMeasures; ++i)
            batch.add({Cell::Kind::number, std::to_string(random() % 1'000)});
        batch.end_row();
    }
    return loads;
}

double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

struct Kind {
    std::string name;
    std::function<DestinationFactory()> fresh;  // handles to an empty database of its own
};

// Seconds for the rows to come for the first time, and once more.
std::pair<double, double> passes(const Kind& kind, const std::vector<Table>& tables,
                                 const Loads& loads) {
    const auto destination = kind.fresh()();
    destination->prepare(tables);
    const std::string holder = this_holder();
    destination->streams().hold("bench", holder);
    double times[2] = {};
    for (double& time : times) {
        const auto start = std::chrono::steady_clock::now();
        for (const auto& load : loads) {
            const Checkpoint after{"a checkpoint"};
            destination->load({load, {}, {}, "bench", holder, &after, SystemClock().now()}, {});
        }
        time = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    }
    return {times[0], times[1]};
}

void compare(const Kind& kind, std::size_t facts, int rounds) {
    const auto numbers = star(Type::int64), texts = star(Type::text);
    const Loads number_loads = make_loads(numbers, Type::int64, facts);
    const Loads text_loads = make_loads(texts, Type::text, facts);
    std::vector<double> times[2][2];  // keys, pass
    for (int round = 0; round < rounds; ++round) {
        for (const int keys : {round % 2, 1 - round % 2}) {  // neither always goes first
            const auto [first, again] =
                keys == 0 ? passes(kind, numbers, number_loads) : passes(kind, texts, text_loads);
            times[keys][0].push_back(first);
            times[keys][1].push_back(again);
        }
    }
    const char* const what[] = {"new rows", "the same again"};
    for (int pass = 0; pass < 2; ++pass) {
        const double number = median(times[0][pass]), text = median(times[1][pass]);
        const auto rows = static_cast<double>(facts);
        fmt::print("{:<12}{:<18}{:>14.0f}{:>14.0f}{:>8.2f}\n", kind.name, what[pass], rows / number,
                   rows / text, text / number);
        std::fflush(stdout);
    }
}

}  // namespace

int main(int count, char** words) {
    const std::size_t facts = count > 1 ? std::stoul(words[1]) : 200'000;
    const int rounds = count > 2 ? std::stoi(words[2]) : 3;
    const auto log = make_null_logger();
    std::string folder = (fs::temp_directory_path() / "ringtail-bench-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) return 1;
    int files = 0;
    test::PostgresServer postgres{test::PostgresServer::Durability::real};
    test::MariadbServer mariadb;
    const std::vector<Kind> kinds{
        {"SQLite",
         [&]() -> DestinationFactory {
             return [&, path = fmt::format("{}/{}.db", folder, ++files)] {
                 return make_sqlite(path, {}, *log);
             };
         }},
        {"PostgreSQL",
         [&]() -> DestinationFactory {
             return [&, url = postgres.url(postgres.create_database())] {
                 return make_postgres(url, {}, *log);
             };
         }},
        {"MariaDB",
         [&]() -> DestinationFactory {
             return [&, url = mariadb.url(mariadb.create_database())] {
                 return make_mysql(url, {}, *log);
             };
         }},
    };
    fmt::print("{} facts with {} measures; median of {} rounds\n{:<30}{:>14}{:>14}{:>8}\n", facts,
               kMeasures, rounds, "", "numbers/s", "texts/s", "ratio");
    for (const Kind& kind : kinds) compare(kind, facts, rounds);
    fs::remove_all(folder);
}
