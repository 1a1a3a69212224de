#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/calls_part.hpp"
#include "model/table.hpp"
#include "model/view.hpp"
#include "sqlite/connection.hpp"

namespace ringtail {

// What was found to be in the file as it should be, or was made so. It holds until anybody changes
// the file's schema, which SQLite counts, so that nothing need be looked at again before that. Of
// one connection, while its file stays where it is (Connection::has_moved()).
class KnownSchema {
  public:
    // Forgets everything when the schema was changed. True when there is nothing to forget.
    bool look(sqlite::Connection& db);
    // After an error: what was added may have been rolled back.
    void forget() { version_.reset(); }

    // What prepare() answered for these tables, none of them created now; nothing: not known.
    std::optional<std::vector<Table>> prepared(std::span<const Table> tables);
    bool has(std::span<const Table> tables, std::span<const View> views);
    bool has(std::span<const Table> tables, const CallsPart& part);

    // Call these, and look() before, inside the transaction that has made sure of it.
    void add(std::span<const Table> tables, std::span<const Table> prepared);
    void add(std::span<const Table> tables, std::span<const View> views);
    void add(std::span<const Table> tables, const CallsPart& part);

    // SQL that gives a row's fingerprint (NULL where the table has none) for the key ?1; empty:
    // there is no such table in the file now. Call it inside a transaction.
    const std::string& lookup_of(sqlite::Connection& db, const Table& table);

  private:
    struct Prepared {
        std::vector<Table> wanted, fillable;
        std::vector<std::vector<View>> views;
        std::vector<CallsPart> parts;
    };
    struct Lookup {
        std::vector<std::string> columns;  // of the table it was made for
        std::string fingerprint, key;
        std::string sql;
    };
    Prepared* find(std::span<const Table> tables);

    std::optional<std::int64_t> version_;  // of the schema
    std::vector<Prepared> all_;
    std::map<std::string, Lookup> lookups_;  // by table
};

}  // namespace ringtail
