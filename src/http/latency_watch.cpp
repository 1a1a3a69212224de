#include "http/latency_watch.hpp"

#include <algorithm>

namespace ringtail::http {
namespace {

constexpr std::size_t kMostKinds = 64;  // paths with ids in them would be kinds without end
constexpr unsigned kFirstAnswers = 8;   // averaged before anything is said
constexpr double kMargin = 50'000;      // microseconds

}  // namespace

bool LatencyWatch::is_slow(std::string_view name, Micros latency) {
    auto found = kinds_.find(name);
    if (found == kinds_.end()) {
        if (kinds_.size() >= kMostKinds) return false;
        found = kinds_.emplace(name, Kind()).first;
    }
    Kind& kind = found->second;
    const auto value = static_cast<double>(latency.count());
    if (kind.answers < kFirstAnswers) {
        ++kind.answers;
        kind.smoothed += (value - kind.smoothed) / kind.answers;
        kind.best = kind.smoothed;
        return false;
    }
    // A single answer that took ages says nothing about the others.
    kind.smoothed += (std::min(value, 3 * kind.smoothed + kMargin) - kind.smoothed) / 8;
    // The best ages, so that a server that has become slower for good is not held back for ever.
    kind.best = std::min(kind.smoothed, kind.best + (kind.smoothed - kind.best) / 256);
    return kind.smoothed > 2 * kind.best && kind.smoothed > kind.best + kMargin;
}

}  // namespace ringtail::http
