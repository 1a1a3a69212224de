#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "json/document.hpp"

namespace ringtail::callkeeper {

// What a call's JSON object may say (facts/callkeeper.md A6 and B).
enum class Field : std::uint8_t {
    id,
    status_code,
    status_reason,
    status2_code,
    status2_reason,
    ip,
    uip,
    country,
    city,
    region,
    district,
    site,
    ga_clientid,
    ga_clid,
    phone1,
    phone2,
    widget_hash,
    widget_name,
    date,
    date_timestamp,
    order_date,
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
    event_source,
    hook_event,
    ya_clientid,
    roistat_visit,
    typ,  // the current visit's labels, from here on: visit information
    src,
    mdm,
    cmp,
    cnt,
    trm,
    fd,  // current_add
    ep,
    rf,
    first_typ,
    first_src,
    first_mdm,
    first_cmp,
    first_cnt,
    first_trm,
    first_fd,  // first_add
    first_ep,
    first_rf,
    pgs,  // session
    cpg,
    vst,  // udata
    uag,
    udata_uip,
    count
};
inline constexpr std::size_t kFields = static_cast<std::size_t>(Field::count);

// The API's name, with its path below visit_info: "status_code", "current.src".
std::string_view name_of(Field field);

// The values of one object. Visit information stands in visit_info (or "visit info"), in objects
// of its groups at top level, or flat: it is looked for in this order.
class CallFields {
  public:
    CallFields() = default;
    explicit CallFields(JsonValue object);
    bool exists() const { return exists_; }  // there is an object
    JsonValue operator[](Field field) const { return values_[static_cast<std::size_t>(field)]; }

  private:
    void group(JsonValue group, std::size_t which, std::uint8_t rank);
    void visit(JsonValue object, std::uint8_t rank);
    void set(Field field, JsonValue value, std::uint8_t rank);

    std::array<JsonValue, kFields> values_{};
    std::array<std::uint8_t, kFields> rank_{};
    bool exists_ = false;
};

// Absent, null, an empty text, blanks, or "-".
bool is_blank(JsonValue value);

// The value as a whole number, written as number or text; nothing when it is none or too large.
std::optional<std::int64_t> whole_number(JsonValue value);

}  // namespace ringtail::callkeeper
