#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace ringtail {

// Reads ISO 8601: YYYY-MM-DD, or with T or blank hh:mm[:ss[.fraction]], and Z, ±hh:mm, ±hhmm, ±hh
// or nothing (= UTC, assumption G-3 of the Dialfire facts). Nothing when it is no such text, no
// real date, or finer than a microsecond.
std::optional<Instant> parse_time(std::string_view text);

// YYYY-MM-DDTHH:MM:SS.mmmZ, with six fraction digits where there are microseconds. The form
// Dialfire delivers.
std::string format_time(Instant instant);

// YYYY-MM-DD, UTC.
std::string format_day(Instant instant);

// YYYY-MM-DDTHH:MM:SS.mmm without Z: what Dialfire's from= and to= take (facts/dialfire.md A.1).
std::string format_api_time(Instant instant);

}  // namespace ringtail
