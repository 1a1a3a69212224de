#include "destination/sqlserver/url.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/redact.hpp"
#include "http/url.hpp"

namespace ringtail::sqlserver {
namespace {

constexpr std::string_view kForm =
    "The form is sqlserver://USER:PASSWORD@HOST:PORT/DATABASE or …/INSTANCE/DATABASE, with "
    "?encrypt=true|false|disable|strict, &trustServerCertificate=true|false, &certificate=FILE, "
    "&driver=NAME, &connectTimeout=SECONDS. In user and password, percent-encode special "
    "characters: @ is %40, / is %2F, ? is %3F, % is %25.";

Error wrong(const std::string& what) {
    return Error(Fault::config, "the SQL Server URL " + what).with_hint(std::string(kForm));
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

Url::Encrypt read_encrypt(const std::string& value) {
    const std::string word = lower(value);
    if (word == "true" || word == "yes" || word == "1" || word == "on" || word == "mandatory")
        return Url::Encrypt::on;
    if (word == "strict") return Url::Encrypt::strict;
    if (word == "false" || word == "no" || word == "0" || word == "off" || word == "optional")
        return Url::Encrypt::login;
    if (word == "disable" || word == "disabled") return Url::Encrypt::disabled;
    throw wrong(fmt::format("has encrypt={}; allowed are true, false, disable, strict", value));
}

bool read_bool(const std::string& name, const std::string& value) {
    const std::string word = lower(value);
    if (word == "true" || word == "yes" || word == "1") return true;
    if (word == "false" || word == "no" || word == "0") return false;
    throw wrong(fmt::format("has {}={}; allowed are true and false", name, value));
}

int read_seconds(const std::string& name, const std::string& value) {
    int seconds = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
    if (error != std::errc() || end != value.data() + value.size() || seconds < 1 ||
        seconds > 3600) {
        throw wrong(fmt::format("has {}={}; allowed are 1 to 3600 seconds", name, value));
    }
    return seconds;
}

std::vector<std::string> path_parts(std::string_view path) {
    std::vector<std::string> parts;
    while (!path.empty()) {
        if (path.front() == '/') path.remove_prefix(1);
        const auto end = std::min(path.find('/'), path.size());
        parts.push_back(http::percent_decode(path.substr(0, end)));
        path.remove_prefix(end);
    }
    if (!parts.empty() && parts.back().empty()) parts.pop_back();
    if (std::any_of(parts.begin(), parts.end(), [](const auto& part) { return part.empty(); }))
        throw wrong("has an empty part in its path");
    return parts;
}

void read_path(std::string_view path, Url& url) {
    const auto parts = path_parts(path);
    const bool names_database = !url.database.empty();
    if (parts.size() > 2) throw wrong("has more than instance and database in its path");
    if (parts.size() == 2) {
        if (names_database && url.database != parts[1]) throw wrong("names two databases");
        url.instance = parts[0];
        url.database = parts[1];
    } else if (parts.size() == 1) {
        (names_database ? url.instance : url.database) = parts[0];
    }
}

void read_parameter(const std::string& name, const std::string& value, Url& url) {
    const std::string key = lower(name);
    if (key == "database") {
        url.database = value;
    } else if (key == "encrypt") {
        url.encrypt = read_encrypt(value);
    } else if (key == "trustservercertificate") {
        url.trust = read_bool(name, value) ? Url::Trust::any : Url::Trust::checked;
    } else if (key == "certificate") {
        url.certificate = value;
    } else if (key == "driver") {
        url.driver = value;
    } else if (key == "connecttimeout" || key == "connection timeout" || key == "dial timeout") {
        url.connect_timeout_s = read_seconds(name, value);
    } else {
        throw wrong(fmt::format("has the unknown parameter {}", name));
    }
}

}  // namespace

std::string Url::shown() const {
    std::string text = database.empty() ? "the default database" : "database " + database;
    text += " at " + host;
    if (!instance.empty()) text += "\\" + instance;
    if (port) text += ":" + std::to_string(*port);
    return text;
}

std::string Url::redact(std::string message) const {
    return ringtail::redact(std::move(message), password);
}

Url read_url(std::string_view text) {
    const http::Url parsed = http::parse_url(text);
    if (parsed.scheme != "sqlserver") throw wrong("does not begin with sqlserver://");
    Url url;
    url.host = parsed.host;
    url.port = parsed.port;
    url.user = parsed.user.value_or("");
    url.password = parsed.password.value_or("");
    if (url.host.empty()) throw wrong("names no host");
    if (url.user.empty()) throw wrong("names no user");
    for (const auto& [name, value] : parsed.query) read_parameter(name, value, url);
    read_path(parsed.path, url);
    if (!url.certificate.empty()) {
        if (url.trust == Url::Trust::any)
            throw wrong("has a certificate and trustServerCertificate=true");
        url.trust = Url::Trust::checked;
    }
    const bool plain = url.encrypt == Url::Encrypt::login || url.encrypt == Url::Encrypt::disabled;
    if (plain && url.trust == Url::Trust::checked)
        throw wrong("asks for a checked certificate but not for encryption");
    return url;
}

}  // namespace ringtail::sqlserver
