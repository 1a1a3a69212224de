#include "destination/clickhouse/backfill.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/error.hpp"
#include "destination/clickhouse/hash.hpp"
#include "destination/clickhouse/plan.hpp"
#include "sql/rest.hpp"

namespace ringtail::clickhouse {
namespace {

using sql::clickhouse::quote;
using Outcome = sql::Fitted::Outcome;

// Rows rewritten by one insert: few inserts, little memory.
constexpr std::size_t kRows = 20'000;

class Backfill {
  public:
    Backfill(const Writer& writer, const Table& table, const std::set<std::string>& added,
             Instant now)
        : writer_(writer),
          now_(now),
          plan_(make_plan(writer.server, table)),
          rest_(plan_.cell_of(table.rest)) {
        for (std::size_t cell = 0; cell < plan_.targets.size(); ++cell) {
            if (added.contains(plan_.targets[cell].source_name)) added_.push_back(cell);
        }
        key_places_ = plan_.key_cells;
        columns_ = plan_.columns();
        columns_.insert(columns_.end(), plan_.others.begin(), plan_.others.end());
        version_place_ = place_of(sql::clickhouse::kVersion);
        hash_place_ = place_of(sql::clickhouse::kHash);
    }

    void run() {
        if (!rest_) return;
        std::string after;
        while (true) {
            const std::size_t before = read_;
            move_rows(after);
            if (read_ - before < kRows) return;
        }
    }

  private:
    std::size_t place_of(std::string_view column) const {
        const auto place = std::find(columns_.begin(), columns_.end(), column);
        return static_cast<std::size_t>(place - columns_.begin());
    }

    // The next rows by key, with all their columns as they stand there. `after`: the condition.
    std::string select(const std::string& after) const {
        std::string list, key;
        for (const std::string& column : columns_)
            list += (list.empty() ? "" : ", ") + quote(column);
        for (const std::string& column : plan_.key_columns())
            key += (key.empty() ? "" : ", ") + quote(column);
        return fmt::format(
            "SELECT {} FROM {} FINAL WHERE _deleted = 0 AND {} IS NOT NULL{} ORDER BY {} LIMIT {} "
            "FORMAT TabSeparated",
            list, plan_.name.quoted(), quote(plan_.targets[*rest_].column.name), after, key, kRows);
    }

    void move_rows(std::string& after) {
        TsvRows rows = writer_.server.query(select(after), writer_.stop);
        Insert insert = writer_.server.make_insert(sql::clickhouse::insert(plan_.name, columns_));
        std::vector<Reject> rejects;
        bool any = false;
        while (rows.next()) {
            ++read_;
            after = " AND " + behind(rows);
            if (auto line = moved(rows, rejects)) {
                insert.add(*line);
                any = true;
            }
        }
        if (!any) return;
        writer_.pace.wait(plan_.table.name, writer_.stop);
        writer_.server.insert(std::move(insert), writer_.stop);
        store_rejects(writer_, rejects, now_);
    }

    std::string behind(const TsvRows& rows) const {
        std::string names, values;
        for (std::size_t i = 0; i < key_places_.size(); ++i) {
            names += (i == 0 ? "" : ", ") + quote(columns_[key_places_[i]]);
            values += (i == 0 ? "" : ", ") + sql::clickhouse::literal(rows.text(key_places_[i]));
        }
        return key_places_.size() == 1 ? names + " > " + values
                                       : "(" + names + ") > (" + values + ")";
    }

    // The row's line with its values in their new places; nothing where nothing moves.
    std::optional<std::string> moved(const TsvRows& rows, std::vector<Reject>& rejects) {
        const std::string rest = rows.text(*rest_);
        auto members = sql::split_object(rest);
        if (!members) return std::nullopt;  // not of our making: left as it is
        std::vector<std::string> fields;
        for (std::size_t place = 0; place < columns_.size(); ++place)
            fields.emplace_back(rows.raw(place));
        RowHash hash(rows.number(hash_place_));
        bool found = false;
        for (const std::size_t cell : added_) {
            const Target& target = plan_.targets[cell];
            const auto raw = take(*members, target.source_name);
            if (!raw) continue;
            found = true;
            const sql::Fitted fitted =
                fit_value(sql::cell_of(*raw, decoded_), target.column, scratch_);
            if (fitted.outcome == Outcome::reject || fitted.outcome == Outcome::too_narrow) {
                rejects.push_back({plan_.table.name, key_of(rows), target.source_name,
                                   std::string(*raw), std::string(fitted.reason)});
            }
            if (fitted.outcome != Outcome::value) continue;
            hash.add(target.hash, fitted.text);
            fields[cell].clear();
            append_escaped(field_of(fitted.text, target.column, field_scratch_), fields[cell]);
        }
        if (!found) return std::nullopt;
        const std::string left = sql::join_object(*members);
        const Target& rest_target = plan_.targets[*rest_];
        hash.remove(rest_target.hash, rest);
        fields[*rest_] = kNull;
        if (!left.empty()) {
            hash.add(rest_target.hash, left);
            fields[*rest_].clear();
            append_escaped(left, fields[*rest_]);
        }
        fields[hash_place_] = std::to_string(hash.value());
        fields[version_place_] = std::to_string(writer_.versions.next(rows.number(version_place_)));
        return fmt::format("{}\n", fmt::join(fields, "\t"));
    }

    // Removes the member of that name; of several the last counts.
    static std::optional<std::string_view> take(std::vector<sql::Member>& members,
                                                const std::string& name) {
        std::optional<std::string_view> value;
        std::erase_if(members, [&](const sql::Member& member) {
            if (member.name != name) return false;
            value = member.value;
            return true;
        });
        return value;
    }

    std::string key_of(const TsvRows& rows) const {
        std::string key;
        for (const std::size_t place : key_places_)
            key += (key.empty() ? "" : "\x1f") + rows.text(place);
        return key;
    }

    const Writer& writer_;
    Instant now_;
    const Plan plan_;
    std::optional<std::size_t> rest_;
    std::vector<std::size_t> added_;  // cells
    std::vector<std::size_t> key_places_;
    std::vector<std::string>
        columns_;  // those of the plan come first: a cell's place is its number
    std::size_t version_place_ = 0, hash_place_ = 0;
    std::size_t read_ = 0;
    std::string decoded_, scratch_, field_scratch_;
};

}  // namespace

void backfill(const Writer& writer, const Table& table, const std::set<std::string>& added,
              Instant now) {
    if (!table.rest.empty() && !added.empty()) Backfill(writer, table, added, now).run();
}

}  // namespace ringtail::clickhouse
