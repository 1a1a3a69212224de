#include <compare>

#include "filter/decimal.hpp"
#include "filter/node.hpp"

namespace ringtail::filter {
namespace {

std::size_t character_length(std::string_view text) {
    std::size_t length = 1;
    while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0U) == 0x80U)
        ++length;
    return length;
}

// `%` any characters, `_` one, `\` takes the next as it is. Goes back to the last % only, which is
// enough, and so never takes more than text × pattern steps.
bool matches(std::string_view text, std::string_view pattern) {
    std::size_t at = 0;
    std::size_t in = 0;
    std::size_t star = std::string_view::npos;
    std::size_t tried = 0;
    while (at < text.size()) {
        if (in < pattern.size() && pattern[in] == '%') {
            star = ++in;
            tried = at;
            continue;
        }
        if (in < pattern.size() && pattern[in] == '_') {
            at += character_length(text.substr(at));
            ++in;
            continue;
        }
        const std::size_t escape =
            in + 1 < pattern.size() && pattern[in] == '\\' ? std::size_t{1} : std::size_t{0};
        if (in < pattern.size() && pattern[in + escape] == text[at]) {
            in += escape + 1;
            ++at;
            continue;
        }
        if (star == std::string_view::npos) return false;
        in = star;
        tried += character_length(text.substr(tried));
        at = tried;
    }
    while (in < pattern.size() && pattern[in] == '%') ++in;
    return in == pattern.size();
}

// How the value lies: before what it is compared with, in it, or behind it.
std::optional<int> side(Type type, const Value& than, std::string_view value) {
    if (type == Type::number) {
        const auto order = compare_decimals(value, than.from);
        if (!order) return std::nullopt;
        return std::is_lt(*order) ? -1 : std::is_gt(*order) ? 1 : 0;
    }
    if (value < than.from) return -1;
    if (type == Type::moment) return value < than.until ? 0 : 1;
    return value == than.from ? 0 : 1;
}

Verdict compare(const Node& node, const Value& than, std::string_view value) {
    const auto at = side(node.type, than, value);
    if (!at) return std::nullopt;
    switch (node.kind) {
        case Node::Kind::equal:
            return *at == 0;
        case Node::Kind::less:
            return *at < 0;
        case Node::Kind::less_or_equal:
            return *at <= 0;
        case Node::Kind::greater:
            return *at > 0;
        default:
            return *at >= 0;
    }
}

Verdict judge_both(const Node& node, const Record& record) {
    Verdict verdict = true;
    for (const Node& below : node.below) {
        const Verdict part = judge(below, record);
        if (part == false) return false;
        if (!part) verdict = std::nullopt;
    }
    return verdict;
}

Verdict judge_either(const Node& node, const Record& record) {
    Verdict verdict = false;
    for (const Node& below : node.below) {
        const Verdict part = judge(below, record);
        if (part == true) return true;
        if (!part) verdict = std::nullopt;
    }
    return verdict;
}

}  // namespace

Verdict judge(const Node& node, const Record& record) {
    switch (node.kind) {
        case Node::Kind::both:
            return judge_both(node, record);
        case Node::Kind::either:
            return judge_either(node, record);
        case Node::Kind::negation: {
            const Verdict below = judge(node.below.front(), record);
            return below ? Verdict(!*below) : below;
        }
        default:
            break;
    }
    const auto value = record.value(node.field);
    if (node.kind == Node::Kind::is_null)
        return !value || (node.type == Type::number && !is_decimal(*value));
    if (!value) return std::nullopt;
    if (node.kind == Node::Kind::like) return matches(*value, node.values.front().from);
    Verdict verdict = false;
    for (const Value& than : node.values) {
        verdict = compare(node, than, *value);
        if (verdict != false) break;
    }
    return verdict;
}

}  // namespace ringtail::filter
