#include <algorithm>
#include <map>

#include "base/time_text.hpp"
#include "web/answers.hpp"
#include "web/api.hpp"
#include "web/body.hpp"
#include "web/json_out.hpp"
#include "web/shapes.hpp"

namespace ringtail::web {
namespace {

constexpr std::int64_t kMostRows = 1'000;

// The number of the source that the request names; Error(config) when there is none.
std::optional<std::int64_t> source_of(ApiParts& parts, const Request& request) {
    const auto name = request.http.parameter("source");
    if (!name) return std::nullopt;
    return parts.store.sources().get(*name).number;
}

http::Answer journal(ApiParts& parts, const Request& request) {
    control::JournalQuery query;
    query.source = source_of(parts, request);
    query.job = number_parameter(request, "job");
    query.since = time_parameter(request, "since");
    query.until = time_parameter(request, "until");
    query.before = number_parameter(request, "before");
    if (const auto kind = request.http.parameter("kind")) {
        query.kind = control::job_kind_of(*kind);
        if (!query.kind) throw Error(Fault::config, "\"kind\" must be a kind of job, or received");
    }
    if (const auto state = request.http.parameter("state")) {
        query.state = control::run_state_of(*state);
        if (!query.state) throw Error(Fault::config, "\"state\" must be a state of a run");
    }
    const auto limit = number_parameter(request, "limit").value_or(100);
    if (limit < 1 || limit > kMostRows)
        throw Error(Fault::config, "\"limit\" must be between 1 and 1000");
    query.limit = static_cast<std::size_t>(limit);
    const auto rows = parts.store.journal().find(query);
    JsonArray items;
    for (const auto& row : rows) items.add(run_json(row.run, row.source_name, row.job_name));
    std::optional<std::int64_t> next;
    if (rows.size() == query.limit) next = rows.back().run.number;
    return json_answer(
        JsonObject().raw("items", items.done()).number_or_null("before", next).done());
}

// A day as it stands in the query; "" when it is not given.
std::string day_parameter(const Request& request, std::string_view name) {
    const auto time = time_parameter(request, name);
    return time ? format_day(*time) : "";
}

http::Answer statistics(ApiParts& parts, const Request& request) {
    std::map<std::int64_t, std::string> names;
    for (const auto& source : parts.store.sources().list()) names[source.number] = source.name;
    JsonArray items;
    for (const auto& day :
         parts.store.journal().days(source_of(parts, request), day_parameter(request, "from"),
                                    day_parameter(request, "to")))
        items.add(day_json(day, names[day.source]));
    return json_answer(JsonObject().raw("items", items.done()).done());
}

}  // namespace

void add_journal_routes(Router& router, ApiParts& parts) {
    router
        .add("GET", "/api/v1/journal", Access::read,
             "What was run and what came in, newest first; `before` asks for the next page")
        .asks({{"source", "string", "only of this source"},
               {"job", "integer", "only of this job"},
               {"kind", "string", "only this kind: load, hooks, history, received, …"},
               {"state", "string", "only in this state: queued, running, done, failed, …"},
               {"since", "date-time", "queued then or later"},
               {"until", "date-time", "queued before"},
               {"before", "integer", "the `before` of the page before"},
               {"limit", "integer", "1 to 1000; 100 when it is not given"}})
        .gives("Journal")
        .does([&](const Request& request) { return journal(parts, request); });
    router.add("GET", "/api/v1/statistics", Access::read, "Rows by day and table")
        .asks({{"source", "string", "only of this source"},
               {"from", "string", "first day, YYYY-MM-DD (UTC)"},
               {"to", "string", "last day"}})
        .gives("Statistics")
        .does([&](const Request& request) { return statistics(parts, request); });
}

}  // namespace ringtail::web
