#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "source/dialfire/options.hpp"
#include "source/source.hpp"

// Bytes of the API to values and rows. Pure: no I/O, no clock, no state kept between calls. Every
// answer is taken as hostile: unknown keys, missing keys, other types, null elements, nesting up to
// 1024 levels, strings that are no text. All decoders throw Error(data) when the body is not one
// whole JSON document of the promised shape; nothing has been appended then. A key given twice
// counts with its last value.
namespace ringtail::dialfire {

class Layouts;  // decode_layout.hpp

// GET fields/list (A.2 no. 1): the elements with type "field", in order.
struct Field {
    std::string name;
    std::string type;  // fieldType
    bool deleted = false;
};
std::vector<Field> decode_fields(std::string_view body);

// GET contacts/list (A.2 no. 2).
struct ListEntry {
    std::string id;
    std::string md5;  // empty when missing: never equal to a stored one
};
struct ListPage {
    std::vector<ListEntry> entries;
    std::size_t unusable = 0;  // elements without a usable id
    std::string cursor;        // empty: the last page
    // How many contacts the whole listing names, where the answer says so: its "count", when that
    // is more than the page holds (G-11). 0: not known.
    std::uint64_t total = 0;
};
ListPage decode_list(std::string_view body);

// GET contacts/transactions/ (A.2 no. 4): "fired[seq]|md5|contact|pointer", three or more parts.
struct Event {
    std::string fired;  // up to and including Z; the sequence digits behind it are in `mark`
    std::string mark;   // "field0|md5|contact": one version of one transaction
    std::string contact;
};
struct EventPage {
    std::vector<Event> events;
    std::vector<std::string> unusable;  // raw texts of elements that are no event
    std::string cursor;
};
EventPage decode_events(std::string_view body);

// GET inbound/calls/: only the cursor; the rows come from decode_inbound().
std::string decode_cursor(std::string_view body);

// Throws Error(transient) when `body` is not one whole JSON document whose top is an array (`top` =
// '[') or an object
// ('{'): the answer was cut or garbled on its way and is asked for again. Strings that are no valid
// text do not count as garbled, as asking again would not mend them: the decoders make them
// Kind::broken_text (json/text.hpp).
void require_whole(std::string_view body, char top);

// Of all five tables: since when the source names the row no more, as a comparison has found; null
// in every row that is loaded. Added by the first comparison.
inline constexpr std::string_view kMissingColumn = "_missing_at_source_since";

// The five tables, in the order contacts, transactions, connections, recordings, inbound_calls
// (B.8), as Ringtail creates them. `fields` in the campaign's order; those beyond the limit,
// deleted ones, $$anrufen_* and kMissingColumn are only_if_present.
std::vector<Table> make_tables(std::span<const Field> fields, const Options& options);

// Places where the tables returned by make_tables stand in a list.
enum TableIndex : std::size_t {
    contacts,
    transactions,
    connections,
    recordings,
    inbound_calls,
    table_count
};

// What decoding needs to know.
struct DecodeContext {
    Filter filter;
    std::span<const Table> tables;       // as Destination::prepare() returned them
    std::span<const std::string> asked;  // contact ids that were asked for; may be empty
    // Made from `tables` once, for speed; null: made for this call.
    const Layouts* layouts = nullptr;
    Floors floors = {};
};

// POST contacts/?include_md5=true: an array of contacts into rows of the first four tables (B.4 to
// B.9), the derived ids of B.7, rechecks for contacts with an open connection (Recheck::step 0 and
// Recheck::due unset: the caller knows), and the tally's loaded, gone (asked for but not in the
// answer), rejected, open. Each id asked for is counted exactly once under loaded, gone or
// rejected; elements without a usable $id count as rejected as long as ids are missing. Contacts
// that were not asked for become rows but are not counted. A transfer's parent_connection_id names
// the element before it even where that one is left out (still open, or a reject), so it may point
// at no row. Recordings that have their location by now erase the row they had before.
// `into.batches` has one batch per table, in the order of TableIndex.
void decode_contacts(std::string_view body, const DecodeContext& context, Decoded& into);

// GET inbound/calls/: rows of the fifth table, with the renames of B.6.
void decode_inbound(std::string_view body, const DecodeContext& context, Decoded& into);

}  // namespace ringtail::dialfire
