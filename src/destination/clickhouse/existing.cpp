#include "destination/clickhouse/existing.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "destination/clickhouse/rows.hpp"
#include "model/int64_text.hpp"

namespace ringtail::clickhouse {
namespace {

TsvRows ask(Server& server, const std::string& sql, std::span<const std::string> key_types,
            std::string_view keys, const std::stop_token& stop) {
    return server.query_with_keys(sql, sql::clickhouse::keys_structure(key_types), keys, stop);
}

}  // namespace

ExistingRows find_existing(Server& server, const Plan& plan, std::string_view keys,
                           const std::stop_token& stop) {
    ExistingRows found;
    if (keys.empty()) return found;
    const auto key = plan.key_columns();
    const std::size_t parts = key.size();
    TsvRows rows =
        ask(server, sql::clickhouse::find_existing(plan.name, key), plan.key_types(), keys, stop);
    while (rows.next()) {
        found.emplace(
            key_in(rows, parts),
            Existing{rows.number(parts), static_cast<std::uint32_t>(rows.number(parts + 1)),
                     rows.number(parts + 2) != 0, rows.number(parts + 3)});
    }
    return found;
}

std::unordered_map<std::string, std::string> find_others(Server& server, const Plan& plan,
                                                         std::string_view keys,
                                                         const std::stop_token& stop) {
    std::unordered_map<std::string, std::string> found;
    if (keys.empty() || plan.others.empty()) return found;
    const auto key = plan.key_columns();
    TsvRows rows = ask(server, sql::clickhouse::find_columns(plan.name, key, plan.others),
                       plan.key_types(), keys, stop);
    while (rows.next()) {
        std::string fields;
        bool any = false;
        for (std::size_t field = key.size(); field < rows.width(); ++field) {
            any |= !rows.is_null(field);
            fields += rows.raw(field);
            fields += '\t';
        }
        if (any) found.emplace(key_in(rows, key.size()), std::move(fields));
    }
    return found;
}

std::vector<std::optional<std::string>> find_fingerprints(Server& server, const Table& table,
                                                          std::span<const std::string> keys) {
    std::vector<std::optional<std::string>> prints(keys.size());
    if (keys.empty()) return prints;
    const auto name = server.table(table.name);
    const Shape shape = read_shape(server, name);
    if (!shape.exists()) return prints;
    if (table.key.size() != 1) throw Error(Fault::bug, "fingerprints of a key of several columns");
    const auto names = names_in(shape, table);
    const auto name_of = [&](const std::string& column) -> std::string {
        for (std::size_t i = 0; i < names.size(); ++i)
            if (table.columns[i].name == column) return names[i];
        return {};
    };
    std::string lines;
    const std::vector<std::string> key{name_of(table.key.front())};
    const Shape::Declared* const declared = shape.find(key.front());
    const std::vector<std::string> types{declared == nullptr ? "String" : declared->type};
    for (const std::string& one : keys) {
        if (types.front() == "Int64" && !int64_in(one)) continue;  // in no row
        append_escaped(one, lines);
        lines += '\n';
    }
    if (lines.empty()) return prints;
    const std::string sql = sql::clickhouse::fingerprints(name, key, name_of(table.fingerprint));
    std::unordered_map<std::string, std::string> found;
    TsvRows rows = ask(server, sql, types, lines, {});
    while (rows.next()) found.emplace(rows.text(0), rows.text(1));
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const auto row = found.find(keys[i]);
        if (row != found.end()) prints[i] = row->second;
    }
    return prints;
}

}  // namespace ringtail::clickhouse
