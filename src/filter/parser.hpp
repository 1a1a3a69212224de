#pragma once
#include <string_view>

#include "filter/lexer.hpp"
#include "filter/node.hpp"

namespace ringtail::filter {

// Reads a filter into a tree, checking fields and types as it goes.
class Parser {
  public:
    Parser(std::string_view text, const Rules& rules);
    // The whole text, which is not empty. Error(config) as Expression says.
    Node parse();

  private:
    // Deeper than anybody writes, and safe to walk by recursion.
    static constexpr std::size_t kMostDepth = 200;

    Node expression();
    Node conjunction();
    Node negation();
    Node comparison();
    Node in_list(Node node);
    Value value(const Node& node);
    Value moment(const Token& token) const;
    std::size_t field(const Token& token) const;

    void advance() { token_ = lexer_.next(); }
    bool at_word(std::string_view word) const;
    bool at_symbol(std::string_view symbol) const;
    bool take_word(std::string_view word);
    bool take_symbol(std::string_view symbol);
    [[noreturn]] void fail(const std::string& expected) const;

    const Rules& rules_;
    Lexer lexer_;
    Token token_;
    std::size_t depth_ = 0;
};

}  // namespace ringtail::filter
