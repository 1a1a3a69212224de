#pragma once
#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.hpp"

namespace ringtail::web {

// The hook tokens that were good a moment ago, so that thousands of hooks a second need not ask the
// control store. Kept and looked up by their SHA-256: the time a look-up takes tells nothing of a
// token. Safe to use from any thread.
class HookTokens {
  public:
    // A token that the store no longer takes is still taken for up to this long.
    static constexpr std::chrono::seconds kTrusted{5};

    struct Known {
        std::int64_t source = 0;
        // True for one caller now and then: it should ask the store for all tokens, which costs
        // hardly more than for one.
        bool ask_for_all = false;
    };
    // `digest`: the token's. Nothing when the store has to be asked first.
    std::optional<Known> find(const std::string& digest, Instant now);
    // What the store said of one; nothing: it takes no such token.
    void learn(const std::string& digest, std::optional<std::int64_t> source, Instant now);
    // All that it takes: digest → source.
    void learn_all(const std::unordered_map<std::string, std::int64_t>& digests, Instant now);

  private:
    struct Entry {
        std::int64_t source = 0;
        Instant asked;  // the store
    };
    std::mutex mutex_;
    std::unordered_map<std::string, Entry> entries_;  // of good tokens only: at most two a source
    std::optional<Instant> asked_for_all_;            // or was told to
};

}  // namespace ringtail::web
