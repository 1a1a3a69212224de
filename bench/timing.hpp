#pragma once
#include <algorithm>
#include <chrono>
#include <functional>
#include <vector>

namespace ringtail::bench {

inline double seconds(const std::function<void()>& action) {
    const auto start = std::chrono::steady_clock::now();
    action();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// The upper one of the two in the middle.
inline double median(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return values[values.size() / 2];
}

}  // namespace ringtail::bench
