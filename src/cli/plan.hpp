#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.hpp"
#include "destination/destination.hpp"
#include "source/dialfire/options.hpp"

namespace ringtail::cli {

enum class Output : std::uint8_t { text, json };

// How a web service is to be served; for the rest see Plan.
struct WebhookPlan {
    std::string state_file;            // empty: the old client's folders
    std::vector<std::string> headers;  // "Name: value"; secret
    std::string secret_file, client_certificate, client_key;
    double rate = 5;              // attempts a second; 0: no limit
    std::optional<double> burst;  // default: twice the rate
    unsigned attempts = 10;
    std::vector<std::chrono::milliseconds> retry_plan;  // empty: the usual one
    std::chrono::milliseconds timeout{30'000};
    std::chrono::hours keep{7 * 24};
    std::uint64_t max_bytes = 10ULL << 30U;
};

// Both command lines come to this: one campaign into one destination.
struct Plan {
    dialfire::Options source;
    bool prefix_given = false;  // false: the old client's unprefixed tables are used where they are
    bool adopt = false;         // they, or those with the given prefix, must be there
    std::string destination;    // its URL; secret, as it may hold a password
    DestinationOptions destination_options;
    WebhookPlan webhook;  // where the destination is http:// or https://
    bool once = false;    // end when caught up
    std::chrono::milliseconds every{60'000};
    std::size_t rows_per_load = 0;  // 0: as many as the kind of destination likes
    Output output = Output::text;
    LogLevel log_level = LogLevel::info;
    std::string log_file;  // empty: none
};

// A variable of the environment, nothing when it is not set. Passed in, so that tests have their
// own.
using Environment = std::function<std::optional<std::string>(std::string_view name)>;

}  // namespace ringtail::cli
