#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace ringtail::callkeeper {

// A webhook's request, in any of the ways CallKeeper may send it (facts/callkeeper.md B, E-6): a
// JSON object or an array of them under whatever content type, form fields (url-encoded or
// multipart), or a query. One JSON object for each call; fields become texts, names in brackets
// (current[src]) objects in objects. Error(data) says why it is no call: what cannot be read, and
// what has no id anywhere; elements of an array that have none are left to the caller as they are.
// Pure; the bytes may be anything.
std::vector<std::string> parse_hook(std::string_view content_type, std::string_view query,
                                    std::string_view body);

}  // namespace ringtail::callkeeper
