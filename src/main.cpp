#include "cli/program.hpp"
#include "destination/postgres/inspector.hpp"
#include "destination/postgres/postgres.hpp"
#include "destination/sqlite/inspector.hpp"
#include "destination/sqlite/sqlite.hpp"
#include "sqlite/connection.hpp"

// Builds and wires; the only file that knows all concrete classes.
namespace {

using namespace ringtail;

cli::DestinationKind sqlite_kind() {
    return {{"sqlite"},
            [](const std::string& url, DestinationOptions options, Logger& log) {
                return [path = cli::sqlite_path(url), options, &log] {
                    return make_sqlite(path, options, log);
                };
            },
            [](const std::string& url) { return make_sqlite_inspector(cli::sqlite_path(url)); }};
}

cli::DestinationKind postgres_kind() {
    return {{"postgres", "postgresql"},
            [](const std::string& url, DestinationOptions options, Logger& log) {
                return [url, options, &log] { return make_postgres(url, options, log); };
            },
            make_postgres_inspector};
}

cli::QueryRows query_sqlite(const std::string& path, const std::string& sql, std::size_t columns) {
    sqlite::Connection connection(path);
    sqlite::Statement statement = connection.prepare(sql);
    cli::QueryRows rows;
    while (statement.step()) {
        auto& row = rows.emplace_back();
        for (std::size_t i = 0; i < columns; ++i) {
            row.emplace_back(statement.text(static_cast<int>(i)));
        }
    }
    return rows;
}

}  // namespace

int main(int argc, char** argv) {
    return cli::run_program(argc, argv, {{sqlite_kind(), postgres_kind()}, query_sqlite});
}
