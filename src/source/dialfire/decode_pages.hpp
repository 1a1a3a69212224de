#pragma once
#include <span>
#include <string>
#include <unordered_set>

#include "json/document.hpp"
#include "source/source.hpp"

// What all listings of the API have in common: {"count": …, "results": […], "cursor": …}.
namespace ringtail::dialfire {

// The list. Throws Error(data) unless the answer is such an object; a list may be null or missing
// only where the count says 0, so that an error report cannot pass for an empty page.
JsonValue::Elements page_results(JsonValue answer);

// The cursor; empty on the last page. Throws Error(data) when it is neither text nor null.
std::string page_cursor(JsonValue answer);

// Every contact that was asked for is counted once, and no other, so that the sums can hold: an
// element without an id stands for one of those that are missing. Who was asked for twice by one
// request is one contact, and once more one that is equal.
void count_asked(std::span<const std::string> asked, const std::unordered_set<std::string>& decoded,
                 std::size_t unusable, Tally& tally);

}  // namespace ringtail::dialfire
