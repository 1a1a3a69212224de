#include "destination/clickhouse/inspector.hpp"

#include <fmt/core.h>
#include <unistd.h>

#include "base/clock.hpp"
#include "destination/clickhouse/catalog.hpp"
#include "destination/clickhouse/check_table.hpp"
#include "destination/clickhouse/column.hpp"
#include "destination/clickhouse/plan.hpp"
#include "destination/clickhouse/schema.hpp"

namespace ringtail {
namespace {

using namespace clickhouse;
using sql::clickhouse::ColumnText;
using sql::clickhouse::quote;

class ClickHouseInspector final : public Inspector {
  public:
    explicit ClickHouseInspector(const std::string& url)
        : log_(make_null_logger()), server_(read_url(url), *log_) {}

    std::string describe() override {
        TsvRows rows = server_.query("SELECT version() FORMAT TabSeparated");
        const std::string version = rows.next() ? rows.text(0) : "of unknown version";
        const Url& url = server_.url();
        return fmt::format("ClickHouse {}, {}{}, user {}", version, url.shown,
                           url.cluster.empty() ? "" : ", cluster " + url.cluster, url.user);
    }

    // Strings limit nothing, and Ringtail makes no others.
    std::vector<SeenColumn> columns(std::string_view table) override {
        std::vector<SeenColumn> seen;
        for (const auto& column : read_shape(server_, server_.table(std::string(table))).columns) {
            if (sql::clickhouse::is_technical(column.name)) continue;
            const auto stored = stored_column(column.name, column.type, Type::text);
            seen.push_back({.name = column.name,
                            .type = column.type,
                            .is_text = stored && stored->fits.kind == sql::Kind::text});
        }
        return seen;
    }

    std::vector<std::uint64_t> count_texts(std::string_view table,
                                           std::span<const TextLength> lengths) override {
        std::string list;
        for (const auto& [column, chars] : lengths) {
            list += fmt::format("{}countIf(lengthUTF8(assumeNotNull({})) = {})",
                                list.empty() ? "" : ", ", quote(column), chars);
        }
        std::vector<std::uint64_t> counts;
        if (list.empty()) return counts;
        TsvRows rows =
            server_.query(fmt::format("SELECT {} FROM {} FORMAT TabSeparated", list, shown(table)));
        rows.next();
        for (std::size_t i = 0; i < lengths.size(); ++i) counts.push_back(rows.number(i));
        return counts;
    }

    std::uint64_t count_md5_ids(std::string_view table, std::string_view id, std::string_view first,
                                std::string_view second) override {
        TsvRows rows = server_.query(
            fmt::format("SELECT countIf({} = lower(hex(MD5(concat(ifNull(toString({}), ''), "
                        "ifNull(toString({}), '')))))) FROM {} FORMAT TabSeparated",
                        quote(id), quote(first), quote(second), shown(table)));
        return rows.next() ? rows.number(0) : 0;
    }

    void check_make(std::span<const Table> tables) override {
        for (const Table& table : tables) {
            const auto name = server_.table(table.name);
            const Shape shape = read_shape(server_, name);
            if (shape.exists()) check_table(server_, name, key_in(shape, table));
        }
    }

    // ClickHouse takes nothing back: a table of its own is made, altered, filled and dropped.
    void try_rights(std::span<const std::string> tables) override {
        server_.features();
        const auto trial = server_.table(fmt::format(
            "ringtail_check_{}_{}", ::getpid(), SystemClock().now().time_since_epoch().count()));
        try_all(trial);
        for (const std::string& name : tables) {
            const auto table = server_.table(name);
            const Shape shape = read_shape(server_, table);
            if (!shape.exists()) continue;
            // Inserts nothing, but is refused where an insert would be.
            server_.run(fmt::format("INSERT INTO {0} SELECT * FROM {0} WHERE 0", table.quoted()));
        }
    }

  private:
    // Its view, where it has one: a row counts once.
    std::string shown(std::string_view table) {
        const auto name = server_.table(std::string(table));
        return read_engine(server_, name.view()) == "View" ? name.view().quoted() : name.quoted();
    }

    void try_all(const sql::clickhouse::TableName& trial) {
        const std::vector<ColumnText> columns{{"key", "String"}};
        const std::vector<std::string> key{"key"};
        create_table(server_, trial, columns, key, true);
        try {
            const std::vector<ColumnText> more{{"value", "Nullable(String)"}};
            add_columns(server_, trial, more, key);
            make_view(server_, trial);
            Insert insert = server_.make_insert(sql::clickhouse::insert(trial, key));
            insert.add("k\n");
            server_.insert(std::move(insert));
            server_.query_with_keys(
                sql::clickhouse::find_existing(trial, key),
                sql::clickhouse::keys_structure(std::vector<std::string>{"String"}), "k\n");
        } catch (const Error&) {
            try {
                drop(trial);
            } catch (const Error&) {  // the first error says more
            }
            throw;
        }
        drop(trial);
    }

    void drop(const sql::clickhouse::TableName& trial) {
        server_.run(sql::clickhouse::drop_view(trial));
        if (!trial.cluster.empty()) server_.run(sql::clickhouse::drop_table(trial));
        server_.run(sql::clickhouse::drop_table(trial.storage()));
    }

    std::unique_ptr<Logger> log_;
    Server server_;
};

}  // namespace

std::unique_ptr<Inspector> make_clickhouse_inspector(const std::string& url) {
    return std::make_unique<ClickHouseInspector>(url);
}

}  // namespace ringtail
