#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Numbers about the running program for Prometheus. What is counted as done is counted only once it
// is durable.
namespace ringtail {

class Counter {
  public:
    void add(std::uint64_t more = 1) { value_.fetch_add(more, std::memory_order_relaxed); }
    std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

  private:
    std::atomic<std::uint64_t> value_{0};
};

class Gauge {
  public:
    void set(double value) { value_.store(value, std::memory_order_relaxed); }
    double value() const { return value_.load(std::memory_order_relaxed); }

  private:
    std::atomic<double> value_{0};
};

// One family of numbers. Their list is at the end of this file, so that docs and dashboards can
// rely on the names.
struct CounterName {
    std::string_view name, help;
};
struct GaugeName {
    std::string_view name, help;
};
using Labels = std::vector<std::pair<std::string_view, std::string_view>>;

// Safe to use from any thread. The references stay good for as long as the registry lives; callers
// that count often keep them.
class Metrics {
  public:
    Counter& counter(const CounterName& family, const Labels& labels = {});
    Gauge& gauge(const GaugeName& family, const Labels& labels = {});

    // Called before each text(): sets the gauges that are read rather than counted. What it uses
    // must live as long as the registry.
    void before_text(std::function<void()> refresh);
    // Prometheus' text format 0.0.4, families and labels in order.
    std::string text();

  private:
    template <typename Number>
    struct Family {
        std::string help;
        std::map<std::string, Number> numbers;  // by labels as text; nodes do not move
    };
    std::mutex mutex_;
    std::map<std::string, Family<Counter>, std::less<>> counters_;
    std::map<std::string, Family<Gauge>, std::less<>> gauges_;
    std::vector<std::function<void()>> refresh_;
};

namespace metric {

// Labels: source, table, what (added, updated, deleted, unchanged, rejected).
inline constexpr CounterName kRows{"ringtail_rows_total", "Rows that loads have stored."};
// Labels: source.
inline constexpr CounterName kLoads{"ringtail_loads_total", "Loads that have been committed."};
inline constexpr CounterName kRequests{"ringtail_requests_total", "Requests made to a source."};
inline constexpr CounterName kRetries{"ringtail_retries_total", "Attempts that were made again."};
// Labels: source, fault (transient, throttled, auth, config, data, bug).
inline constexpr CounterName kErrors{"ringtail_errors_total", "Failures by what is to be done."};
// Labels: source, kind, state (done, failed, cancelled, crashed).
inline constexpr CounterName kRuns{"ringtail_runs_total", "Runs that have ended."};
// Labels: stream.
inline constexpr GaugeName kLag{"ringtail_lag_seconds",
                                "Age of the newest data that a stream has loaded."};
// Labels: source.
inline constexpr GaugeName kInboxHooks{"ringtail_inbox_hooks", "Webhooks kept in the inbox."};
inline constexpr GaugeName kInboxBytes{"ringtail_inbox_bytes", "Size of the inbox."};
// Labels: stream.
inline constexpr GaugeName kOutbox{"ringtail_outbox_deliveries", "Deliveries not yet made."};
// Labels: code (200, 400, …).
inline constexpr CounterName kHooks{"ringtail_hooks_total", "Webhooks answered."};
inline constexpr CounterName kHookCommits{"ringtail_hook_commits_total",
                                          "Commits that stored webhooks."};
inline constexpr CounterName kApi{"ringtail_api_requests_total", "Requests to the API answered."};

}  // namespace metric

}  // namespace ringtail
