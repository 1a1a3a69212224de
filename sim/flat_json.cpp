#include "flat_json.hpp"

#include <fmt/format.h>

#include <charconv>

#include "base/error.hpp"

namespace ringtail::sim {

namespace {

class Reader {
  public:
    explicit Reader(std::string_view text) : text_(text) {}

    std::map<std::string, std::string> object() {
        std::map<std::string, std::string> values;
        expect('{');
        if (!take('}')) {
            do {
                blanks();
                std::string name = text();
                expect(':');
                values[std::move(name)] = value();
            } while (take(','));
            expect('}');
        }
        blanks();
        if (at_ != text_.size()) fail();
        return values;
    }

  private:
    void blanks() { at_ = std::min(text_.find_first_not_of(" \t\r\n", at_), text_.size()); }
    bool take(char c) {
        blanks();
        if (at_ >= text_.size() || text_[at_] != c) return false;
        ++at_;
        return true;
    }
    void expect(char c) {
        if (!take(c)) fail();
    }
    [[noreturn]] void fail() const {
        throw Error(Fault::config, fmt::format("not a flat JSON object, at byte {}", at_))
            .with_hint(R"({"kind":"500","share":0.1,"count":5})");
    }
    std::string value() {
        blanks();
        if (at_ < text_.size() && text_[at_] == '"') return text();
        if (take('[')) return array();
        const auto end = std::min(text_.find_first_of(",} \t\r\n", at_), text_.size());
        if (end == at_ || text_[at_] == '{') fail();
        std::string word(text_.substr(at_, end - at_));
        at_ = end;
        return word;
    }
    std::string array() {
        std::string all;
        if (take(']')) return all;
        do {
            blanks();
            all.append(all.empty() ? "" : ",").append(text());
        } while (take(','));
        expect(']');
        return all;
    }
    std::string text() {
        if (at_ >= text_.size() || text_[at_] != '"') fail();
        std::string out;
        for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
            if (text_[at_] != '\\') {
                out.push_back(text_[at_]);
                continue;
            }
            if (++at_ >= text_.size()) fail();
            switch (text_[at_]) {
                case 'n':
                    out.push_back('\n');
                    break;
                case 't':
                    out.push_back('\t');
                    break;
                case 'r':
                    out.push_back('\r');
                    break;
                case 'b':
                    out.push_back('\b');
                    break;
                case 'f':
                    out.push_back('\f');
                    break;
                case 'u':
                    code_point(out);
                    break;
                default:
                    out.push_back(text_[at_]);
            }
        }
        if (at_ >= text_.size()) fail();
        ++at_;
        return out;
    }
    unsigned unit() {
        unsigned value = 0;
        const char* begin = text_.data() + at_ + 1;
        if (at_ + 4 >= text_.size() ||
            std::from_chars(begin, begin + 4, value, 16).ptr != begin + 4)
            fail();
        at_ += 4;
        return value;
    }
    void code_point(std::string& out) {
        unsigned code = unit();
        if (code >= 0xD800 && code < 0xDC00 && text_.substr(at_ + 1, 2) == "\\u") {
            at_ += 2;
            code = 0x10000 + ((code - 0xD800) << 10U) + (unit() - 0xDC00);
        }
        const auto put = [&](unsigned byte) { out.push_back(static_cast<char>(byte)); };
        if (code < 0x80) return put(code);
        if (code < 0x800) return put(0xC0 | code >> 6U), put(0x80 | (code & 63U));
        if (code < 0x10000)
            return put(0xE0 | code >> 12U), put(0x80 | (code >> 6U & 63U)),
                   put(0x80 | (code & 63U));
        put(0xF0 | code >> 18U), put(0x80 | (code >> 12U & 63U)), put(0x80 | (code >> 6U & 63U)),
            put(0x80 | (code & 63U));
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

std::map<std::string, std::string> read_flat_json(std::string_view text) {
    return Reader(text).object();
}

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto comma = text.find(',');
        parts.emplace_back(text.substr(0, comma));
        if (comma == std::string_view::npos) break;
        text.remove_prefix(comma + 1);
    }
    return parts;
}

}  // namespace ringtail::sim
