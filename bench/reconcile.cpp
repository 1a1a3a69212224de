// What comparing costs the database: the stored rows of 30 days of 50,000 calls, read day by day
// and compared with as many of a source, beside one SELECT of the same rows by the database's own
// library. Usage: bench_reconcile [days] [calls a day]
#include <fmt/core.h>
#include <libpq-fe.h>
#include <sqlite3.h>

#include <cstdlib>
#include <memory>
#include <stdexcept>

#include "accounts/callkeeper_comparison.hpp"
#include "base/time_text.hpp"
#include "destination/postgres/postgres.hpp"
#include "destination/sqlite/sqlite.hpp"
#include "jobs/compare_rows.hpp"
#include "source/callkeeper/tables.hpp"
#include "support/postgres_server.hpp"
#include "support/process.hpp"
#include "timing.hpp"

namespace {

using namespace ringtail;

constexpr std::int64_t kFirstDay = 1'704'067'200;  // 2024-01-01

struct Size {
    int days = 30, calls = 50'000;
    std::int64_t all() const { return std::int64_t{days} * calls; }
};

constexpr const char* kJoined =
    "SELECT c.id, c.call_id, c._settle_state, c._missing_at_source_since, f.duration, "
    "f.talk_duration, f.attempt, f.asr_attempts, f.playback_tick FROM callkeeper_calls c LEFT JOIN "
    "callkeeper_calls_facts f ON f.calls_id = c.id";

// The tables filled by the database itself; `series` makes the numbers i.
std::string filling(const std::string& series, const std::string& time, const std::string& hash) {
    std::string sql;
    for (const char* table : {"dates", "clientids", "traffic", "sites", "locations"})
        sql += fmt::format("INSERT INTO general_{} (id) VALUES (1);\n", table);
    sql += fmt::format(
        "INSERT INTO callkeeper_calls (id, account_id, call_id, call_date, status_reason, "
        "_settle_state, _raw) {0} SELECT {1}, 1, 1000000000 + i, {2}, 'OK', 'settled', '{{\"api\":"
        "\"{3}\"}}' FROM n;\n",
        series, hash, time, std::string(600, 'x'));
    sql += fmt::format(
        "INSERT INTO callkeeper_calls_facts (id, account_id, dates_id, clientids_id, traffic_id, "
        "sites_id, locations_id, calls_id, duration, talk_duration, attempt, asr_attempts, "
        "playback_tick) {0} SELECT {1}, 1, 1, 1, 1, 1, 1, {1}, i % 600, i % 300, i % 3, i % 2, i % "
        "5 FROM n;\n",
        series, hash);
    return sql;
}

struct Figures {
    double reading = 0, comparing = 0, bare = 0;
    std::uint64_t differences = 0;
};

jobs::SourceRow told(const jobs::StoredRow& row) { return {row.key, row.values, row.open}; }

Figures compare(Destination& destination, const Size& size, const std::function<void()>& bare) {
    SystemClock clock;
    const auto log = make_null_logger();
    callkeeper::Options options;
    options.api_key = std::string(32, '0');
    options.zone = "UTC";
    const auto plan = accounts::compare_callkeeper(options, {}, 1, clock, *log);
    const Table& calls = plan.subjects.front().table;
    Figures figures;
    for (int day = 0; day < size.days; ++day) {
        jobs::Part part;
        const auto from = Instant(std::chrono::seconds(kFirstDay + day * 86'400L));
        part.here.table = calls;
        part.here.columns = {"id", "call_id", "_settle_state", "_missing_at_source_since"};
        part.here.times = {"call_date", from, from + std::chrono::hours(24)};
        part.here.equal = {{"account_id", "1"}};
        const Table facts = plan.tables.back();
        part.here.beside = {
            facts,
            "calls_id",
            {"duration", "talk_duration", "attempt", "asr_attempts", "playback_tick"}};
        std::vector<jobs::StoredRow> here;
        figures.reading += bench::seconds([&] {
            destination.rows()->read(part.here,
                                     [&](std::span<const std::optional<std::string_view>> values) {
                                         here.push_back(*plan.comparison->stored_row(part, values));
                                     },
                                     {});
        });
        if (here.size() != static_cast<std::size_t>(size.calls))
            throw std::runtime_error(fmt::format("day {}: {} rows", day, here.size()));
        std::vector<jobs::SourceRow> there;
        for (const auto& row : here) there.push_back(told(row));
        figures.comparing += bench::seconds([&] {
            figures.differences += jobs::compare_rows(there, here, part.beyond).differences.size();
        });
    }
    figures.bare = bench::seconds(bare);
    return figures;
}

void show(const char* name, const Size& size, const Figures& figures) {
    fmt::print(
        "{}: {} rows of {} days: read in {:.1f} s of database time, compared in {:.1f} s; one "
        "SELECT of them {:.1f} s: ratio {:.2f} ({} differences)\n",
        name, size.all(), size.days, figures.reading, figures.comparing, figures.bare,
        figures.reading / figures.bare, figures.differences);
}

void on_sqlite(const Size& size) {
    const test::TemporaryFolder folder;
    const std::string file = folder.path() + "/calls.db";
    const auto log = make_null_logger();
    const auto destination = make_sqlite(file, {}, *log);
    destination->prepare(callkeeper::make_tables({}));
    sqlite3* handle = nullptr;
    sqlite3_open(file.c_str(), &handle);
    const std::unique_ptr<sqlite3, int (*)(sqlite3*)> db(handle, sqlite3_close);
    const std::string series =
        fmt::format("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {})",
                    size.all() - 1);
    const std::string time =
        fmt::format("strftime('%Y-%m-%dT%H:%M:%S.000Z', {} + i * 86400 / {}, 'unixepoch')",
                    kFirstDay, size.calls);
    char* error = nullptr;
    const std::string sql = "BEGIN;\n" +
                            filling(series, time, "2 + i * 2654435761 % 9007199254740881") +
                            "COMMIT; ANALYZE;";
    if (sqlite3_exec(db.get(), sql.c_str(), nullptr, nullptr, &error) != SQLITE_OK)
        throw std::runtime_error(error);
    show("SQLite", size, compare(*destination, size, [&] {
             sqlite3_stmt* select = nullptr;
             sqlite3_prepare_v2(db.get(), kJoined, -1, &select, nullptr);
             std::int64_t sum = 0;
             while (sqlite3_step(select) == SQLITE_ROW)
                 for (int i = 0; i < 9; ++i) sum += sqlite3_column_int64(select, i);
             sqlite3_finalize(select);
             if (sum == 0) throw std::runtime_error("nothing was read");
         }));
}

void on_postgres(const Size& size) {
    test::PostgresServer& server = test::PostgresServer::shared();
    const std::string name = server.create_database();
    const auto log = make_null_logger();
    const auto destination = make_postgres(server.url(name), {}, *log);
    destination->prepare(callkeeper::make_tables({}));
    const std::string series =
        fmt::format("WITH n AS (SELECT generate_series(0::bigint, {}) AS i)", size.all() - 1);
    const std::string time =
        fmt::format("to_timestamp({} + i * 86400 / {})", kFirstDay, size.calls);
    server.query(name, filling(series, time, "2 + i * 2654435761 % 9007199254740881"));
    server.query(name, "ANALYZE");
    show("PostgreSQL", size, compare(*destination, size, [&] {
             const std::unique_ptr<PGconn, void (*)(PGconn*)> db(
                 PQconnectdb(server.url(name).c_str()), PQfinish);
             PQsendQuery(db.get(), kJoined);
             PQsetSingleRowMode(db.get());
             std::int64_t rows = 0;
             while (PGresult* const result = PQgetResult(db.get())) {
                 rows += PQntuples(result);
                 PQclear(result);
             }
             if (rows != size.all()) throw std::runtime_error(PQerrorMessage(db.get()));
         }));
}

}  // namespace

int main(int count, char** words) {
    try {
        Size size;
        if (count > 1) size.days = std::atoi(words[1]);
        if (count > 2) size.calls = std::atoi(words[2]);
        on_sqlite(size);
        on_postgres(size);
        return 0;
    } catch (const std::exception& error) {
        fmt::print(stderr, "bench_reconcile: {}\n", error.what());
        return 1;
    }
}
