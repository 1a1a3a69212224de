#pragma once
#include <string>

#include "source/dialfire/json_document.hpp"

// What all listings of the API have in common: {"count": …, "results": […], "cursor": …}.
namespace ringtail::dialfire {

// The list. Throws Error(data) unless the answer is such an object; a list may be null or missing
// only where the count says 0, so that an error report cannot pass for an empty page.
JsonValue::Elements page_results(JsonValue answer);

// The cursor; empty on the last page. Throws Error(data) when it is neither text nor null.
std::string page_cursor(JsonValue answer);

}  // namespace ringtail::dialfire
