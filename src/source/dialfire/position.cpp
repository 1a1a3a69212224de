#include "source/dialfire/position.hpp"

#include <fmt/core.h>

#include <charconv>
#include <sstream>

#include "base/error.hpp"
#include "base/time_text.hpp"

namespace ringtail::dialfire {
namespace {

constexpr std::string_view kForm = "ringtail-dialfire 1";
constexpr std::string_view kNone = "-";

// A word of the text: blanks, control characters, % and a lone "-" are written as %XX, an empty
// text as "%".
std::string word(std::string_view text) {
    if (text.empty()) return "%";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte <= ' ' || c == '%' || text == kNone)
            out += fmt::format("%{:02X}", byte);
        else
            out += c;
    }
    return out;
}

[[noreturn]] void broken(std::string_view what) {
    throw Error(Fault::config, fmt::format("the stored checkpoint cannot be read: {}", what))
        .with_hint(
            "Delete the stream's row from ringtail_checkpoints; the next run then lists everything "
            "again, and "
            "nothing is lost or doubled. A newer Ringtail may have written it: use that one.");
}

std::string unword(std::string_view text) {
    std::string out;
    if (text == "%") return out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        unsigned value = 0;
        const char* const digits = text.data() + i + 1;
        if (text.size() < i + 3 || std::from_chars(digits, digits + 2, value, 16).ptr != digits + 2)
            broken(text);
        out += static_cast<char>(value);
        i += 2;
    }
    return out;
}

std::string optional_word(const std::optional<std::string>& text) {
    return text ? word(*text) : std::string(kNone);
}
std::string optional_word(const std::optional<Instant>& at) {
    return at ? format_time(*at) : std::string(kNone);
}

class Words {
  public:
    explicit Words(std::string line) : line_(std::move(line)), in_(line_) {}
    std::string next() {
        std::string read;
        if (!(in_ >> read)) broken(line_);
        return read;
    }
    std::string text() { return unword(next()); }
    std::optional<std::string> optional_text() {
        const std::string read = next();
        if (read == kNone) return std::nullopt;
        return unword(read);
    }
    std::optional<Instant> optional_time() {
        const std::string read = next();
        if (read == kNone) return std::nullopt;
        const auto at = parse_time(read);
        if (!at) broken(line_);
        return at;
    }
    Instant time() {
        const auto at = optional_time();
        if (!at) broken(line_);
        return *at;
    }
    std::uint64_t number(int base = 10) {
        const std::string read = next();
        std::uint64_t value = 0;
        const char* const end = read.data() + read.size();
        if (std::from_chars(read.data(), end, value, base).ptr != end) broken(line_);
        return value;
    }
    bool more() { return (in_ >> std::ws).good(); }

  private:
    std::string line_;
    std::istringstream in_;
};

std::string window_line(std::string_view name, const Window& w) {
    return fmt::format("{} {} {} {} {}\n", name, optional_word(w.from), format_time(w.to),
                       format_time(w.done), word(w.cursor));
}

Window read_window(Words& words) {
    Window w;
    w.from = words.optional_time();
    w.to = words.time();
    w.done = words.time();
    w.cursor = words.text();
    return w;
}

}  // namespace

Checkpoint write_position(const Position& p) {
    std::string out = fmt::format("{}\n", kForm);
    out += fmt::format("filter {} {}\n", static_cast<int>(p.filter.mode),
                       optional_word(p.filter.stages));
    out += fmt::format("extra {}\n", p.extra_everywhere ? 1 : 0);
    out += fmt::format("listed_since {}\n", optional_word(p.listed_since));
    if (p.total > 0) out += fmt::format("total {}\n", p.total);
    if (p.listing) {
        const Listing& l = *p.listing;
        out += fmt::format("listing {} {} {} {} {} {} {} {}\n", optional_word(l.since),
                           word(l.cursor), format_time(l.started), l.refetch ? 1 : 0, l.passes_left,
                           l.first ? 1 : 0, l.different, l.listed);
    }
    if (p.inbound) out += window_line("inbound", *p.inbound);
    if (p.events) out += window_line("events", *p.events);
    if (p.inbound_to) out += fmt::format("inbound_to {}\n", format_time(*p.inbound_to));
    if (p.events_to) out += fmt::format("events_to {}\n", format_time(*p.events_to));
    if (!p.first_run.empty()) out += fmt::format("first_run {}\n", word(p.first_run));
    if (p.compared_at) out += fmt::format("compared_at {}\n", format_time(*p.compared_at));
    std::map<Instant, std::string> by_window;
    for (const auto& [hash, to] : p.handled) by_window[to] += fmt::format(" {:x}", hash);
    for (const auto& [to, hashes] : by_window)
        out += fmt::format("handled {}{}\n", format_time(to), hashes);
    return {std::move(out)};
}

Position read_position(const Checkpoint& checkpoint) {
    std::istringstream lines(checkpoint.text);
    std::string line;
    if (!std::getline(lines, line) || line != kForm)
        broken("unknown form \"" + line.substr(0, 40) + "\"");
    Position p;
    while (std::getline(lines, line)) {
        Words words(line);
        const std::string name = words.next();
        if (name == "filter") {
            const auto mode = words.number();
            if (mode > 2) broken(line);
            p.filter.mode = static_cast<FilterMode>(mode);
            p.filter.stages = words.optional_text();
        } else if (name == "extra") {
            p.extra_everywhere = words.number() != 0;
        } else if (name == "listed_since") {
            p.listed_since = words.optional_text();
        } else if (name == "total") {
            p.total = words.number();
        } else if (name == "listing") {
            Listing l;
            l.since = words.optional_text();
            l.cursor = words.text();
            l.started = words.time();
            l.refetch = words.number() != 0;
            l.passes_left = static_cast<int>(words.number());
            l.first = words.number() != 0;
            l.different = words.number();
            l.listed = words.number();
            p.listing = l;
        } else if (name == "inbound") {
            p.inbound = read_window(words);
        } else if (name == "events") {
            p.events = read_window(words);
        } else if (name == "inbound_to") {
            p.inbound_to = words.time();
        } else if (name == "events_to") {
            p.events_to = words.time();
        } else if (name == "first_run") {
            p.first_run = words.text();
        } else if (name == "compared_at") {
            p.compared_at = words.time();
        } else if (name == "handled") {
            const Instant to = words.time();
            while (words.more()) p.handled.emplace(words.number(16), to);
        } else {
            broken("unknown line \"" + line.substr(0, 40) + "\"");
        }
    }
    return p;
}

std::uint64_t hash_mark(std::string_view mark) {
    std::uint64_t hash = 14695981039346656037ULL;
    for (const char c : mark) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    return hash;
}

}  // namespace ringtail::dialfire
