#include "http/retry_rule.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <charconv>

namespace ringtail::http {
namespace {

constexpr unsigned kForbiddenRepeats = 2;
constexpr std::chrono::seconds kLongestWait{std::chrono::hours(24) * 366};

std::optional<Instant> parse_http_date(std::string_view text) {
    const std::time_t seconds = curl_getdate(std::string(text).c_str(), nullptr);
    if (seconds < 0) return std::nullopt;
    return Instant(std::chrono::seconds(seconds));
}

}  // namespace

RetryRule::RetryRule(const ClientOptions& options)
    : most_(std::max(1U, options.attempts)),
      max_throttled_(options.max_throttled),
      least_pause_(options.first_pause),
      failures_(options.first_pause, options.last_pause, options.last_pause),
      throttles_(failures_),
      refusals_(failures_) {}

Decision RetryRule::after_answer(int status, std::optional<Millis> retry_after, TimePoint now) {
    if (status == 429 || (status == 503 && retry_after)) return throttled(retry_after, now);
    if (status >= 500 || status == 408 || status == 425) return counted();
    ++attempts_;
    if (status == 403 && refusals_.failures() < kForbiddenRepeats)
        return {Decision::Action::repeat, refusals_.next()};
    return {};
}

Decision RetryRule::after_failure() { return counted(); }

Decision RetryRule::counted() {
    ++attempts_;
    if (failures_.failures() + 1 >= most_) return {Decision::Action::give_up};
    return {Decision::Action::repeat, failures_.next()};
}

Decision RetryRule::throttled(std::optional<Millis> retry_after, TimePoint now) {
    ++attempts_;
    if (!throttled_since_) throttled_since_ = now;
    const bool again = throttles_.failures() > 0;
    const Millis growing = throttles_.next();
    Millis pause = retry_after.value_or(growing);
    // "Retry-After: 0" for ever must not become a busy loop.
    if (retry_after && again) pause = std::max(pause, least_pause_);
    if (now - *throttled_since_ + pause > max_throttled_) return {Decision::Action::put_off, pause};
    return {Decision::Action::repeat, pause};
}

std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view text, Instant now) {
    const char* const end = text.data() + text.size();
    long long seconds = 0;
    const auto [stop, error] = std::from_chars(text.data(), end, seconds);
    if (stop == end && !text.empty() && error != std::errc::invalid_argument) {
        if (error == std::errc::result_out_of_range) return kLongestWait;
        if (seconds < 0) return std::nullopt;
        return std::chrono::seconds(std::min<long long>(seconds, kLongestWait.count()));
    }
    const auto date = parse_http_date(text);
    if (!date) return std::nullopt;
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(*date - now);
    return std::clamp<std::chrono::milliseconds>(wait, std::chrono::seconds(0), kLongestWait);
}

std::optional<std::chrono::milliseconds> retry_after(const Response& response, Instant now) {
    const auto value = response.headers.find("retry-after");
    if (value == response.headers.end()) return std::nullopt;
    if (const auto date = response.headers.find("date"); date != response.headers.end())
        now = parse_http_date(date->second).value_or(now);
    return parse_retry_after(value->second, now);
}

}  // namespace ringtail::http
