#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "filter/filter.hpp"

namespace ringtail::filter {

// What a field is compared with. A moment is the texts [from, until): a day, a minute or a
// second.
struct Value {
    std::string from;
    std::string until;
};

struct Node {
    enum class Kind : std::uint8_t {
        both,    // and
        either,  // or
        negation,
        equal,  // also `in`: one of the values
        less,
        less_or_equal,
        greater,
        greater_or_equal,
        like,
        is_null,
    };
    Kind kind = Kind::both;
    std::vector<Node> below;  // of and, or, not
    std::size_t field = 0;    // of the others
    Type type = Type::text;
    std::vector<Value> values;
};

// True, false, or neither: a comparison with null.
using Verdict = std::optional<bool>;
Verdict judge(const Node& node, const Record& record);

}  // namespace ringtail::filter
