#pragma once
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace ringtail {

// How many bytes must be put in, taken out or changed to make one of the other (Levenshtein).
std::size_t edit_distance(std::string_view a, std::string_view b);

// What somebody who wrote `name` may have meant: the known name that is most like it, in any case.
// Empty when none is.
std::string nearest(std::string_view name, std::span<const std::string> known);

}  // namespace ringtail
