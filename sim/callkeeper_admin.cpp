#include "callkeeper_admin.hpp"

#include <fmt/format.h>

#include <charconv>

#include "base/error.hpp"
#include "base/time_text.hpp"
#include "flat_json.hpp"
#include "text.hpp"

namespace ringtail::sim {

namespace {

using Values = std::map<std::string, std::string>;
constexpr std::string_view kRoot = "/sim/callkeeper/";

http::Answer json_answer(int status, std::string body) {
    http::Answer answer;
    answer.status = status;
    answer.body = std::move(body);
    return answer;
}

template <typename Number>
void read_number(const Values& values, const std::string& name, Number& into) {
    const auto found = values.find(name);
    if (found == values.end()) return;
    const auto end = found->second.data() + found->second.size();
    const auto [at, error] = std::from_chars(found->second.data(), end, into);
    if (error != std::errc() || at != end)
        throw Error(Fault::config,
                    fmt::format("{}: \"{}\" is no number that fits", name, found->second));
}

void read_text(const Values& values, const std::string& name, std::string& into) {
    if (const auto found = values.find(name); found != values.end()) into = found->second;
}

template <typename Counts>
std::string counts_json(const Counts& counts) {
    std::string out = "{";
    for (const auto& [name, count] : counts)
        out.append(fmt::format("{}{}:{}", out.size() > 1 ? "," : "", json(fmt::format("{}", name)),
                               count));
    return out.append("}");
}

FaultRule fault_of(const Values& values) {
    FaultRule rule;
    read_text(values, "kind", rule.kind);
    read_text(values, "path", rule.path);
    read_number(values, "share", rule.share);
    read_number(values, "count", rule.count);
    read_number(values, "retry_after", rule.retry_after);
    read_number(values, "status", rule.status);
    read_number(values, "pause_ms", rule.pause_ms);
    read_number(values, "skip", rule.skip);
    return rule;
}

HookOptions hooks_of(const Values& values) {
    HookOptions hooks;
    read_text(values, "url", hooks.url);
    read_text(values, "format", hooks.format);
    read_text(values, "order", hooks.order);
    read_text(values, "which", hooks.which);
    read_text(values, "from", hooks.from);
    read_text(values, "to", hooks.to);
    read_number(values, "array_size", hooks.array_size);
    read_number(values, "copies", hooks.copies);
    read_number(values, "share", hooks.share);
    read_number(values, "per_second", hooks.per_second);
    read_number(values, "attempts", hooks.attempts);
    read_number(values, "in_flight", hooks.in_flight);
    read_number(values, "unusable", hooks.unusable);
    return hooks;
}

http::Answer truth(const http::ServerRequest& request, std::string_view table,
                   const CallKeeper& callkeeper) {
    CallTruthOptions options;
    const auto feeds = request.parameter("feeds").value_or("api");
    options.api = feeds != "hooks";
    options.hooks = feeds != "api";
    options.from = request.parameter("from").value_or("");
    options.to = request.parameter("to").value_or("");
    http::Answer answer;
    answer.content_type = "application/x-ndjson; charset=utf-8";
    callkeeper.truth(table, options,
                     [&](std::string_view row) { answer.body.append(row).push_back('\n'); });
    return answer;
}

http::Answer get(const http::ServerRequest& request, std::string_view what,
                 const CallKeeper& callkeeper) {
    constexpr std::string_view kTruth = "truth/";
    if (what.starts_with(kTruth)) return truth(request, what.substr(kTruth.size()), callkeeper);
    if (what == "stats") {
        const auto stats = callkeeper.stats();
        return json_answer(
            200,
            fmt::format(
                R"({{"requests":{},"faults":{},"calls_sent":{},"in_flight_max":{},"errors":{}}})",
                counts_json(stats.requests), counts_json(stats.faults), stats.calls_sent,
                stats.in_flight_max, stats.errors));
    }
    if (what == "now")
        return json_answer(200, fmt::format(R"({{"now":"{}"}})", format_time(callkeeper.now())));
    if (what == "requests") {
        std::string out = "[";
        for (const auto& line : callkeeper.requests())
            out.append(fmt::format("{}\n{{\"method\":\"{}\",\"target\":{},\"status\":{}}}",
                                   out.size() > 1 ? "," : "", line.method, json(line.target),
                                   line.status));
        return json_answer(200, out.append("]"));
    }
    throw Error(Fault::config, "no such call").with_hint("see sim/README.md");
}

http::Answer post(std::string_view what, const Values& values, CallKeeper& callkeeper) {
    std::int64_t seconds = 0;
    std::uint32_t count = 1;
    read_number(values, "seconds", seconds);
    read_number(values, "count", count);
    if (what == "advance") {
        callkeeper.advance(std::chrono::seconds(seconds));
    } else if (what == "faults") {
        callkeeper.add_fault(fault_of(values));
    } else if (what == "assume") {
        for (const auto& [name, reading] : values) callkeeper.assume(name, reading);
    } else if (what == "latency") {
        std::int64_t ms = 0;
        read_number(values, "ms", ms);
        callkeeper.set_latency(std::chrono::milliseconds(ms));
    } else if (what == "change") {
        callkeeper.change(count);
    } else if (what == "remove") {
        callkeeper.remove(count);
    } else if (what == "hide") {
        callkeeper.hide(count);
    } else if (what == "restore") {
        callkeeper.restore();
    } else if (what == "stats/reset") {
        callkeeper.reset_stats();
    } else if (what == "follow") {
        callkeeper.follow_with_hooks(hooks_of(values));
    } else {
        throw Error(Fault::config, "no such call").with_hint("see sim/README.md");
    }
    return json_answer(200, "{\"ok\":true}");
}

http::Answer send_hooks(const Values& values, CallKeeper& callkeeper) {
    const HookCounts counts = callkeeper.send_hooks(hooks_of(values));
    std::string calls = "[";
    for (const auto id : counts.acknowledged_calls)
        calls.append(fmt::format("{}{}", calls.size() > 1 ? "," : "", id));
    return json_answer(
        200,
        fmt::format(R"({{"sent":{},"acknowledged":{},"unanswered":{},"refused":{},"unusable":{},)"
                    R"("acknowledged_calls":{}]}})",
                    counts.sent, counts.acknowledged, counts.unanswered,
                    counts_json(counts.refused), counts_json(counts.unusable), calls));
}

}  // namespace

http::Answer answer_call_admin(const http::ServerRequest& request, CallKeeper& callkeeper) try {
    const std::string_view what = std::string_view(request.path).substr(kRoot.size());
    if (request.method == "GET") return get(request, what, callkeeper);
    if (request.method == "DELETE" && what == "faults") {
        callkeeper.clear_faults();
        return json_answer(200, "{\"ok\":true}");
    }
    if (request.method != "POST") return json_answer(405, "{\"error\":\"no such call\"}");
    const Values values = request.body.empty() ? Values() : read_flat_json(request.body);
    return what == "hooks" ? send_hooks(values, callkeeper) : post(what, values, callkeeper);
} catch (const Error& error) {
    return json_answer(
        400, fmt::format("{{\"error\":{},\"hint\":{}}}", json(error.what()), json(error.hint())));
}

}  // namespace ringtail::sim
