#pragma once
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "destination/destination.hpp"

// What reconciliations leave in the destination, for people and their reports.
namespace ringtail::jobs {

// equal, healed: what is stored is what the source has. unproven: so it is, but more may come.
enum class LedgerVerdict : std::uint8_t { equal, healed, different, unproven };
std::string_view name_of(LedgerVerdict verdict);
std::optional<LedgerVerdict> ledger_verdict_of(std::string_view name);

// A row of ringtail_ledger: a table's day, as it was compared last.
struct LedgerRow {
    std::string source;  // its name
    std::string stream, table, day;
    std::uint64_t there = 0, here = 0;
    std::string hash_there, hash_here;
    std::uint64_t open = 0;
    Instant compared;
    std::optional<Instant> proven = {};  // when it was equal last
    LedgerVerdict verdict = LedgerVerdict::unproven;
};
Table ledger_table();
void append(Batch& ledger, const LedgerRow& row);

// Of a source's stream, by day and table; days as YYYY-MM-DD, both included, "": any.
std::vector<LedgerRow> read_ledger(RowReader& reader, std::string_view stream,
                                   std::string_view from, std::string_view to,
                                   const std::stop_token& stop);
// When this table's day was equal last.
std::optional<Instant> proven_before(RowReader& reader, const LedgerRow& row,
                                     const std::stop_token& stop);

// A row of ringtail_reconciliation: something that differed, and what was done about it. What a run
// says last of the same counts.
struct ReconciliationRow {
    std::string source, stream;
    std::int64_t run = 0;
    std::string table, day, key, row;
    std::string field;  // "": the whole row
    std::optional<std::string> here, there;
    std::string action;
    Instant at;
};
Table reconciliation_table();
void append(Batch& reconciliation, const ReconciliationRow& row);

}  // namespace ringtail::jobs
