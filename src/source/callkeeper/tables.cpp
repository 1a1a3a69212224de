#include "source/callkeeper/tables.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/error.hpp"

namespace ringtail::callkeeper {
namespace {

constexpr std::array<std::string_view, kTables> kNames{
    "general_accounts", "general_dates",     "general_clientids", "general_traffic",
    "general_sites",    "general_locations", "callkeeper_calls",  "callkeeper_calls_facts"};

std::vector<Column> columns_of(TableId table) {
    using enum Type;
    switch (table) {
        case TableId::accounts:
            return {{"id", int64},
                    {"account_id", int64},
                    {"caption", text},
                    {"service", text},
                    {"enabled", boolean},
                    {"status", text},
                    {"interval_start", text},
                    {"interval_end", text}};
        case TableId::dates:
            return {{"id", int64},           {"full_date", timestamp}, {"year", int64},
                    {"quarter", int64},      {"quarter_label", text},  {"month", int64},
                    {"month_label", text},   {"week", int64},          {"weekday", int64},
                    {"weekday_label", text}, {"day", int64},           {"hour", int64},
                    {"minute", int64},       {"date_hash", text},      {"simple_date", text},
                    {"time_zone", int64}};
        case TableId::clientids:
            return {{"id", int64},   {"clientid", text}, {"userid", text},
                    {"phone", text}, {"email", text},    {"_hash", text}};
        case TableId::traffic:
            return {{"id", int64},     {"grouping", text},     {"source", text},
                    {"medium", text},  {"campaign", text},     {"content", text},
                    {"keyword", text}, {"landing_page", text}, {"traffic_hash", text}};
        case TableId::sites:
            return {{"id", int64}, {"domain", text}, {"description", text}, {"_hash", text}};
        case TableId::locations:
            return {{"id", int64},        {"country_iso", text}, {"country", text},
                    {"region_iso", text}, {"region", text},      {"city", text},
                    {"latitude", text},   {"longitude", text},   {"location_hash", text}};
        case TableId::calls:
            return {{"id", int64},
                    {"account_id", int64},
                    {"call_id", int64},
                    {"call_date", timestamp},
                    {"status_code", int64},
                    {"status_reason", text},
                    {"status2_code", int64},
                    {"status2_reason", text},
                    {"manager_phone", text},
                    {"manager_phone_e164", text},
                    {"client_phone", text},
                    {"client_phone_e164", text},
                    {"widget_hash", text},
                    {"widget_name", text},
                    {"event_source", text},
                    {"connection_type", int64},
                    {"record_url", text},
                    {"page", text},
                    {"ip", text},
                    {"user_agent", text},
                    {"tags", text},
                    {"order_date", timestamp},
                    {"ya_clientid", text},
                    {"roistat_visit", text},
                    {"_settled_at", timestamp},
                    {"_settle_state", text},
                    {std::string(kMissingColumn), timestamp},
                    {"_feeds", json},
                    {"_raw", json}};
        default:
            return {{"id", int64},           {"account_id", int64},
                    {"dates_id", int64},     {"clientids_id", int64},
                    {"traffic_id", int64},   {"sites_id", int64},
                    {"locations_id", int64}, {"calls_id", int64},
                    {"duration", int64},     {"talk_duration", int64},
                    {"attempt", int64},      {"asr_attempts", int64},
                    {"playback_tick", int64}};
    }
}

std::string_view fingerprint_of(TableId table) {
    switch (table) {
        case TableId::dates:
            return "date_hash";
        case TableId::traffic:
            return "traffic_hash";
        case TableId::locations:
            return "location_hash";
        case TableId::clientids:
        case TableId::sites:
            return "_hash";
        case TableId::calls:
            return "_raw";
        default:
            return "";
    }
}

}  // namespace

std::string_view name_of(TableId table) { return kNames[static_cast<std::size_t>(table)]; }

std::array<bool, kTables> wanted_tables(const TableChoice& choice) {
    std::array<bool, kTables> wanted{};
    for (const std::string& name : choice) {
        const auto found = std::ranges::find(kNames, name);
        if (found == kNames.end()) {
            throw Error(Fault::config, fmt::format("CallKeeper has no table \"{}\"", name))
                .with_hint(fmt::format("Tables that can be chosen: {}.", fmt::join(kNames, ", ")));
        }
        wanted[static_cast<std::size_t>(found - kNames.begin())] = true;
    }
    if (choice.empty() || wanted[static_cast<std::size_t>(TableId::facts)]) wanted.fill(true);
    wanted[static_cast<std::size_t>(TableId::accounts)] = true;
    wanted[static_cast<std::size_t>(TableId::calls)] = true;
    return wanted;
}

std::vector<Table> make_tables(const Options& options) {
    const auto wanted = wanted_tables(options.tables);
    std::vector<Table> tables;
    for (std::size_t i = 0; i < kTables; ++i) {
        if (!wanted[i]) continue;
        const auto id = static_cast<TableId>(i);
        Table table;
        table.name = options.prefix + std::string(name_of(id));
        table.columns = columns_of(id);
        table.key = {"id"};
        table.fingerprint = fingerprint_of(id);
        if (id == TableId::accounts) table.unique = {{"account_id", "service"}};
        if (id == TableId::dates) table.indexes = {{"full_date"}, {"simple_date"}};
        if (id == TableId::clientids) table.indexes = {{"clientid"}};
        if (id == TableId::calls) {
            table.unique = {{"account_id", "call_id"}};
            table.indexes = {{"call_date"}};
        }
        if (id == TableId::facts) {
            table.unique = {{"account_id", "calls_id"}};
            for (const auto& [column, parent] :
                 {std::pair("dates_id", TableId::dates),
                  std::pair("clientids_id", TableId::clientids),
                  std::pair("traffic_id", TableId::traffic), std::pair("sites_id", TableId::sites),
                  std::pair("locations_id", TableId::locations),
                  std::pair("calls_id", TableId::calls)}) {
                table.references.push_back(
                    {column, options.prefix + std::string(name_of(parent)), true});
            }
        }
        tables.push_back(std::move(table));
    }
    return tables;
}

}  // namespace ringtail::callkeeper
