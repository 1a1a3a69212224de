#include "sql/rest.hpp"

#include <algorithm>
#include <cstdint>

#include "sql/value.hpp"

namespace ringtail::sql {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

void skip_blanks(std::string_view text, std::size_t& at) {
    at = std::min(text.find_first_not_of(kBlanks, at), text.size());
}

// Moves `at` behind the string that starts there; false when it does not end.
bool skip_string(std::string_view text, std::size_t& at) {
    for (++at; at < text.size(); ++at) {
        if (text[at] == '\\')
            ++at;
        else if (text[at] == '"')
            return ++at, true;
    }
    return false;
}

// Moves `at` behind the value that starts there. Nesting is counted, not recursed into: any depth
// is fine.
bool skip_value(std::string_view text, std::size_t& at) {
    const std::size_t start = at;
    for (std::size_t depth = 0; at < text.size();) {
        const char c = text[at];
        if (c == '"') {
            if (!skip_string(text, at)) return false;
        } else if (c == '{' || c == '[') {
            ++depth;
            ++at;
        } else if (c == '}' || c == ']' || c == ',') {
            if (depth == 0) break;
            if (c != ',') --depth;
            ++at;
        } else {
            ++at;
            continue;
        }
        if (depth == 0) break;
    }
    while (at > start && kBlanks.find(text[at - 1]) != std::string_view::npos) --at;
    return at > start;
}

std::optional<std::uint32_t> hex4(std::string_view text, std::size_t at) {
    if (at + 4 > text.size()) return std::nullopt;
    std::uint32_t value = 0;
    for (const char c : text.substr(at, 4)) {
        value <<= 4U;
        if (c >= '0' && c <= '9')
            value += static_cast<std::uint32_t>(c - '0');
        else if (c >= 'a' && c <= 'f')
            value += static_cast<std::uint32_t>(c - 'a' + 10);
        else if (c >= 'A' && c <= 'F')
            value += static_cast<std::uint32_t>(c - 'A' + 10);
        else
            return std::nullopt;
    }
    return value;
}

void append_utf8(std::string& out, std::uint32_t point) {
    const auto byte = [&](std::uint32_t value) { out += static_cast<char>(value); };
    if (point < 0x80) {
        byte(point);
    } else if (point < 0x800) {
        byte(0xC0U | (point >> 6U));
        byte(0x80U | (point & 0x3FU));
    } else if (point < 0x10000) {
        byte(0xE0U | (point >> 12U));
        byte(0x80U | ((point >> 6U) & 0x3FU));
        byte(0x80U | (point & 0x3FU));
    } else {
        byte(0xF0U | (point >> 18U));
        byte(0x80U | ((point >> 12U) & 0x3FU));
        byte(0x80U | ((point >> 6U) & 0x3FU));
        byte(0x80U | (point & 0x3FU));
    }
}

// The code point of the \u escape whose digits start at `at`, which moves behind it; nothing for a
// lone surrogate.
std::optional<std::uint32_t> unicode_escape(std::string_view text, std::size_t& at) {
    const auto high = hex4(text, at);
    if (!high) return std::nullopt;
    at += 4;
    if (*high < 0xD800 || *high > 0xDFFF) return high;
    if (*high > 0xDBFF || text.substr(at, 2) != "\\u") return std::nullopt;
    const auto low = hex4(text, at + 2);
    if (!low || *low < 0xDC00 || *low > 0xDFFF) return std::nullopt;
    at += 6;
    return 0x10000 + ((*high - 0xD800) << 10U) + (*low - 0xDC00);
}

// Decodes what stands between the quotes; false when it is no Unicode text.
bool unescape(std::string_view body, std::string& out) {
    out.clear();
    for (std::size_t at = 0; at < body.size();) {
        const std::size_t escape = std::min(body.find('\\', at), body.size());
        out.append(body.substr(at, escape - at));
        if (escape + 1 >= body.size()) return escape == body.size();
        at = escape + 2;
        switch (body[escape + 1]) {
            case '"':
                out += '"';
                break;
            case '\\':
                out += '\\';
                break;
            case '/':
                out += '/';
                break;
            case 'b':
                out += '\b';
                break;
            case 'f':
                out += '\f';
                break;
            case 'n':
                out += '\n';
                break;
            case 'r':
                out += '\r';
                break;
            case 't':
                out += '\t';
                break;
            case 'u': {
                const auto point = unicode_escape(body, at);
                if (!point) return false;
                append_utf8(out, *point);
                break;
            }
            default:
                return false;
        }
    }
    return true;
}

}  // namespace

std::optional<std::vector<Member>> split_object(std::string_view text) {
    std::vector<Member> members;
    std::size_t at = 0;
    skip_blanks(text, at);
    if (at == text.size() || text[at] != '{') return std::nullopt;
    skip_blanks(text, ++at);
    bool closed = at < text.size() && text[at] == '}';
    while (!closed) {
        const std::size_t start = at;
        if (at == text.size() || text[at] != '"' || !skip_string(text, at)) return std::nullopt;
        const std::string_view name = text.substr(start, at - start);
        skip_blanks(text, at);
        if (at == text.size() || text[at] != ':') return std::nullopt;
        skip_blanks(text, ++at);
        const std::size_t value = at;
        if (!skip_value(text, at)) return std::nullopt;
        Member member{{}, text.substr(start, at - start), text.substr(value, at - value)};
        if (!unescape(name.substr(1, name.size() - 2), member.name)) member.name = name;
        members.push_back(std::move(member));
        skip_blanks(text, at);
        if (at == text.size() || (text[at] != ',' && text[at] != '}')) return std::nullopt;
        closed = text[at] == '}';
        if (!closed) skip_blanks(text, ++at);
    }
    skip_blanks(text, ++at);
    if (at != text.size()) return std::nullopt;
    return members;
}

std::string join_object(const std::vector<Member>& members) {
    if (members.empty()) return {};
    std::string text = "{";
    for (const Member& member : members) {
        if (text.size() > 1) text += ',';
        text += member.pair;
    }
    return text + "}";
}

Cell cell_of(std::string_view raw, std::string& scratch) {
    if (raw.empty() || raw == "null") return {};
    if (raw == "true" || raw == "false") return {Cell::Kind::boolean, raw};
    if (raw.front() == '{' || raw.front() == '[') return {Cell::Kind::json, raw};
    if (raw.front() != '"') return {Cell::Kind::number, raw};
    const std::string_view body = raw.substr(1, raw.size() - 2);
    if (body.find('\\') == std::string_view::npos) return {Cell::Kind::text, body};
    if (!unescape(body, scratch)) return {Cell::Kind::broken_text, raw};
    return {Cell::Kind::text, scratch};
}

std::string row_json(const Batch& batch, std::size_t row) {
    std::string text = "{";
    for (std::size_t i = 0; i < batch.width(); ++i) {
        const Cell cell = batch.at(row, i);
        if (cell.kind == Cell::Kind::null) continue;
        if (text.size() > 1) text += ',';
        const Column& column = batch.table().columns[batch.cell_columns()[i]];
        text += raw_json({Cell::Kind::text, column.name}) + ":" + raw_json(cell);
    }
    return text + "}";
}

}  // namespace ringtail::sql
