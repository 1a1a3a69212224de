#pragma once
#include <string>

#include "json/document.hpp"

namespace ringtail::callkeeper {

// A call's object in the one form that reports see: visit information under visit_info and its
// groups wherever it stood (fields.hpp), blank values as null, all else as it was delivered; no
// blanks between. Of members given twice the last counts.
std::string report_json(JsonValue call);

}  // namespace ringtail::callkeeper
