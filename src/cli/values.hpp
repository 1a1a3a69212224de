#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "source/dialfire/options.hpp"

// Texts of flags and variables to values. `name` is what the user wrote ("--w", "DBSYNC_W"); every
// Error(config) says it, the text and what is allowed.
namespace ringtail::cli {

// A whole number, lowest..highest.
std::int64_t parse_whole(std::string_view name, std::string_view text, std::int64_t lowest,
                         std::int64_t highest);

// A whole number and a unit, ms, s, m, h or d: "60s", "15m", "2h"; lowest..highest.
std::chrono::milliseconds parse_duration(std::string_view name, std::string_view text,
                                         std::chrono::milliseconds lowest,
                                         std::chrono::milliseconds highest);

// "true" "1" "on" "yes", "false" "0" "off" "no".
bool parse_switch(std::string_view name, std::string_view text);

// A date or date and time, as UTC in Dialfire's form (YYYY-MM-DDTHH:MM:SS.mmmZ).
std::string parse_date(std::string_view name, std::string_view text);

// "fc_,qc_": no blanks, as they never match a stage's name.
std::string parse_stages(std::string_view name, std::string_view text);

// What stands in front of the tables' names; may be empty.
std::string parse_prefix(std::string_view name, std::string_view text);

// An http or https address without a trailing slash, user or query.
std::string parse_api(std::string_view name, std::string_view text);

// A campaign's id: anything that can stand in an address and a file name.
std::string parse_campaign(std::string_view name, std::string_view text);

// A token: what can stand in a request's header. The message never shows it.
std::string parse_token(std::string_view name, std::string_view text);

}  // namespace ringtail::cli
