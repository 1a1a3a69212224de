#include "source/dialfire/api.hpp"

#include <fmt/core.h>
#include <time.h>

#include <algorithm>
#include <ctime>

#include "base/error.hpp"
#include "base/time_text.hpp"
#include "http/url.hpp"
#include "source/dialfire/decode.hpp"

namespace ringtail::dialfire {
namespace {

using http::percent_encode;

std::string printable(std::string_view body) {
    std::string out;
    for (const char c : body.substr(0, 120)) out += c >= ' ' && c < '\x7f' ? c : ' ';
    return out;
}

http::ClientOptions client_options(const Options& options) {
    http::ClientOptions client;
    client.max_in_flight = std::max(1U, options.in_flight);
    client.first_pause = options.retry_pause;
    client.stall_timeout = options.stall_timeout;
    return client;
}

// Colons and commas stay as they are, as the old client sends them (facts A.1); a query may hold
// them.
void add(std::string& query, std::string_view name, std::string_view value) {
    std::string encoded;
    for (const char c : value)
        encoded += c == ':' || c == ',' ? std::string(1, c) : percent_encode({&c, 1});
    query += fmt::format("{}{}={}", query.empty() ? "?" : "&", name, encoded);
}

std::optional<Instant> parse_http_date(const std::string& text) {
    struct tm fields = {};
    if (::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &fields) == nullptr)
        return std::nullopt;
    return Instant(std::chrono::seconds(::timegm(&fields)));
}

}  // namespace

std::optional<http::Response> Answer::wait(std::stop_token stop) {
    http::Response response = http::wait(future_, stop);
    const int status = response.status;
    if (status == 200) return response;
    const std::string said =
        fmt::format("{}: the service answered {} {}", what_, status, printable(response.body));
    if (status == 401 || status == 403) {
        throw Error(Fault::auth, said)
            .with_hint(
                "The token is wrong, expired or of another campaign, or the Sync Client connector "
                "is switched off. "
                "Copy the token again from the campaign's settings, Connectors.");
    }
    if (has_cursor_ && status >= 400 && status < 500) return std::nullopt;
    if (status == 404) {
        throw Error(Fault::config, said).with_hint("Check the campaign id and the API address.");
    }
    throw Error(Fault::data, said);
}

Api::Api(const Options& options, Clock& clock, Logger& log)
    : options_(options), clock_(clock), client_(client_options(options), log) {}

http::Request Api::get(const std::string& path, const std::string& query, char top) const {
    http::Request request;
    request.url = fmt::format("{}/api/campaigns/{}/{}{}", options_.api,
                              percent_encode(options_.campaign), path, query);
    request.headers = {"Authorization: Bearer " + options_.token};
    request.check = [top](const http::Response& response) { require_whole(response.body, top); };
    return request;
}

Answer Api::start(http::Request request, std::string what, bool has_cursor) {
    return {client_.start(std::move(request)), std::move(what), has_cursor};
}

Answer Api::fields() { return start(get("fields/list", "", '['), "field list", false); }

Answer Api::contact_list(const std::optional<std::string>& since, const std::string& cursor) {
    std::string query;
    if (since) add(query, "changedSince", since->substr(0, 10));
    if (!cursor.empty()) add(query, "cursor", cursor);
    add(query, "limit", std::to_string(options_.page_limit));
    return start(get("contacts/list", query, '{'), "contact list", !cursor.empty());
}

Answer Api::contacts(std::span<const std::string> ids, std::shared_ptr<StampCheck> expected) {
    http::Request request = get("contacts/", "?include_md5=true", '[');
    request.method = "POST";
    request.headers.emplace_back("Content-Type: application/json");
    std::string body = "[";
    for (const std::string& id : ids) {
        if (body.size() > 1) body += ',';
        body += '"';
        for (const char c : id) {
            if (c == '"' || c == '\\') body += '\\';
            if (static_cast<unsigned char>(c) < ' ')
                body += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
            else
                body += c;
        }
        body += '"';
    }
    request.body = body + "]";
    request.check = [expected = std::move(expected)](const http::Response& response) {
        expected->check(response.body);
    };
    return start(std::move(request), fmt::format("contacts ({} ids)", ids.size()), false);
}

Answer Api::events(const std::optional<Instant>& from, Instant to, const std::string& cursor) {
    std::string query;
    add(query, "from", from ? format_api_time(*from) : "");
    add(query, "to", format_api_time(to));
    if (options_.filter.mode != FilterMode::none) add(query, "type", "update");
    if (options_.filter.mode == FilterMode::hi_updates_only) add(query, "hi", "true");
    if (options_.filter.stages && !options_.filter.stages->empty())
        add(query, "tasks", *options_.filter.stages);
    if (!cursor.empty()) add(query, "cursor", cursor);
    add(query, "limit", std::to_string(options_.page_limit));
    return start(get("contacts/transactions/", query, '{'), "transaction events", !cursor.empty());
}

Answer Api::inbound_calls(const std::optional<Instant>& from, Instant to,
                          const std::string& cursor) {
    std::string query;
    add(query, "from", from ? format_api_time(*from) : "");
    add(query, "to", format_api_time(to));
    if (!cursor.empty()) add(query, "cursor", cursor);
    add(query, "limit", std::to_string(options_.page_limit));
    return start(get("inbound/calls/", query, '{'), "inbound calls", !cursor.empty());
}

void Api::learn_time(const http::Response& response) {
    const auto date = response.headers.find("date");
    if (date == response.headers.end()) return;
    const auto theirs = parse_http_date(date->second);
    if (!theirs) return;
    // The header has whole seconds and was written a moment ago: less than two seconds says
    // nothing.
    const auto ahead = *theirs - clock_.now();
    ahead_ =
        std::chrono::abs(ahead) > std::chrono::seconds(2) ? ahead : std::chrono::microseconds(0);
}

Instant Api::earlier_now() const {
    return clock_.now() + std::min(ahead_, std::chrono::microseconds(0));
}
Instant Api::later_now() const {
    return clock_.now() + std::max(ahead_, std::chrono::microseconds(0));
}

}  // namespace ringtail::dialfire
