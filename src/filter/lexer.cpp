#include "filter/lexer.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace ringtail::filter {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
// Bytes of other alphabets too: field names may have them.
bool is_name_start(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
           static_cast<unsigned char>(c) >= 0x80;
}
bool is_name(char c) { return is_name_start(c) || is_digit(c) || c == '.'; }

}  // namespace

Error filter_error(std::size_t place, const std::string& message, std::string hint) {
    return Error(Fault::config, fmt::format("filter, character {}: {}", place, message))
        .with_hint(std::move(hint));
}

std::size_t Lexer::place_of(std::size_t at) const {
    const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
    return 1 + static_cast<std::size_t>(std::count_if(
                   text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at), begins));
}

Token Lexer::taken(Token::Kind kind, std::size_t from, std::size_t until) {
    at_ = until;
    return {kind, std::string(text_.substr(from, until - from)), place_of(from)};
}

Token Lexer::next() {
    while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    if (at_ == text_.size()) return {Token::Kind::end, "", place_of(at_)};
    const char c = text_[at_];
    if (c == '\'') return quoted('\'', Token::Kind::text);
    if (c == '"') return quoted('"', Token::Kind::quoted_name);
    std::size_t end = at_ + 1;
    if (is_name_start(c)) {
        while (end < text_.size() && is_name(text_[end])) ++end;
        return taken(Token::Kind::name, at_, end);
    }
    const bool sign = (c == '-' || c == '+') && end < text_.size() && is_digit(text_[end]);
    if (is_digit(c) || sign) {
        // Greedy, so that 2023-01-05 without quotes can be told from a number.
        while (end < text_.size() &&
               (is_name(text_[end]) || text_[end] == '-' || text_[end] == '+' || text_[end] == ':'))
            ++end;
        return taken(Token::Kind::number, at_, end);
    }
    return symbol();
}

Token Lexer::quoted(char quote, Token::Kind kind) {
    Token token{kind, "", place_of(at_)};
    for (std::size_t at = at_ + 1; at < text_.size(); ++at) {
        if (text_[at] != quote) {
            token.text += text_[at];
        } else if (at + 1 < text_.size() && text_[at + 1] == quote) {
            token.text += quote;
            ++at;
        } else {
            at_ = at + 1;
            return token;
        }
    }
    throw filter_error(token.place, fmt::format("this {} is not closed", quote),
                       fmt::format("Close it with {0}; a {0} inside is written twice.", quote));
}

Token Lexer::symbol() {
    const std::string_view rest = text_.substr(at_);
    const std::size_t place = place_of(at_);
    for (const std::string_view symbol :
         {"!=", "<>", "<=", ">=", "==", "(", ")", ",", "=", "<", ">"}) {
        if (rest.substr(0, symbol.size()) != symbol) continue;
        at_ += symbol.size();
        const std::string_view meant = symbol == "<>" ? "!=" : symbol == "==" ? "=" : symbol;
        return {Token::Kind::symbol, std::string(meant), place};
    }
    throw filter_error(place, fmt::format("'{}' means nothing here", rest.front()),
                       "Allowed are field names, numbers, texts in '…', ( ) , = != < <= > >= and "
                       "the words and, or, not, in, like, is, null.");
}

}  // namespace ringtail::filter
