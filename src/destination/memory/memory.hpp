#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "destination/destination.hpp"

namespace ringtail {

// A database in memory for tests: what all handles made for it share. It keeps every value exactly
// as delivered (an empty text is NULL, as everywhere), so that it is what other destinations are
// compared with. Safe to use from any thread.
class MemoryDatabase {
  public:
    using Value = std::optional<std::string>;  // the cell's text; NULL is nothing

    // The columns' names, as prepared; empty when there is no such table or view.
    std::vector<std::string> columns(const std::string& table) const;
    // Rows in the order of their keys (a view's: of its base), each with its values in the order of
    // columns().
    std::vector<std::vector<Value>> rows(const std::string& table) const;
    std::vector<Reject> rejects() const;

    // What tests do behind the handles' backs.
    void add_column(const std::string& table, const std::string& column);
    void expire_lease(const std::string& stream);

  private:
    friend class MemoryDestination;
    friend class MemoryRows;

    using Row = std::vector<Value>;  // in the order of columns; what is beyond its end is NULL
    struct StoredTable {
        std::vector<std::string> columns;
        std::map<std::string, Row> rows;  // by Batch::key_of()
        std::vector<Reference> references;
        std::vector<std::vector<std::string>> unique;

        std::size_t place_of(const std::string& column) const;  // columns.size() when there is none
    };
    struct Stream {
        std::optional<Checkpoint> checkpoint;
        std::string holder;  // empty: nobody
        Instant lease_until;
        std::map<std::string, Recheck> rechecks;
    };
    std::vector<Row> rows_of(const View& view) const;

    using RejectKey = std::tuple<std::string, std::string, std::string, std::string>;

    mutable std::mutex mutex_;
    std::map<std::string, StoredTable> tables_;
    std::map<std::string, View> views_;
    std::map<std::string, Stream> streams_;
    std::map<RejectKey, Reject>
        rejects_;  // by all but the reason, so that a replay makes no second one
};

// A handle. Loads are all or nothing, as with any destination.
std::unique_ptr<Destination> make_memory(std::shared_ptr<MemoryDatabase> database,
                                         DestinationOptions options = {});

}  // namespace ringtail
