#pragma once
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "callkeeper_readings.hpp"
#include "http/server.hpp"

namespace ringtail::sim {

// A request's parameters, of the query and of a form in the body, by name; brackets stay part of
// the name.
using CallParameters = std::multimap<std::string, std::string, std::less<>>;
CallParameters call_parameters(const http::ServerRequest& request);

// What a request is refused with (facts A5).
struct CallRefusal {
    int status;
    std::string reason;
};

// The seconds a request asks for: from <= date < until.
struct CallPeriod {
    std::int64_t from, until;
};
// Reads `date` and `time_zone`. Throws CallRefusal.
CallPeriod call_period(const CallParameters& parameters, const CallApiReadings& readings);

// "200/0,200/200" as pairs. Throws CallRefusal.
std::vector<std::pair<int, int>> call_statuses(const CallParameters& parameters);

}  // namespace ringtail::sim
