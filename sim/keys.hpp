#pragma once
#include <array>
#include <cstdint>
#include <string_view>

namespace ringtail::sim {

// Every key the API is known to deliver, and some nobody has seen. Custom fields have the numbers
// from kFixedKeys on.
// clang-format off
#define RINGTAIL_SIM_KEYS(X) \
    X(c_id, "$id") X(c_md5, "$md5") X(c_ref, "$ref") X(c_version, "$version") X(c_campaign_id, "$campaign_id") \
    X(c_task_id, "$task_id") X(c_task, "$task") X(c_status, "$status") X(c_status_detail, "$status_detail") \
    X(c_created_date, "$created_date") X(c_entry_date, "$entry_date") X(c_owner, "$owner") \
    X(c_follow_up_date, "$follow_up_date") X(c_phone, "$phone") X(c_timezone, "$timezone") X(c_caller_id, "$caller_id") \
    X(c_call_order, "$call_order") X(c_source, "$source") X(c_comment, "$comment") X(c_error, "$error") \
    X(c_trigger, "$trigger") X(c_recording, "$recording") X(c_recording_url, "$recording_url") X(c_changed, "$changed") \
    X(c_mirror_task, "$$anrufen_task") X(c_mirror_user, "$$anrufen_user") X(c_mirror_date, "$$anrufen_date") \
    X(c_mirror_status, "$$anrufen_status") X(c_mirror_status_detail, "$$anrufen_status_detail") \
    X(c_other_mirror, "$$qc_status") X(c_unknown, "$neuer_systemwert") X(c_unlisted, "ohne_Formular") \
    X(id, "id") X(ref, "ref") X(type, "type") X(task_id, "task_id") X(task, "task") X(status, "status") \
    X(status_detail, "status_detail") X(fired, "fired") X(trigger, "trigger") X(actor, "actor") X(user, "user") \
    X(user_login, "user_loginName") X(user_branch, "user_branch") X(user_tenant, "user_tenantAlias") X(is_hi, "isHI") \
    X(revoked, "revoked") X(pause_sec, "pause_time_sec") X(edit_sec, "edit_time_sec") X(wrapup_sec, "wrapup_time_sec") \
    X(wait_sec, "wait_time_sec") X(result, "result") X(sequence_nr, "sequence_nr") X(technology, "technology") \
    X(dialergroup, "dialergroup") X(dialerdomain, "dialerdomain") X(clientaddress, "clientaddress") \
    X(started_frontend, "startedFrontend") X(started, "started") X(disconnected, "disconnected") X(phone, "phone") \
    X(timezone, "timezone") X(created_date, "created_date") X(entry_date, "entry_date") X(version, "version") \
    X(data, "data") X(campaign_id, "campaign_id") X(task_name, "task_name") X(task_title, "task_title") \
    X(task_type, "task_type") X(task_hi, "task_hi") \
    X(call_uuid, "call_uuid") X(global_call_uuid, "global_call_uuid") X(transfer_target, "transfer_target_address") \
    X(initiated, "initiated") X(connected, "connected") X(ended, "ended") X(call_initiated, "call_initiated") \
    X(call_connected, "call_connected") X(call_disconnected, "call_disconnected") X(duration, "duration") \
    X(remote_number, "remote_number") X(line_number, "line_number") X(code, "code") X(hangup_party, "hangup_party") \
    X(is_third_party, "isThirdPartyConnection") \
    X(callnumber, "callnumber") X(stopped, "stopped") X(filename, "filename") X(location, "location") \
    X(line_id, "line_id") X(contact_id, "contact_id") X(calling_number, "calling_number") \
    X(called_number, "called_number") X(call_time, "call_time") X(connectable_time, "connectable_time") \
    X(connect_time, "connect_time") X(hangup_time, "hangup_time") X(state, "state") X(disposition, "disposition") \
    X(dispatch_error, "dispatch_error") X(unknown, "noch_unbekannt") \
    X(parent_connection_id, "parent_connection_id") X(transaction_id, "transaction_id") X(connection_id, "connection_id")
// clang-format on

using KeyId = std::uint16_t;

namespace key {
#define X(name, text) name,
enum : KeyId { RINGTAIL_SIM_KEYS(X) count };
#undef X
}  // namespace key

inline constexpr KeyId kFixedKeys = key::count;

// None of them needs escaping in JSON.
inline constexpr std::array<std::string_view, kFixedKeys> kKeyNames{
#define X(name, text) text,
    RINGTAIL_SIM_KEYS(X)
#undef X
};

}  // namespace ringtail::sim
