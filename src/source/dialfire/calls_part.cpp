#include "source/dialfire/calls_part.hpp"

#include <initializer_list>

namespace ringtail::dialfire {
namespace {

// A column's caption is r_ and its name, or what stands behind it.
struct Shown {
    std::string column;
    std::string caption = "r_" + column;
};

void show(View& view, const std::string& table, std::initializer_list<Shown> columns) {
    for (const Shown& shown : columns) view.columns.push_back({table, shown.column, shown.caption});
}

CallRows outbound(const Options& options) {
    const std::string& prefix = options.prefix;
    CallRows calls;
    calls.rows.name = "outbound";
    calls.rows.base = prefix + "connections";
    calls.rows.joins = {{prefix + "transactions", "transaction_id"},
                        {prefix + "contacts", "contact_id"}};
    show(calls.rows, prefix + "connections",
         {{"id"},
          {"parent_connection_id"},
          {"started"},
          {"fired"},
          {"connected"},
          {"disconnected"},
          {"remote_number"},
          {"phone"},
          {"user"},
          {"result"}});
    show(calls.rows, prefix + "transactions",
         {{"user_loginName", "r_login"}, {"status_detail"}, {"status"}});
    show(calls.rows, prefix + "contacts",
         {{"$source", "r_source"}, {"$campaign_id", "r_campaign"}});
    calls.direction = "out";
    calls.id = "r_id";
    calls.at = {"r_started", "r_fired"};
    calls.agent = {"r_login", "r_user"};
    calls.client = {"r_remote_number", "r_phone"};
    calls.result = {"r_status_detail", "r_status", "r_result"};
    calls.traffic = {"r_source"};
    calls.connected = "r_connected";
    calls.ended = "r_disconnected";
    calls.only = {{"r_campaign", options.campaign}};
    calls.without = "r_parent_connection_id";
    calls.recordings = {prefix + "recordings", "connection_id", "location"};
    return calls;
}

CallRows inbound(const Options& options) {
    const std::string& prefix = options.prefix;
    CallRows calls;
    calls.rows.name = "inbound";
    calls.rows.base = prefix + "inbound_calls";
    calls.rows.joins = {{prefix + "contacts", "contact_id"}};
    show(calls.rows, prefix + "inbound_calls",
         {{"id"},
          {"campaign_id"},
          {"started"},
          {"connected"},
          {"disconnected"},
          {"remote_number"},
          {"user"},
          {"disposition"},
          {"state"}});
    show(calls.rows, prefix + "contacts", {{"$source", "r_source"}});
    calls.direction = "in";
    calls.id = "r_id";
    calls.at = {"r_started"};
    calls.agent = {"r_user"};
    calls.client = {"r_remote_number"};
    calls.result = {"r_disposition", "r_state"};
    calls.traffic = {"r_source"};
    calls.connected = "r_connected";
    calls.ended = "r_disconnected";
    calls.only = {{"r_campaign_id", options.campaign}};
    return calls;
}

}  // namespace

CallsPart make_calls_part(const Options& options) {
    return {options.views_prefix,
            "dialfire",
            options.campaign,
            options.zone,
            {outbound(options), inbound(options)}};
}

}  // namespace ringtail::dialfire
