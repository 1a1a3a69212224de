#include "cli/settings_webhook.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "base/error.hpp"
#include "cli/values.hpp"
#include "delivery/own_headers.hpp"

namespace ringtail::cli {
namespace {

using namespace std::chrono_literals;

std::vector<std::string> split(std::string_view text, char at) {
    std::vector<std::string> parts;
    while (true) {
        const auto end = std::min(text.find(at), text.size());
        parts.emplace_back(text.substr(0, end));
        if (end == text.size()) return parts;
        text.remove_prefix(end + 1);
    }
}

std::vector<std::string> parse_headers(std::string_view name, std::string_view text) {
    try {
        // An empty word is a variable that was not set, not a header that is not wanted.
        for (const std::string& header : split(text, '\n')) delivery::check_header(header);
        return delivery::own_headers(text);
    } catch (const Error& error) {
        throw error.within(name);
    }
}

double parse_rate(std::string_view name, std::string_view text) {
    if (text == "off") return 0;
    return static_cast<double>(parse_whole(name, text, 1, 1'000'000));
}

std::vector<std::chrono::milliseconds> parse_plan(std::string_view name, std::string_view text) {
    std::vector<std::chrono::milliseconds> plan;
    for (const std::string& part : split(text, ',')) {
        plan.push_back(parse_duration(name, part, 1ms, 30 * 24h));
    }
    return plan;
}

std::uint64_t parse_megabytes(std::string_view name, std::string_view text) {
    return static_cast<std::uint64_t>(parse_whole(name, text, 1, 1'000'000'000)) << 20U;
}

}  // namespace

std::vector<Flag> webhook_flags() {
    return {{"state"},       {"header", Flag::Takes::values},
            {"secret-file"}, {"client-cert"},
            {"client-key"},  {"rate"},
            {"burst"},       {"attempts"},
            {"retry-plan"},  {"attempt-timeout"},
            {"keep"},        {"max-outbox"}};
}

void read_webhook(const Settings& settings, WebhookPlan& plan) {
    plan.state_file = settings.text("state");
    plan.headers = settings.get("header", plan.headers, parse_headers);
    plan.secret_file = settings.text("secret-file");
    plan.client_certificate = settings.text("client-cert");
    plan.client_key = settings.text("client-key");
    plan.rate = settings.get("rate", plan.rate, parse_rate);
    if (const auto burst = settings.find("burst")) {
        plan.burst = static_cast<double>(parse_whole(burst->name, burst->text, 1, 1'000'000));
    }
    plan.attempts = settings.get("attempts", plan.attempts, [](auto name, auto text) {
        return parse_whole(name, text, 1, 1'000);
    });
    plan.retry_plan = settings.get("retry-plan", plan.retry_plan, parse_plan);
    plan.timeout = settings.get("attempt-timeout", plan.timeout, [](auto name, auto text) {
        return parse_duration(name, text, 100ms, 1h);
    });
    plan.keep = settings.get("keep", plan.keep, [](auto name, auto text) {
        return std::chrono::ceil<std::chrono::hours>(parse_duration(name, text, 0ms, 3650 * 24h));
    });
    plan.max_bytes = settings.get("max-outbox", plan.max_bytes, parse_megabytes);
}

}  // namespace ringtail::cli
