#include "destination/relational/backfill.hpp"

#include <algorithm>

#include "base/clock.hpp"
#include "destination/relational/keys.hpp"
#include "destination/relational/own_tables.hpp"
#include "sql/rest.hpp"
#include "sql/value.hpp"

namespace ringtail::relational {
namespace {

std::optional<std::string> fitted(const Table& table, std::size_t column,
                                  const sql::ColumnType& type, const sql::Member& member,
                                  std::string_view key, std::vector<Reject>& rejects) {
    std::string scratch, written;
    const Cell cell = sql::cell_of(member.value, scratch);
    const sql::Fitted fit = sql::fit(cell, type, written);
    if (fit.outcome == sql::Fitted::Outcome::value) return std::string(fit.text);
    if (fit.outcome != sql::Fitted::Outcome::null) {
        rejects.push_back({table.name, std::string(key), table.columns[column].name,
                           sql::raw_json(cell), std::string(fit.reason)});
    }
    return std::nullopt;
}

constexpr std::size_t kRowsAtOnce = 1'000;

// The row after a key, in the order of the key: "a > ? OR (a = ? AND b > ?)".
std::string after_key(const Dialect& dialect, const std::vector<std::string>& key) {
    std::string condition, equal;
    for (const std::string& part : key) {
        const std::string name = dialect.quote(part);
        condition += (condition.empty() ? "(" : " OR (") + equal + name + " > ?)";
        equal += name + " = ? AND ";
    }
    return "(" + condition + ")";
}

std::vector<Param> after_key_params(const Row& key) {
    std::vector<Param> params;
    for (std::size_t i = 0; i < key.size(); ++i) {
        for (std::size_t part = 0; part <= i; ++part) params.push_back(key[part]);
    }
    return params;
}

std::string joined(const Dialect& dialect, const std::vector<std::string>& names,
                   std::string_view behind, std::string_view between) {
    std::string text;
    for (const std::string& name : names) {
        if (!text.empty()) text += between;
        text += dialect.quote(name) + std::string(behind);
    }
    return text;
}

}  // namespace

std::optional<Moved> move_members(std::string_view rest, const Table& table, std::string_view key,
                                  const std::vector<std::size_t>& added,
                                  const std::vector<sql::ColumnType>& types,
                                  std::vector<Reject>& rejects) {
    auto members = sql::split_object(rest);
    if (!members) return std::nullopt;  // the user's own; not ours to take apart
    Moved moved;
    moved.values.resize(added.size());
    const auto left =
        std::remove_if(members->begin(), members->end(), [&](const sql::Member& member) {
            const auto found = std::find_if(added.begin(), added.end(), [&](std::size_t column) {
                return table.columns[column].name == member.name;
            });
            if (found == added.end()) return false;
            const auto i = static_cast<std::size_t>(found - added.begin());
            moved.values[i] = fitted(table, *found, types[i], member, key, rejects);
            return true;
        });
    if (left == members->end()) return std::nullopt;
    members->erase(left, members->end());
    std::string text = sql::join_object(*members);
    if (!text.empty()) moved.rest = std::move(text);
    return moved;
}

std::size_t backfill(Session& session, const Dialect& dialect, const Table& table,
                     const StoredTable& stored, const Names& names,
                     const std::vector<std::size_t>& added,
                     const std::function<sql::ColumnType(const Column&)>& type_of) {
    const std::vector<std::string> key = names.key(table);
    const std::string rest = dialect.quote(names.of(table, table.rest));
    std::vector<sql::ColumnType> types;
    std::vector<std::string> set{names.of(table, table.rest)};
    for (const std::size_t column : added) {
        types.push_back(type_of(table.columns[column]));
        set.push_back(names.columns[column]);
    }
    const std::string columns = joined(dialect, key, "", ", ");
    const std::string update = "UPDATE " + stored.shown + " SET " +
                               joined(dialect, set, " = ?", ", ") + " WHERE " +
                               joined(dialect, key, " = ?", " AND ");
    std::size_t changed = 0;
    Row last;  // the key of the last row that was looked at
    while (true) {
        const Answer answer = session.run(
            "SELECT " + columns + ", " + rest + " FROM " + stored.shown + " WHERE " + rest +
                " IS NOT NULL" + (last.empty() ? "" : " AND " + after_key(dialect, key)) +
                " ORDER BY " + columns + " " + dialect.limit(kRowsAtOnce),
            after_key_params(last));
        std::vector<Reject> rejects;
        for (const Row& row : answer.rows) {
            last.assign(row.begin(), row.end() - 1);
            const auto moved =
                move_members(row.back().value_or(""), table, join_key(last), added, types, rejects);
            if (!moved) continue;
            std::vector<Param> params{moved->rest};
            params.insert(params.end(), moved->values.begin(), moved->values.end());
            params.insert(params.end(), last.begin(), last.end());
            changed += session.run(update, params).affected;
        }
        store_rejects(
            session, dialect, rejects,
            std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now()));
        if (answer.rows.size() < kRowsAtOnce) return changed;
    }
}

}  // namespace ringtail::relational
