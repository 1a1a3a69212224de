#include "json/scanner.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>

#include "base/error.hpp"
#include "base/json_string.hpp"

namespace ringtail {
namespace {

constexpr std::uint64_t kEach = 0x0101010101010101ULL;
constexpr std::uint64_t kTops = 0x8080808080808080ULL;

// Sets the top bit of bytes that are zero; exact for the lowest such byte.
constexpr std::uint64_t zeros(std::uint64_t word) { return (word - kEach) & ~word & kTops; }

// The first quote, backslash or control character from `at` on; `end` when there is none. Eight
// bytes at a time, as most of a body is plain text.
const char* plain_end(const char* at, const char* end) {
    if constexpr (std::endian::native == std::endian::little) {
        while (end - at >= 8) {
            std::uint64_t word = 0;
            std::memcpy(&word, at, sizeof word);
            const std::uint64_t controls = (word - kEach * 0x20) & ~word & kTops;
            const std::uint64_t hits =
                zeros(word ^ (kEach * '"')) | zeros(word ^ (kEach * '\\')) | controls;
            if (hits != 0) return at + std::countr_zero(hits) / 8;
            at += 8;
        }
    }
    while (at != end && *at != '"' && *at != '\\' && static_cast<unsigned char>(*at) >= 0x20) ++at;
    return at;
}

bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

JsonScanner::JsonScanner(std::string_view text)
    : begin_(text.data()), end_(text.data() + text.size()), at_(text.data()) {
    if (text.size() >= std::numeric_limits<std::uint32_t>::max()) {
        throw Error(Fault::data, "an answer of more than 4 GB");
    }
}

void JsonScanner::fail(std::string_view expected) const {
    if (at_ == end_) {
        throw Error(Fault::data, fmt::format("the JSON text ends at byte {}, where {} should stand",
                                             end_ - begin_, expected));
    }
    throw Error(Fault::data, fmt::format("the JSON text is wrong at byte {}, where {} should stand",
                                         at_ - begin_, expected));
}

void JsonScanner::skip_blanks() {
    while (at_ != end_ && is_blank(*at_)) ++at_;
}

bool JsonScanner::take(char c) {
    if (at_ == end_ || *at_ != c) return false;
    ++at_;
    return true;
}

void JsonScanner::add(Kind kind, const char* begin, bool escaped) {
    if (!lists_) return;
    nodes_.push_back({static_cast<std::uint32_t>(begin - begin_),
                      static_cast<std::uint32_t>(at_ - begin_),
                      static_cast<std::uint32_t>(nodes_.size() + 1), kind, escaped});
}

void JsonScanner::open(Kind kind) {
    if (open_.size() == JsonDocument::kMaxDepth) {
        throw Error(Fault::data,
                    fmt::format("the JSON text is nested deeper than {} levels at byte {}",
                                JsonDocument::kMaxDepth, at_ - begin_));
    }
    open_.push_back({kind, static_cast<std::uint32_t>(nodes_.size())});
    add(kind, at_);
    ++at_;
    skip_blanks();
}

void JsonScanner::close() {
    const Open container = open_.back();
    if (!take(container.kind == Kind::object ? '}' : ']')) {
        fail(container.kind == Kind::object ? "a comma or }" : "a comma or ]");
    }
    open_.pop_back();
    if (!lists_) return;
    JsonDocument::Node& node = nodes_[container.index];
    node.end = static_cast<std::uint32_t>(at_ - begin_);
    node.next = static_cast<std::uint32_t>(nodes_.size());
}

void JsonScanner::name() {
    skip_blanks();
    if (at_ == end_ || *at_ != '"') fail("a name in quotes");
    string();
    skip_blanks();
    if (!take(':')) fail("a colon");
}

void JsonScanner::string() {
    const char* const begin = at_++;
    bool escaped = false;
    for (;;) {
        at_ = plain_end(at_, end_);
        if (at_ == end_) fail("the end of a string");
        if (*at_ == '"') break;
        if (*at_ != '\\') {
            odd_strings_ = true;
            ++at_;
            continue;
        }
        escaped = true;
        const std::size_t length = escape_length({at_, static_cast<std::size_t>(end_ - at_)});
        if (length == 0) odd_strings_ = true;
        // The rest of an unknown escape is read as plain text, as repair_strings() does.
        at_ += length == 0 ? 1 : length;
    }
    ++at_;
    add(Kind::string, begin, escaped);
}

void JsonScanner::digits() {
    if (at_ == end_ || !is_digit(*at_)) fail("a digit");
    while (at_ != end_ && is_digit(*at_)) ++at_;
}

void JsonScanner::number() {
    const char* const begin = at_;
    take('-');
    if (!take('0')) digits();
    if (take('.')) digits();
    if (take('e') || take('E')) {
        if (!take('+')) take('-');
        digits();
    }
    add(Kind::number, begin);
}

void JsonScanner::literal(std::string_view word, Kind kind) {
    const char* const begin = at_;
    for (const char c : word) {
        if (!take(c)) fail(word);
    }
    add(kind, begin);
}

bool JsonScanner::value() {
    skip_blanks();
    switch (at_ == end_ ? '\0' : *at_) {
        case '{':
            open(Kind::object);
            if (at_ != end_ && *at_ == '}') return close(), true;
            name();
            return false;
        case '[':
            open(Kind::array);
            if (at_ != end_ && *at_ == ']') return close(), true;
            return false;
        case '"':
            return string(), true;
        case 't':
            return literal("true", Kind::boolean), true;
        case 'f':
            return literal("false", Kind::boolean), true;
        case 'n':
            return literal("null", Kind::null), true;
        default:
            if (at_ == end_ || (*at_ != '-' && !is_digit(*at_))) fail("a value");
            return number(), true;
    }
}

void JsonScanner::whole() {
    for (bool complete = false; !complete;) {
        if (!value()) continue;
        for (;;) {  // behind a value: close what ends here
            skip_blanks();
            complete = open_.empty();
            if (complete) break;
            if (take(',')) {
                if (open_.back().kind == Kind::object) name();
                break;
            }
            close();
        }
    }
    if (at_ != end_) fail("the end");
}

std::vector<JsonDocument::Node> JsonScanner::scan() {
    lists_ = true;
    nodes_.reserve(static_cast<std::size_t>(end_ - begin_) / 12 + 16);
    whole();
    return std::move(nodes_);
}

char JsonScanner::check() {
    whole();
    return *std::find_if_not(begin_, end_, is_blank);
}

}  // namespace ringtail
