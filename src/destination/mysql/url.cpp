#include "destination/mysql/url.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <string_view>

#include "base/error.hpp"

namespace ringtail::mysql {
namespace {

constexpr std::string_view kForm =
    "The form is mysql://USER:PASSWORD@HOST:PORT/DATABASE?ssl-mode=REQUIRED. In user and "
    "password, percent-encode / as %2F, : as %3A, ? as %3F, # as %23 and % as %25.";

Error unreadable(const std::string& why) {
    return Error(Fault::config, "the MySQL URL cannot be read: " + why)
        .with_hint(std::string(kForm));
}

int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

std::string decoded(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool is_code =
            text[i] == '%' && i + 2 < text.size() && hex(text[i + 1]) >= 0 && hex(text[i + 2]) >= 0;
        if (!is_code) {
            plain += text[i];
            continue;
        }
        plain += static_cast<char>(hex(text[i + 1]) * 16 + hex(text[i + 2]));
        i += 2;
    }
    return plain;
}

std::string lower(std::string text) {
    for (char& c : text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
        if (c == '-') c = '_';
    }
    return text;
}

unsigned number(std::string_view text, unsigned most, std::string_view what) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value == 0 || value > most)
        throw unreadable(fmt::format("{} is no number from 1 to {}", what, most));
    return value;
}

Tls mode_of(const std::string& name, const std::string& value) {
    const std::string word = lower(value);
    if (name == "usessl") {
        if (word == "false" || word == "0") return Tls::off;
        if (word == "true" || word == "1") return Tls::required;
        throw unreadable("useSSL is true or false");
    }
    if (word == "disabled") return Tls::off;
    if (word == "preferred") return Tls::preferred;
    if (word == "required") return Tls::required;
    if (word == "verify_ca" || word == "verify_identity") return Tls::verified;
    throw unreadable("ssl-mode is DISABLED, PREFERRED, REQUIRED, VERIFY_CA or VERIFY_IDENTITY");
}

void read_parameter(std::string_view pair, Url& url) {
    const auto equals = std::min(pair.find('='), pair.size());
    const std::string given(pair.substr(0, equals));
    const std::string name = lower(given);
    const std::string value = decoded(pair.substr(std::min(equals + 1, pair.size())));
    if (name == "usessl" || name == "ssl_mode") {
        url.tls = mode_of(name, value);
    } else if (name == "ssl_ca") {
        url.ca_file = value;
    } else if (name == "socket") {
        url.socket = value;
    } else if (name == "connect_timeout") {
        url.connect_timeout_s = number(value, 3'600, "connect_timeout");
    } else if (name == "lock_wait") {
        url.lock_wait_s = number(value, 3'600, "lock_wait");
    } else {
        throw unreadable("it has the parameter " + given +
                         ", allowed are useSSL, ssl-mode, "
                         "ssl-ca, socket, connect_timeout and lock_wait");
    }
}

void read_host(std::string_view text, Url& url) {
    std::string_view port;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == text.npos) throw unreadable("a [ in the host is not closed");
        url.host = text.substr(1, end - 1);
        port = text.substr(end + 1);
    } else {
        const auto colon = std::min(text.find(':'), text.size());
        url.host = decoded(text.substr(0, colon));
        port = text.substr(colon);
    }
    if (!port.empty()) {
        if (port.front() != ':') throw unreadable("behind the host stands no port");
        url.port = number(port.substr(1), 65'535, "the port");
    }
}

}  // namespace

Url read_url(const std::string& text) {
    std::string_view rest = text;
    const auto scheme = rest.find("://");
    if (scheme == rest.npos || text.find('\0') != text.npos) throw unreadable("it has no ://");
    if (rest.substr(0, scheme) != "mysql" && rest.substr(0, scheme) != "mariadb")
        throw unreadable("it starts with neither mysql:// nor mariadb://");
    rest.remove_prefix(scheme + 3);
    const auto slash = rest.find('/');
    if (slash == rest.npos) throw unreadable("it names no database");
    const std::string_view authority = rest.substr(0, slash);
    rest.remove_prefix(slash + 1);

    Url url;
    const auto at = authority.rfind('@');
    const auto query = std::min(rest.find('?'), rest.size());
    // A / in the password ends up here.
    if (rest.substr(0, query).find_first_of("@/:") != rest.npos)
        throw unreadable("the database's name has an @, / or : in it");
    if (at != authority.npos) {
        const std::string_view login = authority.substr(0, at);
        const auto colon = std::min(login.find(':'), login.size());
        url.user = decoded(login.substr(0, colon));
        url.password = decoded(login.substr(std::min(colon + 1, login.size())));
    }
    read_host(at == authority.npos ? authority : authority.substr(at + 1), url);
    url.database = decoded(rest.substr(0, query));
    if (url.database.empty()) throw unreadable("it names no database");
    std::string_view parameters = rest.substr(std::min(query + 1, rest.size()));
    while (!parameters.empty()) {
        const auto end = std::min(parameters.find('&'), parameters.size());
        if (end > 0) read_parameter(parameters.substr(0, end), url);
        parameters.remove_prefix(std::min(end + 1, parameters.size()));
    }
    if (!url.ca_file.empty() && url.tls != Tls::off) url.tls = Tls::verified;
    if (url.host.empty() && url.socket.empty()) url.host = "localhost";
    url.shown = "database " + url.database + " at " +
                (url.socket.empty() ? url.host + ":" + std::to_string(url.port) : url.socket);
    return url;
}

}  // namespace ringtail::mysql
