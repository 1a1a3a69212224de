#include "admin.hpp"

#include <fmt/format.h>

#include <charconv>

#include "base/error.hpp"
#include "campaign.hpp"
#include "flat_json.hpp"
#include "text.hpp"

namespace ringtail::sim {

namespace {

using Values = std::map<std::string, std::string>;
constexpr std::string_view kTruth = "/sim/truth/";
constexpr std::size_t kPiece = 64U << 10U;  // bytes of the truth made at once

http::Answer json_answer(int status, std::string body) {
    http::Answer answer;
    answer.status = status;
    answer.body = std::move(body);
    return answer;
}

http::Answer done() { return json_answer(200, "{\"ok\":true}\n"); }

template <typename Number>
Number number_of(const Values& values, const std::string& name, Number otherwise) {
    const auto found = values.find(name);
    if (found == values.end()) return otherwise;
    Number number{};
    const auto end = found->second.data() + found->second.size();
    const auto [at, error] = std::from_chars(found->second.data(), end, number);
    if (error != std::errc() || at != end)
        throw Error(Fault::config,
                    fmt::format("{}: \"{}\" is no number that fits", name, found->second));
    return number;
}

std::string text_of(const Values& values, const std::string& name) {
    const auto found = values.find(name);
    return found == values.end() ? std::string() : found->second;
}

FaultRule rule_of(const Values& values) {
    for (const auto& [name, value] : values)
        if (std::string_view("kind share count path retry_after status pause_ms skip").find(name) ==
            std::string_view::npos)
            throw Error(Fault::config, fmt::format("a fault has no \"{}\"", name))
                .with_hint("kind, share, count, path, retry_after, status, pause_ms, skip");
    FaultRule rule;
    rule.kind = text_of(values, "kind");
    rule.share = number_of(values, "share", rule.share);
    rule.count = number_of(values, "count", rule.count);
    rule.path = text_of(values, "path");
    rule.retry_after = number_of(values, "retry_after", rule.retry_after);
    rule.status = number_of(values, "status", rule.status);
    rule.pause_ms = number_of(values, "pause_ms", rule.pause_ms);
    rule.skip = number_of(values, "skip", rule.skip);
    return rule;
}

void append_counts(std::string& out, const std::map<std::string, std::uint64_t>& counts) {
    out.push_back('{');
    for (const auto& [name, count] : counts)
        out.append(fmt::format("{}\"{}\":{}", out.back() == '{' ? "" : ",", name, count));
    out.push_back('}');
}

std::string stats_json(const Stats& stats) {
    std::string out = "{\"requests\":";
    append_counts(out, stats.requests);
    out.append(",\"faults\":");
    append_counts(out, stats.faults);
    out.append(fmt::format(
        R"(,"ids_asked":{},"contacts_sent":{},"in_flight_max":{},"bytes":{},"changes":{},"contacts":{},"forbidden":{}}})",
        stats.ids_asked, stats.contacts_sent, stats.in_flight_max, stats.bytes, stats.changes,
        stats.contacts, stats.forbidden));
    return out.append("\n");
}

std::string requests_json(const std::vector<RequestLine>& lines, std::string_view path) {
    std::string out = "[";
    for (const auto& line : lines) {
        if (line.target.find(path) == std::string::npos) continue;
        out.append(fmt::format("{}\n{{\"method\":\"{}\",\"target\":{},\"status\":{},\"ids\":{}}}",
                               out.size() > 1 ? "," : "", line.method, json(line.target),
                               line.status, line.ids));
    }
    return out.append("]\n");
}

http::Answer truth(const http::ServerRequest& request, const Campaign& campaign) {
    TruthOptions options;
    options.mode = request.parameter("fm").value_or("");
    if (const auto stages = request.parameter("fp")) options.stages = *stages;
    Values columns;
    if (const auto text = request.parameter("columns")) columns["columns"] = *text;
    options.custom_columns = number_of(columns, "columns", options.custom_columns);
    options.extra_everywhere = request.parameter("extra") == "all";
    options.rejects = request.parameter("rejects") == "1";
    auto state = std::make_shared<Campaign::TruthState>(
        campaign.begin_truth(request.path.substr(kTruth.size()), options));
    http::Answer answer;
    answer.content_type = "application/x-ndjson; charset=utf-8";
    answer.more = [state, &campaign](std::string& piece) {
        while (piece.size() < kPiece)
            if (!campaign.next_truth(*state, piece)) return false;
        return true;
    };
    return answer;
}

http::Answer get(const http::ServerRequest& request, Simulation& simulation,
                 const Campaign& campaign) {
    if (request.path == "/sim/stats") return json_answer(200, stats_json(simulation.stats()));
    if (request.path == "/sim/requests")
        return json_answer(
            200, requests_json(simulation.requests(), request.parameter("path").value_or("")));
    if (request.path.starts_with(kTruth)) return truth(request, campaign);
    if (request.path == "/sim/deleted") {
        std::string out = "[";
        for (const auto& id : simulation.deleted())
            out.append(fmt::format("{}\"{}\"", out.size() > 1 ? "," : "", id));
        return json_answer(200, out.append("]\n"));
    }
    if (request.path != "/sim/assumptions")
        return json_answer(404, "{\"error\":\"no such call; see sim/README.md\"}\n");
    std::string out;
    for (const auto& one : switches()) {
        out.append(out.empty() ? "[" : ",\n")
            .append(fmt::format(R"({{"name":"{}","readings":[)", one.name));
        for (const auto& reading : one.readings)
            out.append(fmt::format("{}\"{}\"", out.back() == '[' ? "" : ",", reading));
        out.append("],\"meaning\":").append(json(one.meaning)).push_back('}');
    }
    return json_answer(200, out.append("]\n"));
}

http::Answer post(const http::ServerRequest& request, Simulation& simulation) {
    const Values values = request.body.empty() ? Values() : read_flat_json(request.body);
    if (request.path == "/sim/faults") {
        simulation.add_fault(rule_of(values));
    } else if (request.path == "/sim/assume") {
        for (const auto& [name, reading] : values) simulation.assume(name, reading);
    } else if (request.path == "/sim/change") {
        simulation.change(number_of(values, "count", 1U), split(text_of(values, "kinds")));
    } else if (request.path == "/sim/rate") {
        simulation.set_change_rate(number_of(values, "changes_per_second", 0.0));
    } else if (request.path == "/sim/latency") {
        simulation.set_latency(std::chrono::milliseconds(number_of(values, "ms", 0)));
    } else if (request.path == "/sim/fields") {
        const auto type = text_of(values, "fieldType");
        simulation.add_field(text_of(values, "name"), type.empty() ? "text" : type);
    } else if (request.path == "/sim/fields/delete") {
        simulation.change_field(FieldChange::removed, text_of(values, "name"));
    } else if (request.path == "/sim/fields/rename") {
        simulation.change_field(FieldChange::renamed, text_of(values, "name"),
                                text_of(values, "to"));
    } else if (request.path == "/sim/fields/retype") {
        simulation.change_field(FieldChange::retyped, text_of(values, "name"),
                                text_of(values, "fieldType"));
    } else if (request.path == "/sim/stats/reset") {
        simulation.reset_stats();
    } else {
        return json_answer(404, "{\"error\":\"no such call; see sim/README.md\"}\n");
    }
    return done();
}

}  // namespace

http::Answer answer_admin(const http::ServerRequest& request, Simulation& simulation,
                          const Campaign& campaign) try {
    if (request.method == "GET") return get(request, simulation, campaign);
    if (request.method == "POST") return post(request, simulation);
    if (request.method == "DELETE" && request.path == "/sim/faults") {
        simulation.clear_faults();
        return done();
    }
    return json_answer(405, "{\"error\":\"no such call; see sim/README.md\"}\n");
} catch (const Error& error) {
    return json_answer(
        400, fmt::format("{{\"error\":{},\"hint\":{}}}\n", json(error.what()), json(error.hint())));
}

}  // namespace ringtail::sim
