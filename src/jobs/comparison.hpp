#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "destination/row_reader.hpp"
#include "model/table.hpp"
#include "source/source.hpp"

namespace ringtail::jobs {

// Set, by a reconciliation, in rows whose source does not name them any more; null in every row
// that a source loads. A subject's table has it, as a timestamp.
inline constexpr std::string_view kMissingSince = "_missing_at_source_since";

// Values of Subject::fields, in their order. One value is one text on both sides
// (destination/row_reader.hpp).
using ComparedValues = std::vector<std::optional<std::string>>;

struct SourceRow {
    std::string key;        // what the source calls it: "4711"
    ComparedValues values;  // empty: only the key is compared
    bool open = false;      // not final yet
};

struct StoredRow {
    std::string key;  // as SourceRow's
    std::string row;  // its Table::key, as Batch::erase() takes it
    ComparedValues values;
    bool open = false;  // not final: no difference where the source does not name it
    std::optional<Instant> missing_since = {};
};

// A table that is compared, with what hangs on its rows.
struct Subject {
    std::string name;  // for the ledger: "callkeeper_calls"
    std::string noun;  // what people call its rows: "calls"
    Table table;       // whose rows are compared; what points at them goes with them
    // What is compared, and what people call it: "talk_duration", "talk time". A field with the
    // name of the table's key holds StoredRow::row: a row with another is replaced.
    std::vector<std::string> fields, captions;
    RowQuery all;  // every row there of this source
};

// What is compared at a time and repaired in one transaction: a day of one subject.
struct Part {
    std::size_t subject = 0;
    std::string day;                  // YYYY-MM-DD
    bool is_over = true;              // no new rows can come
    std::vector<SourceRow> rows;      // what the source has; each key once, in any order
    std::vector<std::string> beyond;  // keys at the source that are not wanted: neither missing
                                      // nor extra
    RowQuery here;  // what is stored of it; Comparison::stored_row() knows its columns
    std::vector<std::string> also;  // keys of Table::key: rows of it that `here` need not find
    std::string after;              // a position: the next part
    bool in_hand = false;  // the next part has been read with this one: no place to stop at
};

// Rows as they are to be stored.
struct LoadedAgain {
    Decoded decoded;  // batches of the tables that open() was given, in their order
    // The same as a comparison sees them: what is stored already may add to what the source says.
    // Only those of the part; a key that is not among them is not wanted there.
    std::vector<SourceRow> rows;
    std::vector<std::string> beyond = {};  // keys that turned out to be as those of Part::beyond
    std::vector<std::string> absent = {};  // of the doubted keys: what the source does not have
};

// Reads what the source has, part by part. One thread uses it; calls block. Errors as those of
// Source.
class Comparison {
  public:
    virtual ~Comparison() = default;
    // Starts after `position` ("": at the beginning; one that is no longer in the period is passed
    // over). `tables`: ComparisonPlan::tables as prepared; `stored` and they must outlive this.
    // `loaded`: how far the source's stream has been read.
    virtual void open(std::span<const Table> tables, const std::optional<Checkpoint>& loaded,
                      Stored& stored, std::string_view position) = 0;
    // The next part, whole; nothing after the last.
    virtual std::optional<Part> next(const std::stop_token& stop) = 0;
    // A row that Part::here gave; nothing: it is not compared.
    virtual std::optional<StoredRow> stored_row(
        const Part& part, std::span<const std::optional<std::string_view>> values) const = 0;
    // Of the part that next() gave last: keys that are missing, have other values, or are stored
    // and not in the part. Also what is stored and equal already is written out, as columns that
    // are not compared may be damaged. `doubted`: those of the keys whose rows are to be removed
    // if the source does not have them. It is asked for each of these by itself, as it may have
    // rows that it leaves out of its lists.
    virtual LoadedAgain load_again(const Part& part, std::span<const std::string> keys,
                                   std::span<const std::string> doubted,
                                   const std::stop_token& stop) = 0;
    virtual std::uint64_t requests() const = 0;  // so far; from any thread
};

// What a reconcile job compares.
struct ComparisonPlan {
    std::string stream;         // whose lease is taken
    std::vector<Table> tables;  // the source's; parents before children
    std::vector<Subject> subjects;
    std::size_t days = 0;  // in all; 0: not known
    // The job's: a run ends after so many requests, the next one goes on there; 0: no limit.
    std::uint64_t max_requests = 0;
    bool remove_extra = false;  // also more of them than is done without asking
    bool doubts_cost = false;   // each doubted key of load_again() is a request
    std::unique_ptr<Comparison> comparison;
};

}  // namespace ringtail::jobs
