#include "destination/clickhouse/schema.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "destination/clickhouse/catalog.hpp"

namespace ringtail::clickhouse {
namespace {

using sql::clickhouse::ColumnText;
using sql::clickhouse::TableName;

// Two processes may change one table at the same time; more than that is a mistake of ours.
constexpr int kMostAttempts = 10;
constexpr int kSyntax = 62;

// Others may be quicker to create it. Older servers say so even with IF NOT EXISTS.
void create(Server& server, const std::string& statement) {
    try {
        server.run(statement);
    } catch (const ServerError& error) {
        if (error.code() != kTableThere) throw;
    }
}

bool shows_all(const Shape& view, const Shape& table) {
    std::size_t at = 0;
    for (const auto& column : table.columns) {
        if (sql::clickhouse::is_technical(column.name)) continue;
        if (at == view.columns.size() || view.columns[at].name != column.name ||
            view.columns[at].type != column.type) {
            return false;
        }
        ++at;
    }
    return at == view.columns.size();
}

// A view that is not there is created only: dropping it too would take away what another process
// has made meanwhile.
void replace_view(Server& server, const TableName& name, const Shape& view, const Shape& table) {
    const auto columns = table.names();
    if (server.features().or_replace_view) {
        try {
            return server.run(
                sql::clickhouse::create_view(name, columns, {.or_replace_view = true}));
        } catch (const ServerError& error) {
            if (error.code() != kSyntax) throw;
        }
    }
    if (view.exists()) drop_if_there(server, sql::clickhouse::drop_view(name));
    create(server, sql::clickhouse::create_view(name, columns, {}));
}

// Old servers refuse to alter a Distributed table on a cluster of replicated ones. It holds no
// rows.
void renew_distributed(Server& server, const TableName& name, std::span<const std::string> key) {
    if (name.cluster.empty()) return;
    drop_if_there(server, sql::clickhouse::drop_table(name));
    create(server, sql::clickhouse::create_distributed(name, key));
}

}  // namespace

void create_table(Server& server, const TableName& name, std::span<const ColumnText> columns,
                  std::span<const std::string> key, bool partitioned) {
    create(server,
           sql::clickhouse::create_storage(name, columns, key, partitioned, server.features()));
    if (!name.cluster.empty()) create(server, sql::clickhouse::create_distributed(name, key));
}

void make_view(Server& server, const TableName& name) {
    const std::string engine = read_engine(server, name.view());
    if (!engine.empty() && engine != "View") {
        throw Error(Fault::config,
                    fmt::format("ClickHouse: {} is no view, but a view of that name is to show "
                                "the rows of {}",
                                name.view().quoted(), name.quoted()))
            .with_hint("Rename it, or load into tables with another prefix.");
    }
    // Read again afterwards: another process may have added a column meanwhile.
    for (int attempt = 0; attempt < kMostAttempts; ++attempt) {
        const Shape table = read_shape(server, name);
        const Shape view = read_shape(server, name.view());
        if (shows_all(view, table)) return;
        replace_view(server, name, view, table);
    }
    throw Error(
        Fault::transient,
        fmt::format("ClickHouse: the view {} is being changed all the time", name.view().quoted()));
}

void add_columns(Server& server, const TableName& name, std::span<const ColumnText> columns,
                 std::span<const std::string> key) {
    server.run(sql::clickhouse::add_columns(name.storage(), columns));
    renew_distributed(server, name, key);
}

void modify_column(Server& server, const TableName& name, const ColumnText& column,
                   std::span<const std::string> key) {
    server.run(sql::clickhouse::modify_column(name.storage(), column));
    renew_distributed(server, name, key);
}

}  // namespace ringtail::clickhouse
