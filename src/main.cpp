#include "accounts/callkeeper.hpp"
#include "accounts/dialfire.hpp"
#include "cli/program.hpp"
#include "destination/clickhouse/clickhouse.hpp"
#include "destination/clickhouse/inspector.hpp"
#include "destination/mysql/inspector.hpp"
#include "destination/mysql/mysql.hpp"
#include "destination/postgres/inspector.hpp"
#include "destination/postgres/postgres.hpp"
#include "destination/sqlite/inspector.hpp"
#include "destination/sqlite/sqlite.hpp"
#include "destination/sqlserver/inspector.hpp"
#include "destination/sqlserver/sqlserver.hpp"
#include "source/callkeeper/hook_body.hpp"

// Builds and wires; the only file that knows all concrete classes.
namespace {

using namespace ringtail;

cli::DestinationKind sqlite_kind() {
    return {{"sqlite"},
            [](const std::string& url, DestinationOptions options, Logger& log) {
                return sqlite_destinations(cli::sqlite_path(url), options, log);
            },
            [](const std::string& url) { return make_sqlite_inspector(cli::sqlite_path(url)); }};
}

cli::DestinationKind mysql_kind() {
    return {
        {"mysql", "mariadb"},
        [](const std::string& url, DestinationOptions options, Logger& log) -> DestinationFactory {
            return [url, options, &log] { return make_mysql(url, options, log); };
        },
        make_mysql_inspector};
}

cli::DestinationKind postgres_kind() {
    return {{"postgres", "postgresql"},
            [](const std::string& url, DestinationOptions options, Logger& log) {
                return [url, options, &log] { return make_postgres(url, options, log); };
            },
            make_postgres_inspector,
            kPostgresLoad};
}

cli::DestinationKind sqlserver_kind() {
    return {{"sqlserver"},
            [](const std::string& url, DestinationOptions options, Logger& log) {
                return [url, options, &log] { return make_sqlserver(url, options, log); };
            },
            make_sqlserver_inspector};
}

cli::DestinationKind clickhouse_kind(Clock& clock) {
    return {{"clickhouse", "clickhouses"},
            [&clock](const std::string& url, DestinationOptions options, Logger& log) {
                return [url, options, &clock, &log] {
                    return make_clickhouse(url, options, clock, log);
                };
            },
            make_clickhouse_inspector,
            kClickHouseLoad};
}

std::vector<std::unique_ptr<jobs::SourceKind>> source_kinds(Clock& clock, Logger& log) {
    std::vector<std::unique_ptr<jobs::SourceKind>> kinds;
    kinds.push_back(accounts::make_callkeeper_kind(clock, log));
    kinds.push_back(accounts::make_dialfire_kind(clock, log));
    return kinds;
}

void read_hook(std::string_view content_type, std::string_view query, std::string_view body) {
    callkeeper::parse_hook(content_type, query, body);
}

}  // namespace

int main(int argc, char** argv) {
    SystemClock clock;
    return cli::run_program(
        argc, argv,
        {{sqlite_kind(), postgres_kind(), mysql_kind(), sqlserver_kind(), clickhouse_kind(clock)},
         query_sqlite,
         source_kinds,
         read_hook});
}
