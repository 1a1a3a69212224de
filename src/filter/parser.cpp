#include "filter/parser.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/nearest.hpp"
#include "base/time_text.hpp"
#include "filter/decimal.hpp"

namespace ringtail::filter {
namespace {

using namespace std::chrono;

constexpr std::array kWords{"and", "or", "not", "in", "like", "is", "null"};

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

std::string_view name_of(Type type) {
    switch (type) {
        case Type::text:
            return "a text";
        case Type::number:
            return "a number";
        case Type::moment:
            break;
    }
    return "a time";
}

std::string shown(const Token& token) {
    switch (token.kind) {
        case Token::Kind::end:
            return "the end";
        case Token::Kind::text:
            return fmt::format("the text '{}'", token.text);
        default:
            return fmt::format("\"{}\"", token.text);
    }
}

std::string utc_text(Instant instant) {
    std::string text = format_time(instant).substr(0, 19);
    text[10] = ' ';
    return text;
}

}  // namespace

Parser::Parser(std::string_view text, const Rules& rules) : rules_(rules), lexer_(text) {
    advance();
}

Node Parser::parse() {
    Node node = expression();
    if (token_.kind != Token::Kind::end) fail("\"and\", \"or\" or the end");
    return node;
}

void Parser::fail(const std::string& expected) const {
    throw filter_error(token_.place,
                       fmt::format("{} is expected here, not {}", expected, shown(token_)),
                       "A filter looks like: status_code = 200 and status2_code = 200");
}

bool Parser::at_word(std::string_view word) const {
    return token_.kind == Token::Kind::name && lower(token_.text) == word;
}

bool Parser::at_symbol(std::string_view symbol) const {
    return token_.kind == Token::Kind::symbol && token_.text == symbol;
}

bool Parser::take_word(std::string_view word) {
    const bool there = at_word(word);
    if (there) advance();
    return there;
}

bool Parser::take_symbol(std::string_view symbol) {
    const bool there = at_symbol(symbol);
    if (there) advance();
    return there;
}

Node Parser::expression() {
    if (++depth_ > kMostDepth)
        throw filter_error(token_.place,
                           fmt::format("more than {} brackets inside each other", kMostDepth),
                           "Write it with fewer brackets.");
    Node node = conjunction();
    if (at_word("or")) {
        Node either;
        either.kind = Node::Kind::either;
        either.below.push_back(std::move(node));
        while (take_word("or")) either.below.push_back(conjunction());
        node = std::move(either);
    }
    --depth_;
    return node;
}

Node Parser::conjunction() {
    Node node = negation();
    if (!at_word("and")) return node;
    Node both;
    both.kind = Node::Kind::both;
    both.below.push_back(std::move(node));
    while (take_word("and")) both.below.push_back(negation());
    return both;
}

Node Parser::negation() {
    bool negated = false;
    while (take_word("not")) negated = !negated;
    Node node;
    if (take_symbol("(")) {
        node = expression();
        if (!take_symbol(")")) fail("\")\", \"and\" or \"or\"");
    } else {
        node = comparison();
    }
    if (!negated) return node;
    Node negation;
    negation.kind = Node::Kind::negation;
    negation.below.push_back(std::move(node));
    return negation;
}

std::size_t Parser::field(const Token& token) const {
    const auto& fields = rules_.fields;
    const auto found = std::find_if(fields.begin(), fields.end(),
                                    [&](const Field& known) { return known.name == token.text; });
    if (found != fields.end()) return static_cast<std::size_t>(found - fields.begin());
    std::vector<std::string> names;
    std::string list;
    for (const Field& known : fields) {
        names.push_back(known.name);
        list += (list.empty() ? "" : ", ") + known.name;
    }
    const std::string like = nearest(token.text, names);
    throw filter_error(token.place, fmt::format("there is no field \"{}\"", token.text),
                       (like.empty() ? "" : fmt::format("Did you mean {}? ", like)) +
                           fmt::format("Fields are: {}.", list));
}

Node Parser::comparison() {
    const bool word = std::any_of(kWords.begin(), kWords.end(),
                                  [&](const char* known) { return at_word(known); });
    if (word || (token_.kind != Token::Kind::name && token_.kind != Token::Kind::quoted_name))
        fail("a field's name, \"not\" or \"(\"");
    Node node;
    node.field = field(token_);
    node.type = rules_.fields[node.field].type;
    advance();

    bool negated = false;
    if (take_word("is")) {
        negated = take_word("not");
        if (!take_word("null")) fail(negated ? "\"null\"" : "\"null\" or \"not null\"");
        node.kind = Node::Kind::is_null;
    } else if (negated = take_word("not"); at_word("in")) {
        node = in_list(std::move(node));
    } else if (at_word("like")) {
        if (node.type != Type::text)
            throw filter_error(token_.place,
                               fmt::format("{} is {}, and \"like\" is for texts",
                                           rules_.fields[node.field].name, name_of(node.type)),
                               "Use = != < <= > >= or in (…).");
        advance();
        node.kind = Node::Kind::like;
        node.values.push_back(value(node));
    } else if (negated) {
        fail("\"in\" or \"like\"");
    } else {
        static constexpr std::array<std::pair<const char*, Node::Kind>, 5> kOrders{
            {{"=", Node::Kind::equal},
             {"<", Node::Kind::less},
             {"<=", Node::Kind::less_or_equal},
             {">", Node::Kind::greater},
             {">=", Node::Kind::greater_or_equal}}};
        negated = at_symbol("!=");
        const auto* const found =
            std::find_if(kOrders.begin(), kOrders.end(),
                         [&](const auto& order) { return at_symbol(order.first); });
        if (!negated && found == kOrders.end())
            fail("a comparison (= != < <= > >= in like is null)");
        node.kind = negated ? Node::Kind::equal : found->second;
        advance();
        node.values.push_back(value(node));
    }
    if (!negated) return node;
    Node negation;
    negation.kind = Node::Kind::negation;
    negation.below.push_back(std::move(node));
    return negation;
}

Node Parser::in_list(Node node) {
    advance();
    if (!take_symbol("(")) fail("\"(\"");
    node.kind = Node::Kind::equal;
    do node.values.push_back(value(node));
    while (take_symbol(","));
    if (!take_symbol(")")) fail("\",\" or \")\"");
    return node;
}

Value Parser::value(const Node& node) {
    const std::string& name = rules_.fields[node.field].name;
    const Token token = token_;
    if (token.kind != Token::Kind::number && token.kind != Token::Kind::text)
        fail(fmt::format("{} to compare {} with", name_of(node.type), name));
    advance();
    if (node.type == Type::moment) return moment(token);
    if (node.type == Type::number && !is_decimal(token.text))
        throw filter_error(token.place,
                           fmt::format("{} is a number, {} is none", name, shown(token)),
                           "Write a number such as 200 or -1.5, without a thousands separator.");
    if (node.type == Type::text && token.kind != Token::Kind::text)
        throw filter_error(token.place, fmt::format("{} is a text, {} is none", name, shown(token)),
                           fmt::format("Write '{}' with quotes.", token.text));
    return {token.text, token.text};
}

Value Parser::moment(const Token& token) const {
    const auto time = parse_time(token.text);
    const std::size_t length = token.text.size();
    const bool shape = length == 10 || ((length == 16 || length == 19) &&
                                        (token.text[10] == ' ' || token.text[10] == 'T'));
    if (!time || !shape)
        throw filter_error(token.place, fmt::format("{} is no day and no time", shown(token)),
                           "Write '2023-05-31', '2023-05-31 14:30' or '2023-05-31 14:30:00'.");
    const local_seconds from{floor<seconds>(*time).time_since_epoch()};
    const local_seconds until = from + (length == 10   ? seconds(days(1))
                                        : length == 16 ? seconds(minutes(1))
                                                       : seconds(1));
    const auto utc = [&](local_seconds local) {
        return utc_text(rules_.zone == nullptr ? Instant(local.time_since_epoch())
                                               : rules_.zone->instant(local));
    };
    return {utc(from), utc(until)};
}

}  // namespace ringtail::filter
