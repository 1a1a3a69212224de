#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "callkeeper.hpp"
#include "support/raw_http.hpp"

// What the tests ask of CallKeeper's stand-in, as a client would.
namespace ringtail::test {

// Its clock stands at noon of the last day but one.
sim::CallKeeperOptions some_calls(std::uint32_t per_day, std::uint32_t days, double odd = 0);

// `parameters` without the key, with brackets as they are.
RawReply ask(const sim::CallKeeper& callkeeper, std::string_view method,
             std::string_view parameters = {});
std::string period(std::string_view from, std::string_view to);
std::vector<std::int64_t> ids_of(std::string_view body);
// Ids of the calls of a period.
std::vector<std::int64_t> calls_of(const sim::CallKeeper& callkeeper, std::string_view from,
                                   std::string_view to, std::string_view more = {});
// The raw value of the first member of that name, at any depth; empty when there is none.
std::string member(std::string_view json, std::string_view name);
std::vector<std::string> truth_of(const sim::CallKeeper& callkeeper, std::string_view table,
                                  const sim::CallTruthOptions& options = {});

}  // namespace ringtail::test
