#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "model/batch.hpp"

namespace ringtail {

// How far a stream has been read and stored. Opaque text of the source, stored with the rows it
// covers.
struct Checkpoint {
    std::string text;
    friend bool operator==(const Checkpoint&, const Checkpoint&) = default;
};

// A value or row that does not fit; kept with its raw text, never dropped.
struct Reject {
    std::string table;
    std::string key;     // the row's key, or what names the row best
    std::string column;  // empty: the whole row
    std::string raw;     // as delivered
    std::string reason;
};

// Something of the source that is not final (an open call): it is asked again when due.
struct Recheck {
    std::string key;  // what to ask for: a contact id
    int step = 0;     // how often it has been asked; -1: settled, forget it
    Instant due;
};

// What was rejected before of rows with these keys (Reject::key) is dropped.
struct Forgotten {
    std::string_view table;
    std::span<const std::string> keys;
};

// One transaction at the destination.
struct Load {
    std::span<const Batch> batches;  // parents before children
    std::span<const Reject> rejects;
    std::span<const Recheck> rechecks;
    std::string_view stream;
    std::string_view holder;  // who holds the stream's lease; a load by anyone else fails
    const Checkpoint* checkpoint = nullptr;
    Instant now;  // goes into Table::changed and the rejects' time
    // Somebody may have changed stored rows by hand: a row is taken for unchanged by its values
    // only, not by what the destination remembers of it.
    bool distrust = false;
    std::span<const Forgotten> forgotten = {};  // before `rejects` are stored
};

struct TableStats {
    std::string table;
    std::uint64_t read = 0, inserted = 0, updated = 0, unchanged = 0, rejected = 0, erased = 0;
};
using LoadStats =
    std::vector<TableStats>;  // one per batch, in their order; rejected counts cells and rows

}  // namespace ringtail
