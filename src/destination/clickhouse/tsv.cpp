#include "destination/clickhouse/tsv.hpp"

#include <algorithm>
#include <charconv>

#include "base/error.hpp"

namespace ringtail::clickhouse {

void append_escaped(std::string_view value, std::string& out) {
    constexpr std::string_view kSpecial("\t\n\r\\\0", 5);
    while (true) {
        const std::size_t at = value.find_first_of(kSpecial);
        if (at == std::string_view::npos) break;
        out.append(value.substr(0, at));
        out += '\\';
        switch (value[at]) {
            case '\t':
                out += 't';
                break;
            case '\n':
                out += 'n';
                break;
            case '\r':
                out += 'r';
                break;
            case '\0':
                out += '0';
                break;
            default:
                out += '\\';
        }
        value.remove_prefix(at + 1);
    }
    out.append(value);
}

std::string unescaped(std::string_view field) {
    std::string out;
    while (true) {
        const std::size_t at = field.find('\\');
        if (at == std::string_view::npos || at + 1 == field.size()) break;
        out.append(field.substr(0, at));
        switch (const char c = field[at + 1]) {
            case 't':
                out += '\t';
                break;
            case 'n':
                out += '\n';
                break;
            case 'r':
                out += '\r';
                break;
            case '0':
                out += '\0';
                break;
            case 'b':
                out += '\b';
                break;
            case 'f':
                out += '\f';
                break;
            case 'a':
                out += '\a';
                break;
            case 'v':
                out += '\v';
                break;
            default:  // \\ and \'
                out += c;
        }
        field.remove_prefix(at + 2);
    }
    out.append(field);
    return out;
}

bool TsvRows::next() {
    if (at_ >= text_.size()) return false;
    const std::size_t end = std::min(text_.find('\n', at_), text_.size());
    const std::string_view line = std::string_view(text_).substr(at_, end - at_);
    at_ = end + 1;
    fields_.clear();
    for (std::size_t from = 0;;) {
        const std::size_t tab = std::min(line.find('\t', from), line.size());
        fields_.push_back(line.substr(from, tab - from));
        if (tab == line.size()) return true;
        from = tab + 1;
    }
}

std::uint64_t TsvRows::number(std::size_t field) const {
    const std::string_view digits = raw(field);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size()) {
        throw Error(Fault::data, "ClickHouse answered no number where one was asked for");
    }
    return value;
}

}  // namespace ringtail::clickhouse
