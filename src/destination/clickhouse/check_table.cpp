#include "destination/clickhouse/check_table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"

namespace ringtail::clickhouse {
namespace {

using sql::clickhouse::TableName;

// The end of the backquoted name that starts at `at`.
std::size_t end_of_quoted(std::string_view text, std::size_t at) {
    for (++at; at < text.size() && text[at] != '`'; ++at)
        if (text[at] == '\\') ++at;
    return std::min(at + 1, text.size());
}

bool is_word(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
               (c >= 'A' && c <= 'Z');
    });
}

// What stands between commas; none of it inside of a quoted name.
std::vector<std::string_view> parts_of(std::string_view text) {
    std::vector<std::string_view> parts;
    std::size_t from = 0;
    for (std::size_t at = 0; at <= text.size();) {
        if (at < text.size() && text[at] == '`') {
            at = end_of_quoted(text, at);
            continue;
        }
        if (at == text.size() || text[at] == ',') {
            std::string_view part = text.substr(from, at - from);
            while (part.starts_with(' ')) part.remove_prefix(1);
            parts.push_back(part);
            from = at + 1;
        }
        ++at;
    }
    return parts;
}

std::optional<std::string> name_in(std::string_view part) {
    if (is_word(part)) return std::string(part);
    if (part.size() < 2 || part.front() != '`' || part.back() != '`') return std::nullopt;
    if (end_of_quoted(part, 0) != part.size()) return std::nullopt;
    std::string name;
    for (std::size_t at = 1; at + 1 < part.size(); ++at) {
        if (part[at] == '\\') ++at;
        name += part[at];
    }
    return name;
}

struct Engine {
    std::string name, full, sorting_key;
};

Engine read(Server& server, const TableName& table) {
    TsvRows rows = ask_catalog(
        server,
        fmt::format("SELECT engine, engine_full, sorting_key FROM system.tables WHERE database = "
                    "{} AND name = {} FORMAT TabSeparated",
                    sql::clickhouse::literal(table.database),
                    sql::clickhouse::literal(table.name)));
    if (!rows.next()) return {};
    return {rows.text(0), rows.text(1), rows.text(2)};
}

Error refused(const Server& server, const TableName& table, std::string_view why) {
    return {Fault::config,
            fmt::format("ClickHouse, {}: the table {} {}", server.url().shown, table.name, why)};
}

constexpr std::string_view kOtherTables =
    "Load into another database, or into other tables with another prefix (--prefix), or rename "
    "it.";

// With the cluster, `name` is Distributed; without, it holds the rows itself.
void check_layout(Server& server, const TableName& name, const Engine& engine) {
    const bool distributed = engine.name == "Distributed";
    if (distributed && name.cluster.empty())
        throw refused(server, name, "lies on a cluster, and the URL names none")
            .with_hint("Add ?cluster=NAME to the URL; system.clusters shows the names.");
    if (!distributed && !name.cluster.empty())
        throw refused(server, name,
                      fmt::format("is on this server alone (engine {}), but the URL asks for the "
                                  "cluster {}",
                                  engine.name, name.cluster))
            .with_hint(
                "Leave ?cluster= out, or load into other tables with another prefix "
                "(--prefix).");
}

}  // namespace

std::optional<std::vector<std::string>> key_columns_in(std::string_view sorting_key) {
    std::vector<std::string> columns;
    if (sorting_key.empty()) return columns;
    for (const std::string_view part : parts_of(sorting_key)) {
        auto name = name_in(part);
        if (!name) return std::nullopt;
        columns.push_back(std::move(*name));
    }
    return columns;
}

bool replaces_by_version(std::string_view engine_full) {
    const std::string_view name = engine_full.substr(0, engine_full.find_first_of(" ("));
    if (!name.ends_with("ReplacingMergeTree")) return false;
    std::string_view arguments = engine_full.substr(name.size());
    if (!arguments.starts_with('(')) return false;
    arguments = arguments.substr(1, arguments.find(')') - 1);
    const auto parts = parts_of(arguments);
    return std::any_of(parts.begin(), parts.end(), [](std::string_view part) {
        return name_in(part) == sql::clickhouse::kVersion;
    });
}

void check_table(Server& server, const TableName& name, std::span<const std::string> key) {
    if (!read_shape(server, name).is_ours())
        throw refused(server, name,
                      "was not made by Ringtail: it has no columns _version, _hash, _month and "
                      "_deleted, by which rows are replaced")
            .with_hint(std::string(kOtherTables));
    Engine engine = read(server, name);
    check_layout(server, name, engine);
    const TableName storage = name.storage();
    if (!name.cluster.empty()) engine = read(server, storage);
    if (engine.name.empty())
        throw refused(server, name,
                      fmt::format("is above {}, which is not there", storage.quoted()))
            .with_hint(std::string(kOtherTables));
    if (!replaces_by_version(engine.full))
        throw refused(
            server, storage,
            fmt::format(
                "has the engine {}, which does not replace rows by _version: each change of "
                "a row would be one row more",
                engine.name))
            .with_hint(fmt::format("It must be ReplacingMergeTree({}). {}",
                                   sql::clickhouse::kVersion, kOtherTables));
    auto sorted = key_columns_in(engine.sorting_key);
    std::vector<std::string> wanted(key.begin(), key.end());
    std::sort(wanted.begin(), wanted.end());
    if (sorted) std::sort(sorted->begin(), sorted->end());
    if (sorted == wanted) return;
    throw refused(server, storage,
                  fmt::format("is ordered by ({}), not by the key ({}): the server would keep too "
                              "few rows, or too many",
                              engine.sorting_key, fmt::join(key, ", ")))
        .with_hint(std::string(kOtherTables));
}

}  // namespace ringtail::clickhouse
