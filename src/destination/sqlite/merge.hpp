#pragma once
#include <cstddef>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "destination/sqlite/shape.hpp"
#include "model/load.hpp"
#include "sqlite/connection.hpp"

namespace ringtail {

// Keys of rows that this load rejected, with their table: the rows that point at them go along.
using LostKeys = std::set<std::pair<std::string, std::string>>;

// How the rows of one table are written; made once per connection and table.
class Merge {
  public:
    // Error(data) when the table, or a column that rows need, is missing.
    Merge(sqlite::Connection& db, const Table& table);

    // Whether it was made for this very table.
    bool is_for(const Table& table) const;

    // Erases and upserts the batch's rows inside the transaction that is open. Values and rows that
    // do not fit are appended to `rejects`. Error(stopped) when `stop` is requested.
    TableStats write(const Batch& batch, Instant now, std::vector<Reject>& rejects, LostKeys& lost,
                     const std::stop_token& stop);

  private:
    struct Target {
        StoredColumn column;
        bool in_key = false;     // a value that does not fit here costs the row
        bool whole_key = false;  // … and must be a number as std::to_string() writes it
    };
    struct Writing;  // what one write() is about

    void prepare_statements(const Table& table);
    void erase(Writing& writing);
    void write_row(Writing& writing, std::size_t row);
    // Binds the row; why the whole row is to be rejected, or nothing.
    std::optional<std::string> bind(Writing& writing, std::size_t row);
    void reject_row(Writing& writing, std::size_t row, std::string reason);
    bool is_there(const Batch& batch, std::size_t row);

    sqlite::Connection& db_;
    Shape shape_;
    Table table_;
    std::vector<Target> targets_;  // one per cell; its parameter is its place + 1
    std::vector<std::size_t> key_cells_;
    std::vector<std::pair<std::size_t, std::string>>
        parents_;                          // reference cell, and the table it points at
    std::optional<StoredColumn> changed_;  // its parameter comes behind the cells'
    std::string scratch_;
    std::optional<sqlite::Statement> upsert_;
    std::optional<sqlite::Statement> erase_;
    std::optional<sqlite::Statement> exists_;
};

}  // namespace ringtail
