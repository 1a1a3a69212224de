#include "destination/clickhouse/url.hpp"

#include <fmt/core.h>

#include <charconv>
#include <utility>

#include "base/error.hpp"
#include "base/redact.hpp"
#include "http/url.hpp"

namespace ringtail::clickhouse {
namespace {

constexpr int kHttpPort = 8123;
constexpr int kHttpsPort = 8443;
constexpr std::chrono::minutes kLongestPause{5};

Error wrong(const std::string& what) {
    return Error(Fault::config, "the ClickHouse URL: " + what)
        .with_hint(
            "The form is clickhouse://USER:PASSWORD@HOST:8123/DATABASE, or clickhouses:// over "
            "TLS. 8123 is the port of ClickHouse's HTTP interface.");
}

// "500ms", "2s", "0".
std::chrono::milliseconds read_pause(const std::string& text) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
    const bool known = unit == "ms" || unit == "s" || (number == 0 && unit.empty());
    constexpr auto kMost = std::chrono::milliseconds(kLongestPause).count();
    if (error != std::errc() || !known || number < 0 || number > kMost) {
        throw wrong(fmt::format("pause={} is no time such as 500ms or 2s", text));
    }
    std::chrono::milliseconds pause(number);
    if (unit == "s") pause *= 1'000;
    if (pause > kLongestPause) throw wrong("pause is longer than five minutes");
    return pause;
}

bool read_switch(const std::string& name, const std::string& text) {
    if (text == "yes" || text == "1" || text == "true") return true;
    if (text == "no" || text == "0" || text == "false") return false;
    throw wrong(fmt::format("{}={} is neither yes nor no", name, text));
}

bool is_this_machine(const std::string& host) {
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

}  // namespace

std::string Url::redact(std::string message) const {
    return ringtail::redact(std::move(message), password);
}

Url read_url(std::string_view text) {
    const http::Url parsed = http::parse_url(text);
    const bool tls = parsed.scheme == "clickhouses";
    if (!tls && parsed.scheme != "clickhouse") throw wrong("it starts with another word");
    if (parsed.host.empty()) throw wrong("it names no host");
    Url url;
    const int port = parsed.port.value_or(tls ? kHttpsPort : kHttpPort);
    const bool v6 = parsed.host.find(':') != std::string::npos;
    const std::string host = v6 ? "[" + parsed.host + "]" : parsed.host;
    url.base = fmt::format("{}://{}:{}", tls ? "https" : "http", host, port);
    url.user = parsed.user.value_or("default");
    url.password = parsed.password.value_or("");
    std::string_view path = parsed.path;
    if (path.starts_with('/')) path.remove_prefix(1);
    if (path.find('/') != std::string_view::npos)
        throw wrong("there is a / in the database's name");
    url.database = path.empty() ? "default" : http::percent_decode(path);
    url.shown = fmt::format("database {} at {}:{}", url.database, host, port);
    url.compress = !is_this_machine(parsed.host);
    for (const auto& [name, value] : parsed.query) {
        if (name == "cluster" && !value.empty()) {
            url.cluster = value;
        } else if (name == "pause") {
            url.pause = read_pause(value);
        } else if (name == "compress") {
            url.compress = read_switch(name, value);
        } else {
            throw wrong(
                fmt::format("there is no parameter {}; allowed are cluster, pause, compress",
                            name.substr(0, 40)));
        }
    }
    return url;
}

}  // namespace ringtail::clickhouse
