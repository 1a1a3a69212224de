#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "callkeeper_plan.hpp"

namespace ringtail::sim {

// What a call's JSON object can hold (facts/callkeeper.md A6 and B).
enum class CallKey : std::uint8_t {
    id,
    typ,  // visit_info.current …
    src,
    mdm,
    cmp,
    cnt,
    trm,
    fd,  // … current_add
    ep,
    rf,
    first_typ,
    first_src,
    first_mdm,
    first_cmp,
    first_ep,
    pgs,  // session
    cpg,
    vst,  // udata
    uag,
    status_code,
    status_reason,
    status2_code,
    status2_reason,
    ip,
    country,
    city,
    region,
    district,
    site,
    ga_clientid,
    phone1,
    phone2,
    widget_hash,
    date,
    duration_sec,
    duration_min,
    duration2_sec,
    duration2_min,
    record_url,
    attempt,
    a_type,
    playback_tick,
    tags,
    asr_attempts,
    date_timestamp,  // from here on: webhooks only
    order_date,
    event_source,
    hook_event,
    widget_name,
    ga_clid,
    ya_clientid,
    roistat_visit,
    uip,
    unknown1,  // fields in no list
    unknown2,
    top_src,  // a second `current`, at top level, beside visit_info
    count
};

enum class CallFeed : std::uint8_t { api, processing, over };  // the answers; the two hooks

// Where the visit's labels stand.
enum class VisitPlace : std::uint8_t {
    nested,      // {"visit_info":{"current":{…},"session":{…},"udata":{…}}}
    blank_name,  // the same under "visit info"
    top,         // current, session, udata at top level
    loose,       // the same, but cpg and uag at top level
    flat,        // every label at top level
};

// How a record travels.
enum class HookFormat : std::uint8_t { json, text, form, query, array };

// One call as one feed delivers it: raw JSON by key. Reused from call to call.
class CallRecord {
  public:
    void clear();
    void raw(CallKey key, std::string_view json);
    void text(CallKey key, std::string_view text);  // becomes a JSON string
    void number(CallKey key, std::int64_t number);  // as a text where numbers_as_text
    void drop(CallKey key) { at(key) = {}; }
    bool has(CallKey key) const { return values_[static_cast<std::size_t>(key)].size > 0; }
    std::string_view value(CallKey key) const {  // empty: it is not there
        const Part part = values_[static_cast<std::size_t>(key)];
        return std::string_view(arena_).substr(part.begin, part.size);
    }

    bool numbers_as_text = false;
    VisitPlace place = VisitPlace::nested;

  private:
    struct Part {
        std::uint32_t begin = 0, size = 0;
    };
    Part& at(CallKey key) { return values_[static_cast<std::size_t>(key)]; }
    std::array<Part, static_cast<std::size_t>(CallKey::count)> values_{};
    std::string arena_;
};

// What all answers have in common, beside the call itself.
struct CallReadings {
    enum class Numbers : std::uint8_t { mixed, numbers, text } numbers = Numbers::mixed;
    enum class Visit : std::uint8_t { mixed, nested, flat } visit = Visit::mixed;
    enum class Dates : std::uint8_t { blank, t, offset } dates = Dates::blank;
};

// The call as the API has it at `now`, or as its hook says it. `shift`: seconds added to the
// answer's dates.
void fill_call(CallRecord& record, const CallPlan& plan, CallFeed feed, std::int64_t now,
               const CallReadings& readings = {}, std::int64_t shift = 0);

// Takes out what cannot travel so: lone surrogates, which are no text, and in a URL long values.
void fit_to_format(CallRecord& record, HookFormat format);

void append_call_json(std::string& out, const CallRecord& record);
// name=value&…, nested names in brackets, percent-encoded; null is an empty value.
void append_call_form(std::string& out, const CallRecord& record);

std::string_view key_name(CallKey key);
void append_call_date(std::string& out, std::int64_t second, CallReadings::Dates form,
                      std::int64_t shift);

}  // namespace ringtail::sim
