#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "destination/clickhouse/plan.hpp"
#include "destination/clickhouse/tsv.hpp"
#include "model/load.hpp"

namespace ringtail::clickhouse {

// Keys of rows that this load rejected, with their table: the rows that point at them go along.
using LostKeys = std::set<std::pair<std::string, std::string>>;

// The rows of one batch that are to be merged, fitted to their columns: their fields as
// TabSeparated, and what they are compared by.
class FittedRows {
  public:
    struct Row {
        std::string key;  // its parts as TabSeparated
        std::size_t offset = 0, length = 0;
        std::uint64_t hash = 0;
        std::uint32_t month = 0;
    };

    // Values and rows that do not fit go to `rejects` and `lost`. Error(stopped).
    FittedRows(const Plan& plan, const Batch& batch, const sql::clickhouse::Features& features,
               LostKeys& lost, std::vector<Reject>& rejects, const std::stop_token& stop);

    const std::vector<Row>& rows() const { return rows_; }
    // The cells of a row, each followed by a tab.
    std::string_view fields(const Row& row) const {
        return std::string_view(text_).substr(row.offset, row.length);
    }
    std::uint64_t rejected() const { return rejected_; }
    // Columns that must be widened first, and to what; the rows are of no use then. By cell.
    const std::map<std::size_t, std::string>& to_widen() const { return to_widen_; }

  private:
    void add(std::size_t row);
    // Why the whole row is a reject; empty: it is not.
    std::string fit(std::size_t row, Row& fitted);
    // The reason when the value is a reject; empty when widening the column will do.
    std::string widen(std::size_t cell, const Cell& value, std::string_view reason);
    std::string lost_parent(std::size_t row) const;

    const Plan& plan_;
    const Batch& batch_;
    const sql::clickhouse::Features& features_;
    LostKeys& lost_;
    std::vector<Reject>& rejects_;
    std::vector<Row> rows_;
    std::string text_, scratch_, field_scratch_;
    std::uint64_t rejected_ = 0;
    std::map<std::size_t, std::size_t> steps_;  // by cell: how far up its wider types
    std::map<std::size_t, std::string> to_widen_;
};

// What stands in a column for NULL where a row is only a mark of its deletion.
std::string_view nothing_in(const StoredColumn& column);

// YYYYMM of a time as fit_value() writes it; 0 outside of 1990 to 2099: odd dates must not make a
// thousand partitions.
std::uint32_t month_of(std::string_view time);

// The first fields of an answer's row, in the form of Row::key.
std::string key_in(const TsvRows& rows, std::size_t parts);

}  // namespace ringtail::clickhouse
