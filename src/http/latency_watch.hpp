#pragma once
#include <chrono>
#include <map>
#include <string>
#include <string_view>

namespace ringtail::http {

// Tells when a server answers clearly slower than it can. Each kind of request is watched by
// itself, because a list of a thousand ids and a list of five fields take different times on an
// idle server too. Not thread-safe.
class LatencyWatch {
  public:
    using Micros = std::chrono::microseconds;

    // Notes an answer. True when the smoothed latency of its kind is more than twice the best the
    // kind has shown and 50 ms above it.
    bool is_slow(std::string_view kind, Micros latency);

  private:
    struct Kind {
        unsigned answers = 0;
        double smoothed = 0, best = 0;  // microseconds
    };
    std::map<std::string, Kind, std::less<>> kinds_;
};

}  // namespace ringtail::http
