#include "support/json_object.hpp"

#include <stdexcept>

namespace ringtail::test {
namespace {

bool blank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

std::size_t skip_blanks(std::string_view text, std::size_t at) {
    while (at < text.size() && blank(text[at])) ++at;
    return at;
}

std::size_t end_of_string(std::string_view text, std::size_t at) {
    for (++at; at < text.size(); ++at) {
        if (text[at] == '\\')
            ++at;
        else if (text[at] == '"')
            return at + 1;
    }
    throw std::runtime_error("unfinished string in " + std::string(text.substr(0, 200)));
}

std::size_t end_of_value(std::string_view text, std::size_t at) {
    if (text.at(at) == '"') return end_of_string(text, at);
    int depth = 0;
    for (; at < text.size(); ++at) {
        const char c = text[at];
        if (c == '"') {
            at = end_of_string(text, at) - 1;
        } else if (c == '{' || c == '[') {
            ++depth;
        } else if (c == '}' || c == ']') {
            if (depth == 0) return at;
            if (--depth == 0) return at + 1;
        } else if (c == ',' && depth == 0) {
            return at;
        }
    }
    return at;
}

void append_utf8(std::string& out, unsigned point) {
    if (point < 0x80) {
        out += static_cast<char>(point);
    } else if (point < 0x800) {
        out += static_cast<char>(0xC0 | (point >> 6U));
        out += static_cast<char>(0x80 | (point & 63U));
    } else if (point < 0x10000) {
        out += static_cast<char>(0xE0 | (point >> 12U));
        out += static_cast<char>(0x80 | ((point >> 6U) & 63U));
        out += static_cast<char>(0x80 | (point & 63U));
    } else {
        out += static_cast<char>(0xF0 | (point >> 18U));
        out += static_cast<char>(0x80 | ((point >> 12U) & 63U));
        out += static_cast<char>(0x80 | ((point >> 6U) & 63U));
        out += static_cast<char>(0x80 | (point & 63U));
    }
}

}  // namespace

std::vector<std::pair<std::string, std::string>> members_of(std::string_view object) {
    std::vector<std::pair<std::string, std::string>> members;
    std::size_t at = skip_blanks(object, 0);
    if (at >= object.size() || object[at] != '{')
        throw std::runtime_error("no object: " + std::string(object.substr(0, 80)));
    at = skip_blanks(object, at + 1);
    while (object.at(at) != '}') {
        const std::size_t name_end = end_of_string(object, at);
        const auto name = text_of(object.substr(at, name_end - at));
        if (!name) throw std::runtime_error("a member's name is no text");
        at = skip_blanks(object, name_end);
        if (object.at(at) != ':') throw std::runtime_error("no colon");
        at = skip_blanks(object, at + 1);
        std::size_t end = end_of_value(object, at);
        const std::size_t next = end;
        while (end > at && blank(object[end - 1])) --end;
        members.emplace_back(*name, object.substr(at, end - at));
        at = skip_blanks(object, next);
        if (object.at(at) == ',') at = skip_blanks(object, at + 1);
    }
    return members;
}

std::optional<std::string> text_of(std::string_view raw) {
    if (raw.size() < 2 || raw.front() != '"' || raw.back() != '"') return std::nullopt;
    std::string out;
    for (std::size_t i = 1; i + 1 < raw.size(); ++i) {
        if (raw[i] != '\\') {
            out += raw[i];
            continue;
        }
        const char c = raw[++i];
        constexpr std::string_view kFrom = "\"\\/bfnrt";
        constexpr std::string_view kTo = "\"\\/\b\f\n\r\t";
        if (const auto simple = kFrom.find(c); simple != std::string_view::npos) {
            out += kTo[simple];
            continue;
        }
        unsigned point =
            static_cast<unsigned>(std::stoul(std::string(raw.substr(i + 1, 4)), nullptr, 16));
        i += 4;
        if (point >= 0xD800 && point < 0xDC00 && raw.substr(i + 1, 2) == "\\u") {
            const auto low =
                static_cast<unsigned>(std::stoul(std::string(raw.substr(i + 3, 4)), nullptr, 16));
            if (low < 0xDC00 || low > 0xDFFF) return std::nullopt;
            point = 0x10000 + ((point - 0xD800) << 10U) + (low - 0xDC00);
            i += 6;
        } else if (point >= 0xD800 && point < 0xE000) {
            return std::nullopt;
        }
        append_utf8(out, point);
    }
    return out;
}

std::string minified(std::string_view raw) {
    std::string out;
    for (std::size_t i = 0; i < raw.size(); ++i) {
        if (raw[i] == '"') {
            const std::size_t end = end_of_string(raw, i);
            out += raw.substr(i, end - i);
            i = end - 1;
        } else if (!blank(raw[i])) {
            out += raw[i];
        }
    }
    return out;
}

}  // namespace ringtail::test
