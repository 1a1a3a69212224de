#include "destination/sqlserver/bulk.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "base/error.hpp"
#include "destination/relational/rows.hpp"
#include "destination/sqlserver/catalog.hpp"
#include "destination/sqlserver/dialect.hpp"
#include "sql/sqlserver_text.hpp"
#include "sql/value.hpp"

namespace ringtail::sqlserver {
namespace {

namespace text = sql::sqlserver;
using relational::Field;
using relational::RowWriter;
using relational::SomeRows;

// More rows in one text are slower at the server.
constexpr std::size_t kMostRows = 1'000;
// Literals are parts of the statement, which the server must plan anew each time; the limit of
// VALUES is 1,000 rows.
constexpr std::size_t kMostLiteralRows = 100, kMostLiterals = 10'000;
// Two bytes each at the server, which parses the text whole.
constexpr std::size_t kMostBytes = 4U << 20U;

// {"c0":"text","c1":null}: every name in every row, as Babelfish reads each column on its own.
struct JsonRow {
    bool numbered = false;  // {"n":1, in front
    std::size_t row = 0;
    std::size_t column = 0;
    void begin_row(std::string& out) {
        out += '{';
        if (numbered) out += "\"n\":" + std::to_string(++row) + ",";
        column = 0;
        name(out);
    }
    void value(std::string_view value, const Field& field, std::string& out) {
        sql::append_json_string(text::sent(value, field.column.type), out);
    }
    void null(std::string& out) { out += "null"; }
    void between(std::string& out) {
        out += ',';
        ++column;
        name(out);
    }
    void end_row(std::string& out) { out += '}'; }
    void name(std::string& out) const { out += '"' + text::json_name(column) + "\":"; }
};

// (N'text', NULL)
struct ValuesRow {
    void begin_row(std::string& out) { out += '('; }
    void value(std::string_view value, const Field& field, std::string& out) {
        out += text::literal(text::sent(value, field.column.type));
    }
    void null(std::string& out) { out += "NULL"; }
    void between(std::string& out) { out += ", "; }
    void end_row(std::string& out) { out += ')'; }
};

// Calls `send(text, rows)` with up to `at_once` rows, as often as needed.
template <typename Sink, typename Send>
std::uint64_t write_all(const SomeRows& rows, std::size_t at_once, Sink sink, Send send) {
    RowWriter<Sink> writer(rows.plan, rows.batch, rows.rejecter, sink);
    std::uint64_t written = 0, waiting = 0;
    std::string out;
    const auto flush = [&] {
        if (waiting > 0) send(out, waiting);
        out.clear();
        waiting = 0;
    };
    for (const std::size_t row : rows.rows) {
        const std::size_t start = out.size();
        if (waiting > 0) out += ',';
        if (!writer.append(row, out)) {
            out.resize(start);
            continue;
        }
        ++written;
        if (++waiting == at_once || out.size() >= kMostBytes) flush();
    }
    flush();
    return written;
}

}  // namespace

std::uint64_t Bulk::to_stage(const SomeRows& rows) {
    const std::uint64_t written = fill(rows);
    return written - (written > 0 ? reject_twins(rows) : 0);
}

std::uint64_t Bulk::fill(const SomeRows& rows) {
    const std::string stage = Dialect().stage_name(rows.plan.stage);
    const auto columns = as_texts(rows.plan.columns());
    const Server& server = session_.server();
    if (columns.size() <= server.json_columns) {
        const std::string statement = text::fill_from_json(stage, columns, server.json_at_once);
        const JsonRow sink{.numbered = columns.size() > server.json_at_once};
        return write_all(rows, kMostRows, sink,
                         [&](const std::string& objects, std::uint64_t count) {
                             check(session_.run(statement, {"[" + objects + "]"}).affected, count);
                         });
    }
    const std::string statement = text::fill_from_values(stage, columns);
    const std::size_t at_once = std::clamp<std::size_t>(
        kMostLiterals / std::max<std::size_t>(columns.size(), 1), 1, kMostLiteralRows);
    return write_all(rows, at_once, ValuesRow{},
                     [&](const std::string& values, std::uint64_t count) {
                         check(session_.run(statement + values).affected, count);
                     });
}

void Bulk::check(std::uint64_t arrived, std::uint64_t sent) {
    if (arrived == sent) return;
    session_.drop();
    throw Error(Fault::bug,
                fmt::format("SQL Server: {} rows were sent and {} arrived", sent, arrived));
}

// In a table that compares its key without regard to case (the old client's), two rows that differ
// only so are one. The second one cannot be stored: better a reject than a load that fails for
// ever.
std::uint64_t Bulk::reject_twins(const SomeRows& rows) {
    const Dialect dialect;
    const auto key = rows.plan.key();
    const text::Merge merge{
        rows.plan.shown_name(), dialect.stage_name(rows.plan.stage), {}, as_texts(key), {}};
    const std::string find = text::find_twins(merge);
    if (find.empty()) return 0;
    std::set<std::string> twins;
    for (const auto& row : session_.run(find).rows) twins.insert(row.at(0).value_or(""));
    if (twins.empty()) return 0;
    const std::size_t cell = rows.batch.key_cells().front();
    std::uint64_t rejected = 0;
    for (const std::size_t row : rows.rows) {
        if (twins.count(std::string(rows.batch.at(row, cell).text)) == 0) continue;
        const std::size_t before = rows.rejecter.count();
        rows.rejecter.reject(
            row, cell,
            {sql::Fitted::Outcome::reject,
             {},
             "the table holds its key equal to another row's (its collation ignores case)"});
        rows.rejecter.reject_row_of_key(row, before);
        const std::string name = text::quote(key.front().name);
        rejected += session_
                        .run("DELETE FROM " + merge.stage + " WHERE " + name + " COLLATE " +
                                 std::string(text::kBinary) + " = ?",
                             {std::string(rows.batch.at(row, cell).text)})
                        .affected;
    }
    return rejected;
}

}  // namespace ringtail::sqlserver
