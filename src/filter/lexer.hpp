#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"

namespace ringtail::filter {

struct Token {
    enum class Kind : std::uint8_t {
        end,
        name,         // a field or a word of the language
        quoted_name,  // "…": a field
        number,
        text,    // '…', without its quotes
        symbol,  // ( ) , = != < <= > >=
    };
    Kind kind = Kind::end;
    std::string text;       // what it means: quotes undone, == and <> as = and !=
    std::size_t place = 1;  // of its first character, in characters from 1
};

// Takes the words of a filter one after the other.
class Lexer {
  public:
    explicit Lexer(std::string_view text) : text_(text) {}
    // Error(config) where no word can begin or a quote is not closed.
    Token next();

  private:
    Token quoted(char quote, Token::Kind kind);
    Token symbol();
    std::size_t place_of(std::size_t at) const;
    Token taken(Token::Kind kind, std::size_t from, std::size_t until);

    std::string_view text_;
    std::size_t at_ = 0;
};

// "filter, character 12: …" with a hint.
Error filter_error(std::size_t place, const std::string& message, std::string hint);

}  // namespace ringtail::filter
