#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.hpp"

namespace ringtail::dialfire {

// --fm / --only: which transactions of a contact are stored (facts/dialfire.md B.9).
enum class FilterMode : std::uint8_t { none, updates_only, hi_updates_only };

struct Filter {
    FilterMode mode = FilterMode::none;
    // --fp / --stages: the raw text, "fc_,qc_": not trimmed, an empty prefix matches everything.
    // Nothing: no filter.
    std::optional<std::string> stages;
    friend bool operator==(const Filter&, const Filter&) = default;
};

// What is listed before the following starts, when the stream has no finished listing in its
// checkpoint.
struct First {
    // The contacts changed since this text's first ten characters (YYYY-MM-DD); nothing: all
    // contacts.
    std::optional<std::string> since;
    // List even if the checkpoint says that a listing was finished (db_init, db_update, --full, an
    // explicit --s).
    bool again = false;
};

// Rows from before these times have been deleted for their age and are not stored again: by fired
// (transactions with all that hangs on them, connections) or started (recordings, inbound calls);
// contacts by $created_date, where nothing of theirs is stored.
struct Floors {
    std::optional<Instant> contacts = {}, transactions = {}, connections = {}, recordings = {},
                           inbound_calls = {};
};

struct Options {
    std::string campaign;
    std::string token;  // secret
    std::string api = "https://api.dialfire.com";
    std::string prefix = "df_";
    // Of the campaign (IANA), for the views over all calls; empty: no such views are made.
    std::string zone;
    std::string views_prefix;  // in front of their names
    // Child tables' names and columns are fixed; this bounds the custom fields that become columns
    // of contacts.
    std::size_t custom_columns = 150;
    bool extra_everywhere = false;  // --extra=all: an _extra column for the other tables too
    Filter filter;
    Floors floors = {};
    // Set: the transactions fired since then, as the JSON a web service gets
    // (decode_deliveries.hpp) instead of the five tables; no inbound calls are read.
    std::optional<Instant> deliver_since;
    First first;
    bool follow = true;  // after the listing: events and inbound calls; false: db_init, db_update
    std::chrono::seconds overlap{
        120};  // events and inbound calls are asked for again this far back
    std::chrono::seconds compare_every{
        900};  // contacts changed since yesterday are listed and compared by md5
    // Count the contacts ahead of a first listing whose answers do not say how many there are, so
    // that somebody who looks on learns how long it takes (census.hpp).
    bool count_ahead = false;
    unsigned in_flight = 16;
    unsigned contacts_per_request = 20;          // assumption G-7: up to 30 is safe
    unsigned page_limit = 1000;                  // limit= of the listings (G-12)
    std::chrono::milliseconds retry_pause{500};  // first pause before a request is made again
    std::chrono::milliseconds stall_timeout{30'000};
    // Where set: how many requests were made, for who looks on from other threads.
    std::shared_ptr<std::atomic<std::uint64_t>> requests = {};
};

}  // namespace ringtail::dialfire
