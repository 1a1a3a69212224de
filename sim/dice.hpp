#pragma once
#include <cstdint>

namespace ringtail::sim {

// Repeatable chance: the same inputs give the same number, on every machine.
constexpr std::uint64_t mix(std::uint64_t x) {  // the finaliser of SplitMix64
    x += 0x9E3779B97F4A7C15ULL;
    x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9ULL;
    x = (x ^ (x >> 27U)) * 0x94D049BB133111EBULL;
    return x ^ (x >> 31U);
}

template <typename... More>
constexpr std::uint64_t mix(std::uint64_t first, std::uint64_t second, More... more) {
    return mix(mix(first) ^ second, static_cast<std::uint64_t>(more)...);
}

// A run of numbers from one start.
class Dice {
  public:
    constexpr explicit Dice(std::uint64_t start) : state_(start) {}
    constexpr std::uint64_t next() { return mix(state_++ * 0xD1342543DE82EF95ULL + 1); }
    // 0 … bound - 1; `bound` above 0.
    constexpr std::uint32_t below(std::uint32_t bound) {
        return static_cast<std::uint32_t>(((next() >> 32U) * bound) >> 32U);
    }
    constexpr bool chance(double share) {
        return static_cast<double>(next() >> 11U) * 0x1p-53 < share;
    }

  private:
    std::uint64_t state_;
};

}  // namespace ringtail::sim
