#include "unit/sim/callkeeper_service.hpp"

#include <fmt/format.h>

#include "base/time_text.hpp"

namespace ringtail::test {

sim::CallKeeperOptions some_calls(std::uint32_t per_day, std::uint32_t days, double odd) {
    sim::CallKeeperOptions options;
    options.calls_per_day = per_day;
    options.days = days;
    options.odd = odd;
    options.now =
        *parse_time(options.first_day) + std::chrono::days(days - 1) - std::chrono::hours(12);
    return options;
}

RawReply ask(const sim::CallKeeper& callkeeper, std::string_view method,
             std::string_view parameters) {
    return fetch(callkeeper.port(), "GET",
                 fmt::format("/{}?api_key={}{}{}", method, callkeeper.options().key,
                             parameters.empty() ? "" : "&", parameters));
}

std::string period(std::string_view from, std::string_view to) {
    return fmt::format("date[from]={}&date[to]={}", from, to);
}

std::vector<std::int64_t> ids_of(std::string_view body) {
    std::vector<std::int64_t> ids;
    for (auto at = body.find("{\"id\":"); at != std::string_view::npos;
         at = body.find("{\"id\":", at + 1)) {
        const auto digits = body.find_first_of("0123456789", at);
        ids.push_back(std::stoll(std::string(body.substr(digits, 20))));
    }
    return ids;
}

std::vector<std::int64_t> calls_of(const sim::CallKeeper& callkeeper, std::string_view from,
                                   std::string_view to, std::string_view more) {
    const auto reply = ask(callkeeper, "getCallsInfo",
                           period(from, to).append(more.empty() ? "" : "&").append(more));
    if (reply.status != 200) throw std::runtime_error(reply.body);
    return ids_of(reply.body);
}

std::string member(std::string_view json, std::string_view name) {
    const std::string start = fmt::format("\"{}\":", name);
    auto at = json.find(start);
    if (at == std::string_view::npos) return {};
    at += start.size();
    if (json[at] != '"') return std::string(json.substr(at, json.find_first_of(",}]", at) - at));
    auto end = at + 1;
    while (json[end] != '"') end += json[end] == '\\' ? 2 : 1;
    return std::string(json.substr(at, end + 1 - at));
}

std::vector<std::string> truth_of(const sim::CallKeeper& callkeeper, std::string_view table,
                                  const sim::CallTruthOptions& options) {
    std::vector<std::string> rows;
    callkeeper.truth(table, options, [&](std::string_view row) { rows.emplace_back(row); });
    return rows;
}

}  // namespace ringtail::test
