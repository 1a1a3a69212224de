#pragma once
#include <set>
#include <string>
#include <string_view>

#include "callkeeper_hooks.hpp"
#include "callkeeper_plan.hpp"
#include "callkeeper_record.hpp"

// What the tables must hold: facts/callkeeper.md E-1 to E-3 in their own words, over the stand-in's
// own records. sim/README.md lists the columns.
namespace ringtail::sim {

enum class CallTable : std::uint8_t { calls, facts, dates, traffic, clientids, sites, locations };
CallTable call_table(std::string_view name);  // Error(config) names the tables

// Both feeds' word on one call.
struct CallState {
    const CallRecord* api = nullptr;   // nothing: the feed has not delivered it
    const CallRecord* hook = nullptr;  // "over", else "processing" …
    bool over = false;                 // … which of the two
};

// The row of `table` for one call. Of the general_ tables that is the row it refers to; empty when
// that is the stub row. Two rows may look the same and differ in texts that cannot be stored:
// `unstorable` gets these.
std::string call_row(CallTable table, const CallState& state, std::string& unstorable);

// Raw JSON that counts as no value: missing, null, "", blanks, "-" (E-5).
bool is_blank(std::string_view raw);

}  // namespace ringtail::sim
