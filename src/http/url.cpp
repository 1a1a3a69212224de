#include "http/url.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include "base/error.hpp"

namespace ringtail::http {
namespace {

using std::string_view;

std::string lower(string_view text) {
    std::string out(text);
    for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

bool is_web(string_view scheme) { return scheme == "http" || scheme == "https"; }

// One parse: keeps the text for the messages.
class Parser {
  public:
    explicit Parser(string_view text) : text_(text) {}
    Url parse();

  private:
    [[noreturn]] void fail(const std::string& why, std::string hint = {}) const;
    [[noreturn]] void fail_misread_password() const;
    std::string decoded(string_view part, const char* what) const;
    string_view take_scheme(string_view rest);
    string_view take_authority(string_view rest);
    void read_user(string_view part);
    void read_host_and_port(string_view part);
    void read_port(string_view digits);
    void read_query(string_view part);

    string_view text_;
    Url url_;
};

void Parser::fail(const std::string& why, std::string hint) const {
    throw Error(Fault::config, fmt::format("URL '{}': {}", redact_url(text_), why))
        .with_hint(std::move(hint));
}

void Parser::fail_misread_password() const {
    fail("there is an @ after the host, as if the password went on there",
         "In a user name or password write / as %2F, ? as %3F, @ as %40, : as %3A and % as %25. "
         "An @ that belongs to the path or to a parameter is written %40 too.");
}

// C libraries end a text at a zero byte, so that one could hide the rest.
std::string Parser::decoded(string_view part, const char* what) const {
    std::string out;
    try {
        out = percent_decode(part);
    } catch (const Error&) {
        fail(fmt::format("the {} holds a % that is not followed by two hexadecimal digits", what),
             "Write a % as %25.");
    }
    if (out.find('\0') != std::string::npos) fail(fmt::format("the {} holds a zero byte", what));
    return out;
}

string_view Parser::take_scheme(string_view rest) {
    const auto end = rest.find("://");
    if (end == string_view::npos) {
        fail("there is no scheme in front",
             "Examples: postgres://user:password@localhost:5432/database, sqlite:///path/file.db, "
             "https://api.example.com");
    }
    const auto name = rest.substr(0, end);
    const bool fine = !name.empty() &&
                      std::isalpha(static_cast<unsigned char>(name.front())) != 0 &&
                      std::ranges::all_of(name, [](unsigned char c) {
                          return std::isalnum(c) != 0 || c == '+' || c == '-' || c == '.';
                      });
    if (!fine) fail("what stands before :// is not the name of a scheme");
    url_.scheme = lower(name);
    return rest.substr(end + 3);
}

string_view Parser::take_authority(string_view rest) {
    const auto end = std::min(rest.find_first_of("/?"), rest.size());
    const auto authority = rest.substr(0, end);
    const auto after = rest.substr(end);
    // A / or ? in a password ends the authority too early; what was meant as the host then stands
    // in the path or the query.
    if (!is_web(url_.scheme) && after.find('@') != string_view::npos) fail_misread_password();
    const auto at = authority.rfind('@');
    if (at != string_view::npos) read_user(authority.substr(0, at));
    read_host_and_port(at == string_view::npos ? authority : authority.substr(at + 1));
    return after;
}

void Parser::read_user(string_view part) {
    const auto colon = part.find(':');
    url_.user = decoded(part.substr(0, colon), "user name");
    if (colon != string_view::npos) url_.password = decoded(part.substr(colon + 1), "password");
}

void Parser::read_host_and_port(string_view part) {
    string_view host = part;
    if (part.starts_with('[')) {
        const auto close = part.find(']');
        if (close == string_view::npos) fail("the [ before the host has no ] after it");
        host = part.substr(1, close - 1);
        const auto after = part.substr(close + 1);
        if (!after.empty() && after.front() != ':')
            fail("between the ] and the path only a port may stand");
        if (!after.empty()) read_port(after.substr(1));
    } else if (const auto colon = part.find(':'); colon != string_view::npos) {
        host = part.substr(0, colon);
        const auto port = part.substr(colon + 1);
        if (port.find(':') != string_view::npos) {
            fail("there is more than one : after the host",
                 "An IPv6 address goes in brackets: [::1]:5432");
        }
        read_port(port);
    }
    url_.host = decoded(host, "host");
    if (std::ranges::any_of(url_.host, [](char c) { return c == ' ' || is_control(c); }))
        fail("the host holds a blank or a control character");
    if (url_.host.empty() && is_web(url_.scheme)) fail("the host is missing");
}

// What stands here may be part of a password with a / in it, so it is not repeated.
void Parser::read_port(string_view digits) {
    if (digits.empty()) fail("there is a : after the host but no port");
    int port = 0;
    const auto* const end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, port);
    if (error == std::errc() && stop == end && port >= 1 && port <= 65535) {
        url_.port = port;
        return;
    }
    if (text_.find('@', static_cast<std::size_t>(end - text_.data())) != string_view::npos)
        fail_misread_password();
    fail("the port is not a number from 1 to 65535");
}

void Parser::read_query(string_view part) {
    while (!part.empty()) {
        const auto end = std::min(part.find('&'), part.size());
        const auto pair = part.substr(0, end);
        part.remove_prefix(std::min(end + 1, part.size()));
        if (pair.empty()) continue;
        const auto equals = pair.find('=');
        url_.query.emplace_back(decoded(pair.substr(0, equals), "name of a parameter"),
                                equals == string_view::npos
                                    ? std::string()
                                    : decoded(pair.substr(equals + 1), "value of a parameter"));
    }
}

Url Parser::parse() {
    if (std::ranges::any_of(text_, is_control)) {
        fail("there is a control character in it, perhaps a line break",
             "Look for a line break at the end or in the middle of the value.");
    }
    string_view rest = take_scheme(text_);
    if (url_.scheme != "sqlite") rest = take_authority(rest);
    const auto question = rest.find('?');
    url_.path = rest.substr(0, question);
    if (question != string_view::npos) read_query(rest.substr(question + 1));
    return std::move(url_);
}

bool is_secret(string_view name) {
    constexpr std::array<string_view, 6> kSecrets{"pass", "pwd", "token", "secret", "key", "auth"};
    const std::string small = lower(name);
    return std::ranges::any_of(
        kSecrets, [&](string_view word) { return small.find(word) != std::string::npos; });
}

// name=value pairs, as in a query or in libpq's "host=h password=p".
std::string without_secret_values(string_view text) {
    std::string out;
    std::size_t name_start = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        out += text[i];
        if (text[i] == '?' || text[i] == '&' || text[i] == ' ' || text[i] == ';') {
            name_start = i + 1;
        } else if (text[i] == '=' && is_secret(text.substr(name_start, i - name_start))) {
            // A quoted value may hold anything.
            const bool quoted = i + 1 < text.size() && text[i + 1] == '\'';
            const auto end =
                quoted ? std::max(text.rfind('\''), i + 1) + 1 : text.find_first_of("& ;", i);
            out += "***";
            i = std::min(end, text.size()) - 1;
            name_start = i + 1;
        }
    }
    return out;
}

// Where a password may begin: the first : after the scheme and after an IPv6 address.
std::size_t user_colon(string_view text) {
    const auto scheme = text.find("://");
    auto start = scheme == string_view::npos ? 0 : scheme + 3;
    if (start < text.size() && text[start] == '[') start = std::min(text.find(']'), text.size());
    return text.find(':', start);
}

bool is_port(string_view text) {
    const auto digits = text.substr(0, text.find_first_of("/?"));
    return digits.size() <= 5 && digits.find_first_not_of("0123456789") == string_view::npos;
}

}  // namespace

Url parse_url(string_view text) { return Parser(text).parse(); }

std::string percent_encode(string_view text) {
    constexpr string_view kDigits = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = byte < 0x80 && (std::isalnum(byte) != 0 || c == '-' || c == '.' ||
                                           c == '_' || c == '~');
        if (plain) {
            out += c;
        } else {
            out += '%';
            out += kDigits[byte >> 4U];
            out += kDigits[byte & 15U];
        }
    }
    return out;
}

std::string percent_decode(string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        const int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
        const int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
        if (high < 0 || low < 0) {
            throw Error(Fault::config, "a % is not followed by two hexadecimal digits")
                .with_hint("Write a % as %25.");
        }
        out += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return out;
}

std::string redact_url(string_view text) {
    std::string out = without_secret_values(text);
    for (char& c : out)
        if (is_control(c)) c = ' ';
    const auto colon = user_colon(out);
    if (colon == std::string::npos) return out;
    const auto at = out.rfind('@');
    // From the : to the last @, wherever they stand: a password with a / in it reaches beyond what
    // a parser takes for the authority. Where a secret value swallowed an @, nobody knows.
    const bool swallowed = std::ranges::count(out, '@') != std::ranges::count(text, '@');
    const bool userless = at == std::string::npos || at < colon;
    if (swallowed || (userless && !is_port(string_view(out).substr(colon + 1))))
        out.replace(colon + 1, std::string::npos, "***");
    else if (!userless)
        out.replace(colon + 1, at - colon - 1, "***");
    return out;
}

}  // namespace ringtail::http
