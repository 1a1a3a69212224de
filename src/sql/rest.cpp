#include "sql/rest.hpp"

#include <algorithm>

#include "base/json_string.hpp"
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
