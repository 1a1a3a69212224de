#include <algorithm>

#include "filter/filter.hpp"
#include "filter/node.hpp"
#include "filter/parser.hpp"

namespace ringtail::filter {
namespace {

// Nobody writes so much by hand.
constexpr std::size_t kMostBytes = 64U << 10U;

void collect(const Node& node, std::vector<std::size_t>& fields) {
    for (const Node& below : node.below) collect(below, fields);
    if (node.below.empty()) fields.push_back(node.field);
}

}  // namespace

Expression::Expression(std::string_view text, const Rules& rules) : text_(text) {
    if (text.size() > kMostBytes)
        throw Error(Fault::config, "filter: longer than 64 KiB").with_hint("Write a shorter one.");
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return;
    root_ = std::make_shared<const Node>(Parser(text, rules).parse());
    collect(*root_, fields_);
    std::sort(fields_.begin(), fields_.end());
    fields_.erase(std::unique(fields_.begin(), fields_.end()), fields_.end());
}

bool Expression::takes(const Record& record) const {
    return root_ == nullptr || judge(*root_, record) == true;
}

}  // namespace ringtail::filter
