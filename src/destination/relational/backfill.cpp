#include "destination/relational/backfill.hpp"

#include <algorithm>

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

}  // namespace ringtail::relational
