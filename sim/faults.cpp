#include "faults.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>

#include "base/error.hpp"
#include "dice.hpp"

namespace ringtail::sim {

namespace {

// "500", "429" …: that status; 0 when the kind is no status.
int status_of(const FaultRule& rule) {
    if (rule.status != 0) return rule.status;
    int status = 0;
    const auto end = rule.kind.data() + rule.kind.size();
    const auto [at, error] = std::from_chars(rule.kind.data(), end, status);
    return error == std::errc() && at == end && status >= 400 && status <= 599 ? status : 0;
}

http::Answer plain(int status, std::string text) {
    http::Answer answer;
    answer.status = status;
    answer.content_type = "text/plain; charset=utf-8";
    answer.body = std::move(text);
    return answer;
}

// Certainly no JSON afterwards: a colon between a key and its value goes, or the last bracket.
void break_json(std::string& body) {
    const auto colon = body.find("\":\"", body.size() / 2);
    if (colon != std::string::npos) body[colon + 1] = ';';
    if (!body.empty()) body.back() = ';';
}

}  // namespace

const std::vector<std::string>& fault_kinds() {
    static const std::vector<std::string> kinds{
        "500",        "502",   "503",         "429",  "403",  "404",          "reset",
        "truncate",   "short", "broken_json", "slow", "hang", "content_type", "expired_cursor",
        "list_twice", "stale", "move"};
    return kinds;
}

void Faults::add(const FaultRule& rule) {
    const bool known =
        std::ranges::find(fault_kinds(), rule.kind) != fault_kinds().end() || status_of(rule) != 0;
    if (!known)
        throw Error(Fault::config, fmt::format("no kind of fault \"{}\"", rule.kind))
            .with_hint(
                fmt::format("{}, or any status from 400 to 599", fmt::join(fault_kinds(), ", ")));
    if (!(rule.share >= 0 && rule.share <= 1))
        throw Error(Fault::config, "a fault's share is from 0 to 1");
    std::lock_guard lock(mutex_);
    rules_.push_back({rule});
}

void Faults::clear() {
    std::lock_guard lock(mutex_);
    rules_.clear();
}

std::optional<FaultRule> Faults::strike(std::string_view endpoint, bool has_cursor) {
    std::lock_guard lock(mutex_);
    for (auto& live : rules_) {
        const FaultRule& rule = live.rule;
        if (rule.count > 0 && live.done >= rule.count) continue;
        if (endpoint.find(rule.path) == std::string_view::npos) continue;
        const bool lists = endpoint != "contacts/" && endpoint != "fields/list";
        if (rule.kind == "expired_cursor" && !has_cursor) continue;
        if (rule.kind == "list_twice" && !lists) continue;
        if (rule.kind == "move" && (endpoint != "contacts/list" || !has_cursor)) continue;
        if (rule.kind == "stale" && endpoint != "contacts/") continue;
        if (live.seen++ < rule.skip) continue;
        if (!Dice(mix(0xFA017, thrown_++)).chance(rule.share)) continue;
        ++live.done;
        ++struck_[rule.kind];
        return rule;
    }
    return std::nullopt;
}

void Faults::not_struck(const FaultRule& rule) {
    std::lock_guard lock(mutex_);
    for (auto& live : rules_) {
        if (live.rule.kind != rule.kind || live.rule.path != rule.path || live.done == 0) continue;
        --live.done;
        --struck_[rule.kind];
        return;
    }
}

std::map<std::string, std::uint64_t> Faults::struck() const {
    std::lock_guard lock(mutex_);
    return struck_;
}

void Faults::reset_counts() {
    std::lock_guard lock(mutex_);
    struck_.clear();
}

bool replaces_answer(const FaultRule& rule) {
    return status_of(rule) != 0 || rule.kind == "hang" || rule.kind == "content_type" ||
           rule.kind == "expired_cursor";
}

http::Answer answer_of(const FaultRule& rule) {
    if (rule.kind == "content_type") {
        http::Answer answer;
        answer.content_type = "text/html; charset=utf-8";
        answer.body =
            "<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please accept our terms "
            "of use.</body></html>";
        return answer;
    }
    if (rule.kind == "hang") {
        http::Answer answer = plain(504, "504 - Gateway Timeout");
        answer.delivery.delay = std::chrono::hours(1);
        return answer;
    }
    if (rule.kind == "expired_cursor")
        return plain(rule.status == 0 ? 400 : rule.status, "400 - Bad Request: cursor expired");
    const int status = status_of(rule);
    constexpr std::pair<int, std::string_view> kTexts[] = {
        {403, "Forbidden"},         {404, "Not Found"},
        {429, "Too Many Requests"}, {500, "Internal Server Error"},
        {502, "Bad Gateway"},       {503, "Service Unavailable"}};
    const auto found = std::ranges::find(kTexts, status, &std::pair<int, std::string_view>::first);
    http::Answer answer =
        plain(status,
              fmt::format("{} - {}", status, found == std::end(kTexts) ? "Error" : found->second));
    if (rule.retry_after >= 0)
        answer.headers.emplace_back("Retry-After", std::to_string(rule.retry_after));
    return answer;
}

void spoil(const FaultRule& rule, http::Answer& answer) {
    const std::size_t half = answer.body.size() / 2;
    if (rule.kind == "reset") {
        answer.delivery.cut_after = half;
    } else if (rule.kind == "truncate") {
        answer.body.resize(half);
    } else if (rule.kind == "short") {
        answer.delivery.announced_bytes = answer.body.size();
        answer.body.resize(half);
    } else if (rule.kind == "broken_json") {
        break_json(answer.body);
    } else if (rule.kind == "slow") {
        answer.compress = false;
        answer.delivery.slice_bytes = std::max<std::size_t>(1, answer.body.size() / 10);
        answer.delivery.slice_pause = std::chrono::milliseconds(rule.pause_ms);
    }
}

}  // namespace ringtail::sim
