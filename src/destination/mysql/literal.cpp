#include "destination/mysql/literal.hpp"

#include "base/error.hpp"

namespace ringtail::mysql {
namespace {

void append_doubled(std::string_view text, char mark, std::string& out) {
    out += mark;
    while (true) {
        const auto next = text.find(mark);
        out += text.substr(0, next);
        if (next == text.npos) break;
        out += mark;
        out += mark;
        text.remove_prefix(next + 1);
    }
    out += mark;
}

}  // namespace

std::string quote_name(std::string_view name) {
    std::string quoted;
    append_doubled(name, '`', quoted);
    return quoted;
}

void append_literal(std::string_view text, std::string& out) { append_doubled(text, '\'', out); }

std::string literal(std::string_view text) {
    std::string quoted;
    append_literal(text, quoted);
    return quoted;
}

std::string with_params(std::string_view sql, std::span<const std::optional<std::string>> params) {
    std::string text;
    std::size_t used = 0;
    char inside = 0;  // the quote we are in
    for (const char c : sql) {
        if (inside == 0 && c == '?') {
            if (used == params.size()) throw Error(Fault::bug, "a statement lacks a parameter");
            const auto& param = params[used++];
            if (param) {
                append_literal(*param, text);
            } else {
                text += "NULL";
            }
            continue;
        }
        if (inside == c) {
            inside = 0;
        } else if (inside == 0 && (c == '`' || c == '\'' || c == '"')) {
            inside = c;
        }
        text += c;
    }
    if (used != params.size()) throw Error(Fault::bug, "a statement has too many parameters");
    return text;
}

}  // namespace ringtail::mysql
