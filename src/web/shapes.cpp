#include "web/shapes.hpp"

#include "web/hooks.hpp"
#include "web/json_out.hpp"

namespace ringtail::web {
namespace {

template <typename Rows>
std::string rows_json(const Rows& rows) {
    return JsonObject()
        .number("added", rows.added)
        .number("updated", rows.updated)
        .number("deleted", rows.deleted)
        .number("unchanged", rows.unchanged)
        .number("rejected", rows.rejected)
        .done();
}

std::string address(const std::string& base, const std::string& token) {
    return token.empty() ? "" : base + std::string(HookDoor::kPrefix) + token;
}

}  // namespace

std::string source_json(const control::SourceRecord& source, const std::string& destination) {
    return JsonObject()
        .number("number", source.number)
        .text("name", source.name)
        .text("kind", name_of(source.kind))
        .flag("enabled", source.enabled)
        .text_or_null("destination", destination)
        .raw("settings", source.settings)
        .text("secret_last4", source.last4)
        .text("status", source.status)
        .text("message", source.message)
        .time("created", source.created)
        .done();
}

std::string destination_json(const control::DestinationRecord& destination) {
    return JsonObject()
        .number("number", destination.number)
        .text("name", destination.name)
        .text("url", destination.shown)
        .time("created", destination.created)
        .done();
}

std::string table_json(const Actions::TableInfo& table) {
    JsonArray columns;
    for (const auto& column : table.columns)
        columns.add(JsonObject()
                        .text("name", column.name)
                        .text("type", column.type)
                        .flag("key", column.key)
                        .done());
    return JsonObject()
        .text("name", table.name)
        .flag("chosen", table.chosen)
        .text_or_null("filter", table.filter)
        .raw("columns", columns.done())
        .done();
}

std::string job_json(const control::JobRecord& job, const std::string& source) {
    JsonObject object;
    object.number("number", job.number)
        .text("source", source)
        .text("name", job.name)
        .text("kind", name_of(job.kind))
        .raw("settings", job.settings)
        .text("schedule", job.schedule)
        .flag("enabled", job.enabled);
    object.number_or_null("last_days", job.last_days)
        .time("next_due", job.next_due)
        .time("created", job.created);
    return object.done();
}

std::string run_json(const control::RunRecord& run, const std::string& source,
                     const std::string& job) {
    return JsonObject()
        .number("number", run.number)
        .text("source", source)
        .number_or_null("job", run.job)
        .text_or_null("job_name", job)
        .text("kind", name_of(run.kind))
        .text("state", name_of(run.state))
        .number("attempt", static_cast<std::int64_t>(run.attempt))
        .number("crashes", static_cast<std::int64_t>(run.crashes))
        .time("queued", run.queued)
        .time("started", run.started)
        .time("ended", run.ended)
        .time("from", run.period.from)
        .time("to", run.period.to)
        .raw("rows", rows_json(run.counters))
        .number("requests", run.counters.requests)
        .raw("progress", run.progress)
        .text("message", run.message)
        .text_or_null("hint", run.hint)
        .done();
}

std::string day_json(const control::DayRows& day, const std::string& source) {
    return JsonObject()
        .text("day", day.day)
        .text("source", source)
        .text("table", day.rows.table)
        .raw("rows", rows_json(day.rows))
        .done();
}

std::string hook_json(const control::HookTokens& tokens, const std::string& base) {
    return JsonObject()
        .text("address", address(base, tokens.now))
        .text_or_null("old_address", address(base, tokens.old))
        .time("old_until", tokens.old_until)
        .done();
}

std::string reject_json(const control::HookReject& reject) {
    return JsonObject()
        .number("number", reject.number)
        .time("received", reject.received)
        .text("reason", reject.reason)
        .text("content_type", reject.content_type)
        .text("query", reject.query)
        .text("body", reject.body)
        .done();
}

}  // namespace ringtail::web
