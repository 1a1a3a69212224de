#pragma once
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/simulation.hpp"
#include "support/raw_http.hpp"

// What the tests ask of a running stand-in, as a client would.
namespace ringtail::test {

// A clock that stands still, so that the same changes come out the same.
sim::Options repeatable(std::uint32_t contacts, double odd = 0);
inline constexpr const char* kToday = "2026-03-05";  // of that clock

RawReply call(const sim::Simulation& sim, std::string_view path, std::string_view method = "GET",
              std::string_view body = {});

struct Listing {
    std::vector<std::string> elements;  // raw JSON of each
    std::vector<std::size_t> pages;     // how many were on each page
};
// All pages of a call; `path` has its parameters but no cursor.
Listing list_all(const sim::Simulation& sim, const std::string& path);
// {"cursor":…} of an answer; empty at the end.
std::string cursor_of(const std::string& body);
// The values of `key` in elements such as {"id":"…","md5":"…"}.
std::string field(std::string_view object, std::string_view key);

// The elements of the array POST contacts/ answers with.
std::vector<std::string> deliver(const sim::Simulation& sim, const std::vector<std::string>& ids);
std::vector<std::string> contact_ids(const sim::Simulation& sim,
                                     const std::string& parameters = "");
std::vector<std::string> truth(const sim::Simulation& sim, std::string_view table,
                               const sim::TruthOptions& options = {});

}  // namespace ringtail::test
