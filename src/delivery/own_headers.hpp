#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace ringtail::delivery {

// "Name: value", which a user wants in each request. Error(config) when it is of another form or is
// set by Ringtail; it never shows the value.
void check_header(std::string_view header);

// One a line, each checked; empty lines are passed over.
std::vector<std::string> own_headers(std::string_view lines);

}  // namespace ringtail::delivery
