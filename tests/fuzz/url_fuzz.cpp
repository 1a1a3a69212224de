// Any text as a URL; then the same text as a password inside one.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "http/url.hpp"

namespace {

using namespace ringtail;
using namespace ringtail::http;

void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "does not hold: %s\n", what);
    std::abort();
}

bool holds_control(std::string_view text) {
    for (const char c : text)
        if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') return true;
    return false;
}

std::optional<Url> parsed(std::string_view text) {
    try {
        return parse_url(text);
    } catch (const Error& error) {
        require(error.fault() == Fault::config, "a wrong URL is the user's to mend");
        require(!holds_control(error.what()), "messages are one line");
        return std::nullopt;
    }
}

std::string written(const Url& url) {
    std::string text = url.scheme + "://";
    if (url.user) text += percent_encode(*url.user);
    if (url.password) text += ":" + percent_encode(*url.password);
    if (url.user) text += "@";
    text += percent_encode(url.host);
    if (url.port) text += ":" + std::to_string(*url.port);
    text += url.path;
    for (std::size_t i = 0; i < url.query.size(); ++i) {
        text += (i == 0 ? "?" : "&") + percent_encode(url.query[i].first) + "=" +
                percent_encode(url.query[i].second);
    }
    return text;
}

void what_was_read_can_be_written(std::string_view text) {
    const auto url = parsed(text);
    if (!url) return;
    require(!url->password || url->user, "no password without a user");
    require(!url->port || (*url->port >= 1 && *url->port <= 65535), "ports are ports");
    const auto again = parsed(written(*url));
    require(again.has_value(), "what was read can be written");
    require(again->scheme == url->scheme && again->user == url->user &&
                again->password == url->password && again->host == url->host &&
                again->port == url->port && again->path == url->path && again->query == url->query,
            "and read again");
}

void percent_coding(std::string_view text) {
    require(percent_decode(percent_encode(text)) == text, "encoding can be undone");
    try {
        const std::string plain = percent_decode(text);
        require(percent_decode(percent_encode(plain)) == plain, "decoding too");
    } catch (const Error& error) {
        require(error.fault() == Fault::config, "a broken escape is the user's to mend");
    }
}

void shows_no(const std::string& secret, const std::string& shown) {
    require(shown.find(secret) == std::string::npos, "the password is not shown");
}

// `text` stands in a password, encoded and as it is, with a word around it that must not be shown.
void passwords_stay_secret(std::string_view text) {
    const std::string password = "qZ8" + std::string(text) + "w7Q";
    const std::string encoded =
        "postgres://me:" + percent_encode(password) + "@db.example/calls?a=b";
    require(redact_url(encoded) == "postgres://me:***@db.example/calls?a=b", "only it is hidden");
    const auto url = parsed(encoded);
    require(text.find('\0') != std::string_view::npos ? !url : url && url->password == password,
            "an encoded password is read whole");

    const std::string raw = "postgres://me:" + password + "@db.example/calls?a=b";
    shows_no("qZ8", redact_url(raw));
    shows_no("w7Q", redact_url(raw));
    try {
        require(parse_url(raw).host == "db.example", "a raw password is read whole, or refused");
    } catch (const Error& error) {
        shows_no("qZ8", error.what() + error.hint());
        shows_no("w7Q", error.what() + error.hint());
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    what_was_read_can_be_written(text);
    percent_coding(text);
    static_cast<void>(redact_url(text));
    passwords_stay_secret(text);
    return 0;
}
