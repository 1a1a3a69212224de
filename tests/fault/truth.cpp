#include "fault/truth.hpp"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "base/time_text.hpp"
#include "contract/plain.hpp"
#include "support/json_object.hpp"

namespace ringtail::fault {
namespace {

using Shown = std::optional<std::string>;
using RejectKeys =
    std::set<std::tuple<std::string, std::string, std::string>>;  // table, row, column

bool is_null(std::string_view raw) { return raw == "null" || raw == "\"\""; }

// Blanks around a number or a time, and a plus before it, are no part of the value.
std::string trimmed(const std::string& text) {
    const auto first = text.find_first_not_of(" +");
    return first == std::string::npos ? ""
                                      : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

// Whether the database's text is the source's raw value in a column of this type.
bool same_value(Type type, std::string_view raw, const std::string& shown) {
    const bool is_text = raw.front() == '"';
    const auto text = is_text ? test::text_of(raw) : std::optional<std::string>(raw);
    if (!text) return false;
    const bool nested = raw.front() == '{' || raw.front() == '[';
    switch (type) {
        case Type::text:
            if (nested) return shown == test::minified(raw);
            if (raw == "true") return shown == "1";
            if (raw == "false") return shown == "0";
            return shown == *text;
        case Type::json:
            return test::minified(shown) == test::minified(raw);
        default:
            return contract::plain(type, shown) == contract::plain(type, trimmed(*text));
    }
}

std::map<std::string, std::string> sorted_members(std::string_view object) {
    std::map<std::string, std::string> members;
    for (auto& [name, raw] : test::members_of(object)) members[name] = test::minified(raw);
    return members;
}

class TableCheck {
  public:
    TableCheck(const Compare& compare, const Table& table, const RejectKeys& rejects)
        : table_(table),
          rejects_(rejects),
          once_numbers_(compare.once_numbers),
          dump_(compare.dump(table.name)) {
        std::vector<std::string> wanted;
        for (const Column& column : table.columns) wanted.push_back(column.name);
        const auto names = sql::map_names(wanted, dump_.columns, compare.names);
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            const auto place = std::find(dump_.columns.begin(), dump_.columns.end(), names[i]);
            if (place == dump_.columns.end()) continue;
            column_of_[wanted[i]] = static_cast<std::size_t>(place - dump_.columns.begin());
            type_of_[wanted[i]] = table.columns[i].type;
        }
        const std::size_t key = column_of_.at(table.key.front());
        for (const auto& row : dump_.rows) {
            if (!rows_.emplace(row[key].value_or("(NULL)"), &row).second)
                say(row[key].value_or(""), "stands twice");
        }
    }

    void row(std::string_view truth) {
        const auto members = test::members_of(truth);
        std::string key;
        for (const auto& [name, raw] : members) {
            if (name == table_.key.front()) key = test::text_of(raw).value_or("");
        }
        const auto found = rows_.find(key);
        if (found == rows_.end()) return say(key, "is missing");
        const auto rest = rest_of(*found->second);
        std::map<std::string, std::string> in_rest;  // members that have no column
        for (const auto& [name, raw] : members) {
            const auto there = column_of_.contains(name) ? rest.end() : rest.find(name);
            const bool same = there != rest.end() && (there->second == test::minified(raw) ||
                                                      (is_null(there->second) && is_null(raw)));
            if (same)
                in_rest.insert(*there);
            else
                value(key, *found->second, name, raw, in_rest);
        }
        rows_.erase(found);
    }

    // What is left stands in the table but not in the truth.
    void finish(const std::set<std::string>& deleted) {
        for (const auto& [key, row] : rows_) {
            // A custom field of contacts may have that name too.
            const auto contact =
                table_.key.front() == "id" ? column_of_.find("contact_id") : column_of_.end();
            const std::string owner =
                contact == column_of_.end() ? key : (*row)[contact->second].value_or("");
            if (!deleted.contains(owner)) say(key, "is not in the truth");
        }
    }

    const std::vector<std::string>& found() const { return found_; }

  private:
    void value(const std::string& key, const std::vector<Shown>& row, const std::string& name,
               const std::string& raw, const std::map<std::string, std::string>& in_rest) {
        if (name == table_.rest) return rest(key, row, raw, in_rest);
        const auto place = column_of_.find(name);
        if (place == column_of_.end()) {
            if (!is_null(raw)) say(key, name + " has no column for " + raw.substr(0, 80));
            return;
        }
        const Shown& shown = row[place->second];
        if (is_null(raw)) {
            if (shown) say(key, name + " should be NULL but is " + *shown);
        } else if (!shown) {
            if (!rejects_.contains({table_.name, key, name})) {
                say(key, name + " is NULL without a reject, should be " + raw.substr(0, 80));
            }
        } else if (!same_value(type_of_.at(name), raw, *shown) &&
                   !(once_numbers_.contains(name) && same_value(Type::decimal, raw, *shown))) {
            say(key, name + " is " + shown->substr(0, 80) + ", should be " + raw.substr(0, 80));
        }
    }

    Shown shown_rest(const std::vector<Shown>& row) const {
        const auto place = column_of_.find(table_.rest);
        return place == column_of_.end() ? Shown() : row[place->second];
    }

    std::map<std::string, std::string> rest_of(const std::vector<Shown>& row) const {
        const Shown shown = shown_rest(row);
        return shown ? sorted_members(*shown) : std::map<std::string, std::string>();
    }

    void rest(const std::string& key, const std::vector<Shown>& row, const std::string& raw,
              const std::map<std::string, std::string>& without_column) {
        const Shown shown = shown_rest(row);
        auto wanted = raw == "null" ? std::map<std::string, std::string>() : sorted_members(raw);
        wanted.insert(without_column.begin(), without_column.end());
        const auto there = rest_of(row);
        if (wanted == there) return;
        if (!shown && rejects_.contains({table_.name, key, table_.rest})) return;
        if (stands_in_columns(row, wanted, there)) return;
        say(key, table_.rest + " is " + shown.value_or("NULL").substr(0, 300) + ", should be " +
                     raw.substr(0, 300));
    }

    // A field that has gone at the source keeps its column, with what stands there.
    bool stands_in_columns(const std::vector<Shown>& row,
                           const std::map<std::string, std::string>& wanted,
                           const std::map<std::string, std::string>& there) const {
        return std::includes(wanted.begin(), wanted.end(), there.begin(), there.end()) &&
               std::all_of(wanted.begin(), wanted.end(), [&](const auto& member) {
                   const auto& [name, raw] = member;
                   const auto place = std::find(dump_.columns.begin(), dump_.columns.end(), name);
                   if (there.contains(name)) return true;
                   if (place == dump_.columns.end()) return false;
                   const Shown& shown =
                       row[static_cast<std::size_t>(place - dump_.columns.begin())];
                   if (is_null(raw)) return !shown;
                   return shown && same_value(type_of(name), raw, *shown);
               });
    }

    Type type_of(const std::string& column) const {
        const auto found = type_of_.find(column);
        return found == type_of_.end() ? Type::text : found->second;
    }

    void say(const std::string& key, const std::string& what) {
        found_.push_back(table_.name + " " + key + " " + what);
    }

    const Table& table_;
    const RejectKeys& rejects_;
    const std::set<std::string>& once_numbers_;
    contract::Dump dump_;
    std::map<std::string, std::size_t> column_of_;
    std::map<std::string, Type> type_of_;
    std::unordered_map<std::string, const std::vector<Shown>*> rows_;
    std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> differences(const Compare& compare, std::size_t most) {
    RejectKeys rejects;
    const contract::Dump kept = compare.dump("ringtail_rejects");
    const auto column = [&](std::string_view name) {
        return static_cast<std::size_t>(std::find(kept.columns.begin(), kept.columns.end(), name) -
                                        kept.columns.begin());
    };
    for (const auto& row : kept.rows) {
        rejects.emplace(row[column("table_name")].value_or(""), row[column("row_key")].value_or(""),
                        row[column("column_name")].value_or(""));
    }
    std::vector<std::string> all;
    for (const Table& table : compare.tables) {
        TableCheck check(compare, table, rejects);
        compare.truth(table.name.substr(compare.prefix.size()),
                      [&](std::string_view row) { check.row(row); });
        check.finish(compare.deleted);
        all.insert(all.end(), check.found().begin(), check.found().end());
        if (all.size() > most) break;
    }
    if (all.size() > most) all.resize(most);
    return all;
}

}  // namespace ringtail::fault
