#include "callkeeper/differences.hpp"

#include <fmt/format.h>

#include <map>
#include <set>

#include "base/time_text.hpp"
#include "support/json_object.hpp"

namespace ringtail::test {

namespace {

constexpr std::size_t kMostLines = 20;

// The truth's columns and, as the tables hold them, its values.
struct Row {
    Texts names, values;
};

bool is_time(const std::string& name) {
    return name == "order_date" || name == "call_date" || name.ends_with("full_date");
}

std::string as_stored(const std::string& name, const std::string& text) {
    if (!is_time(name) || text.empty()) return text;
    const auto time = parse_time(text);
    return time ? format_time(*time) : text;
}

Row read_row(std::string_view line) {
    Row row;
    for (const auto& [name, raw] : members_of(line)) {
        row.names.push_back(name);
        const bool is_text = raw.starts_with('"');
        row.values.push_back(as_stored(name, is_text         ? text_of(raw).value_or("no text")
                                             : raw == "null" ? ""
                                                             : raw));
    }
    return row;
}

std::vector<Texts> select(CallTables& database, const std::string& table, const Texts& columns,
                          const std::string& where = {}) {
    std::string names;
    for (const auto& column : columns)
        names += (names.empty() ? "" : ", ") + database.quoted(column);
    auto rows =
        database.rows(fmt::format("SELECT {} FROM {}{}", names, database.table(table), where));
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (!is_time(columns[i])) continue;
        for (Texts& row : rows) row[i] = database.time(row[i]);
    }
    return rows;
}

// Facts with what they point at: "traffic.source" stands in general_traffic, call_id in
// callkeeper_calls. Joined here, as not every database can join so many tables.
std::vector<Texts> select_facts(CallTables& database, const Texts& names) {
    std::map<std::string, Texts> columns;  // by the table's last word; "" are the facts' own
    std::vector<std::string> words;        // of each name
    for (const auto& name : names) {
        const auto dot = name.find('.');
        const bool own = dot == std::string::npos;
        words.push_back(name == "call_id" ? "calls" : own ? "" : name.substr(0, dot));
        columns[words.back()].push_back(own ? name : name.substr(dot + 1));
    }
    Texts own = columns[""];
    columns.erase("");
    std::map<std::string, std::map<std::string, Texts>> parents;  // word → id → values
    for (auto& [word, of_parent] : columns) {
        own.push_back(word + "_id");
        of_parent.insert(of_parent.begin(), "id");
        const std::string table = (word == "calls" ? "callkeeper_" : "general_") + word;
        for (Texts& row : select(database, table, of_parent)) parents[word][row[0]] = row;
    }
    std::vector<Texts> rows;
    for (const Texts& fact : select(database, "callkeeper_calls_facts", own)) {
        std::map<std::string, const Texts*> values{{"", &fact}};
        std::map<std::string, std::size_t> next;  // behind the id
        std::size_t reference = own.size() - columns.size();
        for (const auto& [word, of_parent] : columns) {
            values[word] = &parents[word].at(fact[reference++]);
            next[word] = 1;
        }
        Texts& row = rows.emplace_back();
        for (const auto& word : words) row.push_back((*values[word])[next[word]++]);
    }
    return rows;
}

std::vector<Texts> rows_of(CallTables& database, const std::string& table, const Texts& names) {
    if (table == "callkeeper_calls_facts") return select_facts(database, names);
    return select(database, table, names, table == "callkeeper_calls" ? "" : " WHERE id <> 1");
}

std::string shown(const std::string& text) {
    return text.size() <= 100 ? text
                              : fmt::format("{}… ({} bytes)", text.substr(0, 90), text.size());
}

// Tables of calls: by call, column by column.
void compare_calls(const std::string& table, const std::vector<Row>& truth,
                   const std::vector<Texts>& stored, bool all, Texts& lines) {
    std::map<std::string, const Texts*> by_call;
    for (const Texts& row : stored)
        if (!by_call.emplace(row[0], &row).second)
            lines.push_back(fmt::format("{}: call {} stands there twice", table, row[0]));
    for (const Row& row : truth) {
        const auto found = by_call.find(row.values[0]);
        if (found == by_call.end()) {
            lines.push_back(fmt::format("{}: call {} is missing", table, row.values[0]));
            continue;
        }
        for (std::size_t i = 0; i < row.names.size(); ++i)
            if (row.values[i] != (*found->second)[i])
                lines.push_back(fmt::format("{}: call {}: {} is \"{}\", not \"{}\"", table,
                                            row.values[0], row.names[i], shown((*found->second)[i]),
                                            shown(row.values[i])));
        by_call.erase(found);
    }
    if (!all) return;  // the truth of some days only
    for (const auto& [id, row] : by_call)
        lines.push_back(fmt::format("{}: call {} should not be there", table, id));
}

std::string joined(const Texts& values) {
    std::string out;
    for (const auto& value : values) out += shown(value) + " | ";
    return out;
}

// The others: as sets.
void compare_sets(const std::string& table, const std::vector<Row>& truth,
                  const std::vector<Texts>& stored, Shared shared, Texts& lines) {
    std::multiset<Texts> there(stored.begin(), stored.end());
    for (const Row& row : truth) {
        const auto found = there.find(row.values);
        if (found == there.end())
            lines.push_back(fmt::format("{}: missing: {}", table, joined(row.values)));
        else
            there.erase(found);
    }
    if (shared == Shared::more) return;
    for (const Texts& row : there)
        lines.push_back(fmt::format("{}: should not be there: {}", table, joined(row)));
}

}  // namespace

std::string CallTables::time(const std::string& stored) const {
    const auto time = parse_time(stored);
    return time ? format_time(*time) : stored;
}

std::vector<std::string> differences(const sim::CallKeeper& callkeeper, CallTables& tables,
                                     const sim::CallTruthOptions& truth, Shared shared) {
    Texts lines;
    for (const char* table :
         {"callkeeper_calls", "callkeeper_calls_facts", "general_dates", "general_traffic",
          "general_clientids", "general_sites", "general_locations"}) {
        std::vector<Row> rows;
        callkeeper.truth(table, truth, [&](std::string_view line) {
            rows.push_back(read_row(line));
            for (auto& value : rows.back().values)
                if (!tables.can_hold(value)) value.clear();
        });
        if (rows.empty()) {
            if (!tables.rows(fmt::format("SELECT id FROM {} WHERE id <> 1", tables.table(table)))
                     .empty() &&
                shared == Shared::exact)
                lines.push_back(fmt::format("{} should be empty", table));
            continue;
        }
        const auto stored = rows_of(tables, table, rows[0].names);
        const bool by_call = rows[0].names[0] == "call_id";
        if (by_call)
            compare_calls(table, rows, stored, truth.from.empty() && truth.to.empty(), lines);
        if (!by_call) compare_sets(table, rows, stored, shared, lines);
    }
    if (lines.size() > kMostLines) {
        lines.push_back(fmt::format("{} more", lines.size() - kMostLines));
        lines.erase(lines.begin() + kMostLines, lines.end() - 1);
    }
    return lines;
}

}  // namespace ringtail::test
