#include "jobs/ledger.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <deque>
#include <tuple>

#include "base/md5.hpp"
#include "base/time_text.hpp"

namespace ringtail::jobs {
namespace {

constexpr std::array<std::string_view, 4> kVerdicts{"equal", "healed", "different", "unproven"};

std::string id_of(const LedgerRow& row) {
    return fmt::format("{}/{}/{}", row.stream, row.table, row.day);
}

// Cells of a row; the texts live as long as this.
class Cells {
  public:
    explicit Cells(Batch& batch) : batch_(batch) {}
    void text(std::string_view text) { batch_.add({Cell::Kind::text, text}); }
    void text(const std::optional<std::string>& value) {
        if (value)
            text(std::string_view(*value));
        else
            batch_.add({});
    }
    void number(std::uint64_t value) {
        batch_.add({Cell::Kind::number, kept_.emplace_back(std::to_string(value))});
    }
    void time(const std::optional<Instant>& value) {
        if (value)
            text(std::string_view(kept_.emplace_back(format_time(*value))));
        else
            batch_.add({});
    }
    void end() { batch_.end_row(); }

  private:
    Batch& batch_;
    std::deque<std::string> kept_;
};

using Values = std::span<const std::optional<std::string_view>>;

std::string text_in(const std::optional<std::string_view>& value) {
    return std::string(value.value_or(""));
}

std::uint64_t number_in(const std::optional<std::string_view>& value) {
    std::uint64_t number = 0;
    if (value) std::from_chars(value->data(), value->data() + value->size(), number);
    return number;
}

std::optional<Instant> time_in(const std::optional<std::string_view>& value) {
    return value ? parse_time(*value) : std::nullopt;
}

}  // namespace

std::string_view name_of(LedgerVerdict verdict) {
    return kVerdicts.at(static_cast<std::size_t>(verdict));
}

std::optional<LedgerVerdict> ledger_verdict_of(std::string_view name) {
    const auto found = std::ranges::find(kVerdicts, name);
    if (found == kVerdicts.end()) return std::nullopt;
    return static_cast<LedgerVerdict>(found - kVerdicts.begin());
}

Table ledger_table() {
    using enum Type;
    Table table;
    table.name = "ringtail_ledger";
    table.columns = {{"id", text},
                     {"source", text},
                     {"stream", text},
                     {"table_name", text},
                     {"day", text},
                     {"rows_at_source", int64},
                     {"rows_here", int64},
                     {"hash_at_source", text},
                     {"hash_here", text},
                     {"open_rows", int64},
                     {"compared_at", timestamp},
                     {"proven_at", timestamp},
                     {"verdict", text}};
    table.key = {"id"};
    return table;
}

void append(Batch& ledger, const LedgerRow& row) {
    Cells cells(ledger);
    const std::string id = id_of(row);
    for (const std::string* text : {&id, &row.source, &row.stream, &row.table, &row.day})
        cells.text(std::string_view(*text));
    cells.number(row.there);
    cells.number(row.here);
    cells.text(std::string_view(row.hash_there));
    cells.text(std::string_view(row.hash_here));
    cells.number(row.open);
    cells.time(row.compared);
    cells.time(row.proven);
    cells.text(name_of(row.verdict));
    cells.end();
}

std::vector<LedgerRow> read_ledger(RowReader& reader, std::string_view stream,
                                   std::string_view from, std::string_view to,
                                   const std::stop_token& stop) {
    RowQuery query;
    query.table = ledger_table();
    for (const Column& column : query.table.columns) query.columns.push_back(column.name);
    query.equal = {{"stream", std::string(stream)}};
    std::vector<LedgerRow> rows;
    const auto take = [&](Values values) {
        LedgerRow row;
        row.source = text_in(values[1]);
        row.stream = text_in(values[2]);
        row.table = text_in(values[3]);
        row.day = text_in(values[4]);
        if ((!from.empty() && row.day < from) || (!to.empty() && row.day > to)) return;
        row.there = number_in(values[5]);
        row.here = number_in(values[6]);
        row.hash_there = text_in(values[7]);
        row.hash_here = text_in(values[8]);
        row.open = number_in(values[9]);
        row.compared = time_in(values[10]).value_or(Instant());
        row.proven = time_in(values[11]);
        row.verdict = ledger_verdict_of(text_in(values[12])).value_or(LedgerVerdict::unproven);
        rows.push_back(std::move(row));
    };
    reader.read(query, take, stop);
    std::ranges::sort(rows, [](const LedgerRow& a, const LedgerRow& b) {
        return std::tie(a.day, a.table) < std::tie(b.day, b.table);
    });
    return rows;
}

std::optional<Instant> proven_before(RowReader& reader, const LedgerRow& row,
                                     const std::stop_token& stop) {
    RowQuery query;
    query.table = ledger_table();
    query.columns = {"proven_at"};
    query.equal = {{"id", id_of(row)}};
    std::optional<Instant> proven;
    reader.read(
        query, [&](Values values) { proven = time_in(values[0]); }, stop);
    return proven;
}

Table reconciliation_table() {
    using enum Type;
    Table table;
    table.name = "ringtail_reconciliation";
    table.columns = {{"id", text},         {"source", text}, {"stream", text},  {"run", int64},
                     {"table_name", text}, {"day", text},    {"row_key", text}, {"field", text},
                     {"here", text},       {"there", text},  {"action", text},  {"at", timestamp}};
    table.key = {"id"};
    return table;
}

void append(Batch& reconciliation, const ReconciliationRow& row) {
    Cells cells(reconciliation);
    const std::string run = std::to_string(row.run);
    constexpr std::string_view kEnd = "\x1f";
    const std::string id = md5_hex({row.stream, kEnd, run, kEnd, row.table, kEnd, row.day, kEnd,
                                    row.key, kEnd, row.row, kEnd, row.field});
    cells.text(std::string_view(id));
    cells.text(std::string_view(row.source));
    cells.text(std::string_view(row.stream));
    cells.number(static_cast<std::uint64_t>(row.run));
    for (const std::string* text : {&row.table, &row.day, &row.key, &row.field})
        cells.text(std::string_view(*text));
    cells.text(row.here);
    cells.text(row.there);
    cells.text(std::string_view(row.action));
    cells.time(row.at);
    cells.end();
}

}  // namespace ringtail::jobs
