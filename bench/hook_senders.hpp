#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace ringtail::bench {

struct Sending {
    double seconds = 0;
    std::uint64_t answered = 0;   // with 200
    std::uint64_t refused = 0;    // with anything else
    std::vector<float> waits_ms;  // of each answer, from when it should have been sent
};

// Sends `request`, the bytes of a whole HTTP request, over so many kept connections of one thread.
// `per_second` 0: each connection sends again as soon as it is answered. Else at that rate,
// whatever the answers do: a request that finds no free connection waits, and its wait counts.
Sending send_hooks(std::uint16_t port, const std::string& request, unsigned connections,
                   unsigned per_second, std::chrono::seconds time);

// Connections that hold themselves open: `idle` send nothing, `slow` a byte of a request each
// second, and connect again when they are cut off, from a thread of their own.
class Crowd {
  public:
    Crowd(std::uint16_t port, unsigned idle, unsigned slow);
    ~Crowd();
    Crowd(const Crowd&) = delete;
    Crowd& operator=(const Crowd&) = delete;

  private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

}  // namespace ringtail::bench
