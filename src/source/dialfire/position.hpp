#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "model/load.hpp"
#include "source/dialfire/options.hpp"

namespace ringtail::dialfire {

// A walk through contacts/list.
struct Listing {
    std::optional<std::string> since;  // changedSince day; nothing: all contacts
    std::string cursor;                // of the next page
    Instant started;
    bool refetch = false;  // fetch all that is listed, as the stored md5s say nothing (see
                           // Position::listed_since)
    int passes_left =
        0;  // further passes over what changed meanwhile, should this one find differences
    bool first = false;           // the one that sets Position::listed_since
    std::uint64_t different = 0;  // found so far in this pass
    std::uint64_t listed = 0;     // ids named so far in this pass
};

// A period of events or inbound calls being read.
struct Window {
    std::optional<Instant> from;  // nothing: from the beginning
    Instant to;                   // as asked for
    Instant
        done;  // everything before this is read when the window is: the earlier of the two clocks
    std::string cursor;
};

// How far a campaign has been read: what the checkpoint's text holds.
struct Position {
    Filter filter;  // that the stored rows passed
    bool extra_everywhere = false;
    // A first listing of the contacts changed since this day ("": of all contacts) is complete, so
    // for those a stored md5 that equals the listed one means that all of the contact's rows are
    // stored. Before that, a row may have been written by the old client, which could lose a
    // contact's transactions and keep its md5 (facts/dialfire.md E-3).
    std::optional<std::string> listed_since;
    std::uint64_t total = 0;  // ids named by the last complete listing of all contacts: tells how
                              // long the next one takes
    std::optional<Listing> listing;
    std::optional<Window> inbound;
    std::optional<Window> events;
    std::optional<Instant> inbound_to;  // all inbound calls before this are read
    std::optional<Instant> events_to;   // all events before this are handled
    std::string first_run;  // the run (its start, as text) that completed the first listing last
    std::optional<Instant> compared_at;  // when the last complete listing started
    // Events that are handled but that a following, overlapping window may name again: a hash of
    // their mark, and the end of the window that named them.
    std::map<std::uint64_t, Instant> handled;
};

// Text, one "name value" a line; readable, so that a user can look at ringtail_checkpoints.
Checkpoint write_position(const Position& position);

// Error(config) with a hint when the text is of a newer or a broken form.
Position read_position(const Checkpoint& checkpoint);

// FNV-1a over the mark; 64 bits are enough for the few thousand events of the overlap.
std::uint64_t hash_mark(std::string_view mark);

}  // namespace ringtail::dialfire
