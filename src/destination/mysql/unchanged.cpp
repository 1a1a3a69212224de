#include "destination/mysql/unchanged.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "destination/mysql/literal.hpp"
#include "destination/relational/keys.hpp"

namespace ringtail::mysql {
namespace {

using relational::SomeRows;
using relational::StoredColumn;
using sql::Kind;
using Outcome = sql::Fitted::Outcome;

// The first question finds out whether it is worth it.
constexpr std::size_t kFirstKeys = 50;
// From 1,000 on MariaDB makes a subquery of the list.
constexpr std::size_t kKeysAtOnce = 900;

// Whether two values of the column that are different can never be shown alike.
bool shows_all(const StoredColumn& column) {
    switch (column.type.kind) {
        case Kind::text:
        case Kind::json:
            return column.type.last_char >= 0xFFFF;  // other sets need not map to Unicode and back
        case Kind::boolean:
        case Kind::integer:
        case Kind::decimal:
        case Kind::timestamptz:
        case Kind::timestamp:
        case Kind::date:
            return true;
        case Kind::float64:
        case Kind::other:
            break;
    }
    return false;
}

class Comparison {
  public:
    Comparison(Connection& connection, const SomeRows& rows)
        : connection_(connection),
          rows_(rows),
          key_(rows.plan.field(rows.plan.table.key.front())),
          key_cell_(static_cast<std::size_t>(&key_ - rows.plan.fields.data())) {
        for (const StoredColumn& column : rows.plan.columns())
            select_ += (select_.empty() ? "SELECT " : ", ") + quote_name(column.name);
        select_ +=
            " FROM " + rows.plan.shown_name() + " WHERE " + quote_name(key_.column.name) + " IN (";
    }

    // Appends those of `some` that are to be written; says how many are not.
    std::size_t compare(std::span<const std::size_t> some, std::vector<std::size_t>& to_write) {
        std::unordered_map<std::string, std::size_t> places;
        std::vector<bool> stands(some.size(), false);
        std::string sql = select_;
        for (std::size_t i = 0; i < some.size(); ++i) {
            const auto key =
                sql::fit(rows_.batch.at(some[i], key_cell_), key_.column.type, scratch_);
            if (key.outcome != Outcome::value) continue;
            append_literal(key.text, sql);
            sql += ',';
            places.emplace(relational::canonical(std::string(key.text), key_.column.type), i);
        }
        if (places.empty()) {
            to_write.insert(to_write.end(), some.begin(), some.end());
            return 0;
        }
        sql.back() = ')';
        connection_.each_row(sql, [&](const RowView& row) {
            const auto place = places.find(key_of(row));
            if (place != places.end()) stands[place->second] = is_same(some[place->second], row);
        });
        for (std::size_t i = 0; i < some.size(); ++i) {
            if (!stands[i]) to_write.push_back(some[i]);
        }
        return static_cast<std::size_t>(std::count(stands.begin(), stands.end(), true));
    }

  private:
    // `row` has the fields that have a column, in their order.
    std::string key_of(const RowView& row) const {
        std::size_t shown = 0;
        for (std::size_t cell = 0; cell < key_cell_; ++cell)
            shown += rows_.plan.fields[cell].column.name.empty() ? 0 : 1;
        return relational::canonical(std::string(row[shown].value_or("")), key_.column.type);
    }

    bool is_same(std::size_t row, const RowView& stored) {
        std::size_t shown = 0;
        for (std::size_t cell = 0; cell < rows_.plan.fields.size(); ++cell) {
            const StoredColumn& column = rows_.plan.fields[cell].column;
            if (column.name.empty()) continue;
            const auto& there = stored[shown++];
            const auto ours = sql::fit(rows_.batch.at(row, cell), column.type, scratch_);
            if (ours.outcome == Outcome::null && !there) continue;
            if (ours.outcome != Outcome::value || !there || !is_same(ours.text, *there, column))
                return false;
        }
        return true;
    }

    static bool is_same(std::string_view ours, std::string_view there, const StoredColumn& column) {
        return ours == there || relational::canonical(std::string(ours), column.type) ==
                                    relational::canonical(std::string(there), column.type);
    }

    Connection& connection_;
    const SomeRows& rows_;
    const relational::Field& key_;
    const std::size_t key_cell_;
    std::string select_, scratch_;
};

}  // namespace

std::vector<std::size_t> rows_to_write(Connection& connection, const SomeRows& rows) {
    const auto columns = rows.plan.columns();
    // A row whose parent is not there is a reject, wherever it stands.
    const bool can_tell = rows.plan.table.key.size() == 1 && !rows.rejecter.asks_for_parents() &&
                          std::all_of(columns.begin(), columns.end(), shows_all);
    std::span<const std::size_t> rest(rows.rows);
    std::vector<std::size_t> to_write;
    Comparison comparison(connection, rows);
    bool is_worth_it = can_tell;
    for (std::size_t keys = kFirstKeys; is_worth_it && !rest.empty(); keys = kKeysAtOnce) {
        const auto some = rest.first(std::min(keys, rest.size()));
        rest = rest.subspan(some.size());
        is_worth_it = comparison.compare(some, to_write) * 2 >= some.size();
    }
    to_write.insert(to_write.end(), rest.begin(), rest.end());
    return to_write;
}

}  // namespace ringtail::mysql
