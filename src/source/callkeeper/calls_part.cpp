#include "source/callkeeper/tables.hpp"

namespace ringtail::callkeeper {

std::optional<CallsPart> make_calls_part(const Options& options) {
    if (!wanted_tables(options.tables)[static_cast<std::size_t>(TableId::facts)]) return {};
    const auto named = [&](TableId table) { return options.prefix + std::string(name_of(table)); };
    CallRows calls;
    calls.rows.name = "calls";
    calls.rows.base = named(TableId::facts);
    calls.rows.joins = {{named(TableId::calls), "calls_id"},
                        {named(TableId::traffic), "traffic_id"}};
    for (const auto& [table, column] :
         {std::pair(TableId::facts, "account_id"), std::pair(TableId::facts, "duration"),
          std::pair(TableId::facts, "talk_duration"), std::pair(TableId::calls, "call_id"),
          std::pair(TableId::calls, "call_date"), std::pair(TableId::calls, "status_code"),
          std::pair(TableId::calls, "status_reason"), std::pair(TableId::calls, "status2_code"),
          std::pair(TableId::calls, "status2_reason"), std::pair(TableId::calls, "manager_phone"),
          std::pair(TableId::calls, "manager_phone_e164"),
          std::pair(TableId::calls, "client_phone"), std::pair(TableId::calls, "client_phone_e164"),
          std::pair(TableId::calls, "record_url"), std::pair(TableId::traffic, "source")}) {
        calls.rows.columns.push_back({named(table), column, std::string("r_") + column});
    }
    calls.direction = "callback";  // who asked for the call is the client
    calls.id = "r_call_id";
    calls.at = {"r_call_date"};
    calls.agent = {"r_manager_phone_e164", "r_manager_phone"};
    calls.client = {"r_client_phone_e164", "r_client_phone"};
    calls.result = {"r_status2_reason", "r_status_reason"};
    calls.traffic = {"r_source"};
    calls.talk = "r_talk_duration";
    calls.whole = "r_duration";
    calls.answered = {{"r_status_code", 200}, {"r_status2_code", 200}};
    // facts/callkeeper.md A7: going on, planned, waiting for its status.
    for (const int code : {1, 2, 707})
        calls.open.push_back({{"r_status_code", code}, {"r_status2_code", 0}});
    calls.only = {{"r_account_id", options.account_id}};
    calls.recording = "r_record_url";
    return CallsPart{options.views_prefix,
                     "callkeeper",
                     std::to_string(options.account_id),
                     options.zone,
                     {calls}};
}

}  // namespace ringtail::callkeeper
