#include "destination/relational/keys.hpp"

#include <algorithm>
#include <unordered_set>

namespace ringtail::relational {
namespace {

constexpr char kBetweenParts = '\x1f';
// SQL Server takes 2,100 parameters; MariaDB makes subqueries of lists from 1,000 on.
constexpr std::size_t kMostParams = 900;

// A condition for the keys. Its parameters are appended to `params`.
std::string condition(const Dialect& dialect, std::span<const StoredColumn> key,
                      std::span<const KeyParts> keys, std::vector<Param>& params) {
    const auto value = [&](const KeyParts& parts, std::size_t part) -> std::string {
        if (key[part].type.kind == sql::Kind::integer && dialect.wants_numbers_bare())
            return parts[part];
        params.emplace_back(parts[part]);
        return "?";
    };
    std::string all;
    if (key.size() == 1) {
        for (const KeyParts& parts : keys) all += (all.empty() ? "" : ", ") + value(parts, 0);
        return dialect.quote(key.front().name) + " IN (" + all + ")";
    }
    for (const KeyParts& parts : keys) {
        std::string one;
        for (std::size_t part = 0; part < key.size(); ++part) {
            one += (one.empty() ? "(" : " AND ") + dialect.quote(key[part].name) + " = " +
                   value(parts, part);
        }
        all += (all.empty() ? "" : " OR ") + one + ")";
    }
    return all;
}

// Calls `work` with a condition and its parameters for some of the keys after the other.
template <typename Work>
void in_portions(const Dialect& dialect, std::span<const StoredColumn> key,
                 std::span<const KeyParts> keys, Work work) {
    const std::size_t at_once = kMostParams / key.size();
    while (!keys.empty()) {
        const auto portion = keys.first(std::min(at_once, keys.size()));
        keys = keys.subspan(portion.size());
        std::vector<Param> params;
        const std::string where = condition(dialect, key, portion, params);
        work(where, params);
    }
}

std::string joined(const KeyParts& parts, std::span<const StoredColumn> key) {
    std::vector<Param> params;
    for (std::size_t i = 0; i < key.size(); ++i)
        params.emplace_back(canonical(parts[i], key[i].type));
    return join_key(params);
}

}  // namespace

std::string join_key(std::span<const Param> parts) {
    std::string key;
    for (std::size_t i = 0; i < parts.size(); ++i) {
        if (i > 0) key += kBetweenParts;
        key += parts[i].value_or("");
    }
    return key;
}

KeyParts split_key(std::string_view key, std::size_t parts) {
    KeyParts split;
    while (split.size() + 1 < parts) {
        const auto end = std::min(key.find(kBetweenParts), key.size());
        split.emplace_back(key.substr(0, end));
        key.remove_prefix(std::min(end + 1, key.size()));
    }
    split.emplace_back(key);
    return split;
}

std::string canonical(std::string text, const sql::ColumnType& type) {
    const bool has_zeros = type.kind == sql::Kind::decimal || type.kind == sql::Kind::timestamp ||
                           type.kind == sql::Kind::timestamptz;
    if (!has_zeros || text.find('.') == std::string::npos) return text;
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return text;
}

std::string question_marks(std::size_t count) {
    std::string marks;
    for (std::size_t i = 0; i < count; ++i) marks += i == 0 ? "?" : ", ?";
    return marks;
}

std::vector<Row> rows_with_keys(Session& session, const Dialect& dialect, const std::string& table,
                                std::span<const StoredColumn> key, std::span<const KeyParts> keys,
                                std::string_view more) {
    std::string columns;
    for (const StoredColumn& part : key) columns += dialect.quote(part.name) + ", ";
    columns += more.empty() ? "NULL" : dialect.quote(more);
    std::unordered_set<std::string> asked;
    for (const KeyParts& parts : keys) asked.insert(joined(parts, key));
    std::vector<Row> rows;
    in_portions(
        dialect, key, keys, [&](const std::string& where, const std::vector<Param>& params) {
            Answer answer =
                session.run("SELECT " + columns + " FROM " + table + " WHERE " + where, params);
            for (Row& row : answer.rows) {
                for (std::size_t i = 0; i < key.size(); ++i) {
                    if (row[i]) row[i] = canonical(std::move(*row[i]), key[i].type);
                }
                if (asked.count(join_key(std::span(row.data(), key.size()))) != 0)
                    rows.push_back(std::move(row));
            }
        });
    return rows;
}

std::uint64_t delete_with_keys(Session& session, const Dialect& dialect, const std::string& table,
                               std::span<const StoredColumn> key, std::span<const KeyParts> keys) {
    std::vector<KeyParts> there;
    for (Row& row : rows_with_keys(session, dialect, table, key, keys, "")) {
        auto& parts = there.emplace_back();
        for (std::size_t i = 0; i < key.size(); ++i) parts.push_back(row[i].value_or(""));
    }
    std::uint64_t deleted = 0;
    in_portions(
        dialect, key, there, [&](const std::string& where, const std::vector<Param>& params) {
            deleted += session.run("DELETE FROM " + table + " WHERE " + where, params).affected;
        });
    return deleted;
}

}  // namespace ringtail::relational
