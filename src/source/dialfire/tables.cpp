#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "source/dialfire/decode.hpp"

// The five tables of facts/dialfire.md B.8. Names and order of the columns are those of the old
// client; the types are ours, for tables that Ringtail creates.
namespace ringtail::dialfire {
namespace {

constexpr std::string_view kChanged = "$changed";
constexpr std::string_view kRest = "_extra";

using Columns = std::initializer_list<std::pair<std::string_view, Type>>;

Table make_table(const Options& options, std::string_view name, std::string_view key,
                 Columns columns) {
    Table table;
    table.name = options.prefix + std::string(name);
    table.key = {std::string(key)};
    table.changed = kChanged;
    for (const auto& [column, type] : columns) table.columns.push_back({std::string(column), type});
    table.columns.push_back({std::string(kChanged), Type::timestamp});
    return table;
}

void add_rest(Table& table) {
    table.rest = kRest;
    table.columns.push_back({std::string(kRest), Type::json});
}

Table contacts_table(const Options& options) {
    using enum Type;
    Table table = make_table(options, "contacts", "$id",
                             {{"$id", text},
                              {"$md5", text},
                              {"$ref", text},
                              {"$version", text},
                              {"$campaign_id", text},
                              {"$task_id", text},
                              {"$task", text},
                              {"$status", text},
                              {"$status_detail", text},
                              {"$created_date", timestamp},
                              {"$entry_date", timestamp},
                              {"$owner", text},
                              {"$follow_up_date", timestamp},
                              {"$phone", text},
                              {"$timezone", text},
                              {"$caller_id", text},
                              {"$source", text},
                              {"$comment", text},
                              {"$error", text},
                              {"$recording", text},
                              {"$recording_url", text}});
    table.fingerprint = "$md5";
    // Newer releases of the old client have these (G-20).
    for (const char* name : {"$$anrufen_task", "$$anrufen_user", "$$anrufen_date",
                             "$$anrufen_status", "$$anrufen_status_detail"}) {
        table.columns.push_back({name, text, true});
    }
    return table;
}

// The campaign's own fields. A name that is there already, or that means something else to us,
// adds nothing: its values go into the rest.
void add_custom_columns(Table& contacts, std::span<const Field> fields, std::size_t limit) {
    // Mirror fields that the campaign lists are fields like any other (G-20).
    for (Column& column : contacts.columns) {
        column.only_if_present &= std::none_of(
            fields.begin(), fields.end(),
            [&](const Field& field) { return field.name == column.name && !field.deleted; });
    }
    std::unordered_set<std::string_view> taken = {kRest, "$task_log", kMissingColumn};
    for (const Column& column : contacts.columns) taken.insert(column.name);
    const std::size_t own = contacts.columns.size();
    // A field that was deleted and made anew is listed twice: the living one decides.
    std::unordered_set<std::string_view> living;
    for (const Field& field : fields) {
        if (!field.deleted) living.insert(field.name);
    }
    std::vector<Column> columns;
    std::size_t created = 0;
    for (const Field& field : fields) {
        if (taken.contains(field.name)) continue;
        if (field.deleted && living.contains(field.name)) continue;
        taken.insert(field.name);
        const bool create = !field.deleted && created < limit;
        if (create) ++created;
        columns.push_back(
            {field.name, field.type == "number" ? Type::decimal : Type::text, !create});
    }
    contacts.columns.insert(contacts.columns.begin() + static_cast<std::ptrdiff_t>(own),
                            columns.begin(), columns.end());
}

Table transactions_table(const Options& options) {
    using enum Type;
    return make_table(options, "transactions", "id",
                      {{"id", text},
                       {"contact_id", text},
                       {"task_id", text},
                       {"task", text},
                       {"status", text},
                       {"status_detail", text},
                       {"fired", timestamp},
                       {"pause_time_sec", decimal},
                       {"edit_time_sec", decimal},
                       {"wrapup_time_sec", decimal},
                       {"wait_time_sec", decimal},
                       {"user", text},
                       {"user_loginName", text},
                       {"user_branch", text},
                       {"user_tenantAlias", text},
                       {"actor", text},
                       {"type", text},
                       {"result", text},
                       {"trigger", text},
                       {"isHI", boolean},
                       {"revoked", boolean}});
}

Table connections_table(const Options& options) {
    using enum Type;
    return make_table(options, "connections", "id",
                      {{"id", text},
                       {"parent_connection_id", text},
                       {"transfer_target_address", text},
                       {"call_uuid", text},
                       {"global_call_uuid", text},
                       {"transaction_id", text},
                       {"task_id", text},
                       {"contact_id", text},
                       {"phone", text},
                       {"user", text},
                       {"actor", text},
                       {"hangup_party", text},
                       {"isThirdPartyConnection", text},
                       {"dialerdomain", text},
                       {"fired", timestamp},
                       {"started", timestamp},
                       {"initiated", timestamp},
                       {"connected", timestamp},
                       {"disconnected", timestamp},
                       {"ended", timestamp},
                       {"duration", int64},
                       {"remote_number", text},
                       {"line_number", text},
                       {"technology", text},
                       {"result", text},
                       {"code", int64},
                       {"call_initiated", timestamp},
                       {"call_connected", timestamp},
                       {"call_disconnected", timestamp}});
}

Table recordings_table(const Options& options) {
    using enum Type;
    return make_table(options, "recordings", "id",
                      {{"id", text},
                       {"contact_id", text},
                       {"connection_id", text},
                       {"started", timestamp},
                       {"stopped", timestamp},
                       {"filename", text},
                       {"location", text}});
}

Table inbound_calls_table(const Options& options) {
    using enum Type;
    return make_table(options, "inbound_calls", "id",
                      {{"id", text},
                       {"line_id", text},
                       {"campaign_id", text},
                       {"task_id", text},
                       {"task_name", text},
                       {"contact_id", text},
                       {"remote_number", text},
                       {"line_number", text},
                       {"started", timestamp},
                       {"connected", timestamp},
                       {"disconnected", timestamp},
                       {"user", text},
                       {"state", text},
                       {"connectable_time", timestamp},
                       {"disposition", text},
                       {"dispatch_error", boolean}});
}

}  // namespace

std::vector<Table> make_tables(std::span<const Field> fields, const Options& options) {
    std::vector<Table> tables = {contacts_table(options), transactions_table(options),
                                 connections_table(options), recordings_table(options),
                                 inbound_calls_table(options)};
    add_custom_columns(tables[contacts], fields, options.custom_columns);
    for (Table& table : tables)
        table.columns.push_back({std::string(kMissingColumn), Type::timestamp, true});
    add_rest(tables[contacts]);
    if (options.extra_everywhere) {
        for (std::size_t i = transactions; i < table_count; ++i) add_rest(tables[i]);
    }
    tables[transactions].references = {{"contact_id", tables[contacts].name}};
    tables[connections].references = {{"transaction_id", tables[transactions].name}};
    tables[recordings].references = {{"connection_id", tables[connections].name}};
    tables[inbound_calls].references = {{"contact_id", tables[contacts].name, false}};
    return tables;
}

}  // namespace ringtail::dialfire
