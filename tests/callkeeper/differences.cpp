#include <fmt/format.h>

#include <map>
#include <set>

#include "base/time_text.hpp"
#include "callkeeper/account.hpp"
#include "sqlite/connection.hpp"
#include "support/json_object.hpp"

namespace ringtail::test {

namespace {

constexpr std::size_t kMostLines = 20;

using Texts = std::vector<std::string>;  // null and "" are the same here: stub rows hold either

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

// "traffic.source" stands in general_traffic.
std::string select_of(const std::string& table, const Texts& names) {
    std::string columns;
    for (const auto& name : names) {
        columns += columns.empty() ? "" : ", ";
        const auto dot = name.find('.');
        if (dot != std::string::npos)
            columns += fmt::format("{}.\"{}\"", name.substr(0, dot), name.substr(dot + 1));
        else
            columns += fmt::format("{}.\"{}\"", name == "call_id" ? "c" : "t", name);
    }
    if (table == "callkeeper_calls")
        return fmt::format(
            "SELECT {} FROM callkeeper_calls t JOIN callkeeper_calls c ON c.id = t.id", columns);
    if (table != "callkeeper_calls_facts")
        return fmt::format("SELECT {} FROM {} t WHERE t.id <> 1", columns, table);
    std::string joins;
    for (const char* one : {"dates", "traffic", "clientids", "sites", "locations"})
        joins += fmt::format(" JOIN general_{0} {0} ON {0}.id = t.{0}_id", one);
    return fmt::format(
        "SELECT {} FROM callkeeper_calls_facts t JOIN callkeeper_calls c ON c.id = t.calls_id{}",
        columns, joins);
}

std::vector<Texts> rows_of(sqlite::Connection& connection, const std::string& table,
                           const Texts& names) {
    auto statement = connection.prepare(select_of(table, names));
    std::vector<Texts> rows;
    while (statement.step()) {
        Texts& row = rows.emplace_back();
        for (std::size_t i = 0; i < names.size(); ++i)
            row.emplace_back(statement.text(static_cast<int>(i)));
    }
    return rows;
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
                  const std::vector<Texts>& stored, Account::Shared shared, Texts& lines) {
    std::multiset<Texts> there(stored.begin(), stored.end());
    for (const Row& row : truth) {
        const auto found = there.find(row.values);
        if (found == there.end())
            lines.push_back(fmt::format("{}: missing: {}", table, joined(row.values)));
        else
            there.erase(found);
    }
    if (shared == Account::Shared::more) return;
    for (const Texts& row : there)
        lines.push_back(fmt::format("{}: should not be there: {}", table, joined(row)));
}

}  // namespace

std::vector<std::string> Account::differences(const sim::CallTruthOptions& truth, Shared shared) {
    sqlite::Connection connection(file_);
    Texts lines;
    for (const char* table :
         {"callkeeper_calls", "callkeeper_calls_facts", "general_dates", "general_traffic",
          "general_clientids", "general_sites", "general_locations"}) {
        std::vector<Row> rows;
        callkeeper_.truth(table, truth,
                          [&](std::string_view line) { rows.push_back(read_row(line)); });
        if (rows.empty()) {
            if (count(fmt::format("SELECT count(*) FROM {} WHERE id <> 1", table)) != 0 &&
                shared == Shared::exact)
                lines.push_back(fmt::format("{} should be empty", table));
            continue;
        }
        const auto stored = rows_of(connection, table, rows[0].names);
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
