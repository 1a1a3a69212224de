#include "unread_calls.hpp"

#include <fmt/format.h>

#include <chrono>

#include "base/clock.hpp"
#include "base/time_text.hpp"
#include "json/document.hpp"
#include "support/raw_http.hpp"

namespace ringtail::bench {

std::string day_before(int days) {
    return format_day(SystemClock().now() - std::chrono::days(days));
}

std::vector<Call> unread_calls(const Sim& sim) {
    const std::string& url = sim.callkeeper_url();
    const auto port = static_cast<std::uint16_t>(std::stoul(url.substr(url.rfind(':') + 1)));
    const std::string target = fmt::format(
        "/getCallsInfo?api_key=5e1dcafe0badf00d5e1dcafe0badf00d&date[from]={}&date[to]={}",
        day_before(kDays), day_before(10));
    const std::string body = test::fetch(port, "GET", target).body;
    const JsonDocument document(body);
    std::vector<Call> calls;
    for (const JsonValue call : document.root().find("result").elements()) {
        std::string scratch;
        const std::string raw(call.raw());
        calls.push_back({std::stoll(std::string(call.find("id").text_or_raw(scratch))),
                         R"({"hook_event":"Call is over",)" + raw.substr(1)});
    }
    return calls;
}

}  // namespace ringtail::bench
