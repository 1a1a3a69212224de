#include "web/auth.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "web/answers.hpp"

namespace ringtail::web {
namespace {

bool begins_with_word(std::string_view text, std::string_view word) {
    return text.size() >= word.size() &&
           std::equal(word.begin(), word.end(), text.begin(), [](unsigned char a, unsigned char b) {
               return std::tolower(a) == std::tolower(b);
           });
}

std::string_view without_port(std::string_view host) {
    if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
    return host.substr(0, host.find(':'));
}

http::Answer no_key(std::string_view message) {
    auto answer = refusal(401, "no_key", message,
                          "make a key with: ringtail key add NAME --scope read (or manage), and "
                          "send it as: Authorization: Bearer rt_…");
    answer.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"ringtail\"");
    return answer;
}

}  // namespace

bool is_local(const http::ServerRequest& request) {
    if (!request.peer.starts_with("127.") && request.peer != "::1") return false;
    for (const auto* proxy : {"forwarded", "via", "x-forwarded-for", "x-forwarded-host",
                              "x-forwarded-proto", "x-real-ip"})
        if (request.header(proxy)) return false;
    const auto host = without_port(request.header("host").value_or(""));
    constexpr std::array<std::string_view, 3> kNames{"localhost", "127.0.0.1", "[::1]"};
    return std::ranges::find(kNames, host) != kNames.end();
}

std::optional<std::string_view> bearer_key(const http::ServerRequest& request) {
    constexpr std::string_view kScheme = "bearer ";
    const auto header = request.header("authorization");
    if (!header || !begins_with_word(*header, kScheme)) return std::nullopt;
    auto key = header->substr(kScheme.size());
    while (key.starts_with(' ')) key.remove_prefix(1);
    while (key.ends_with(' ')) key.remove_suffix(1);
    return key;
}

std::optional<http::Answer> Auth::refuse(const http::ServerRequest& request, Access access) {
    if (access == Access::open) return std::nullopt;
    const auto key = bearer_key(request);
    if (!key) {
        if (access == Access::metrics && is_local(request)) return std::nullopt;
        return no_key("this needs an API key");
    }
    const auto record = keys_.check(*key, clock_.now());
    if (!record) return no_key("the API key is unknown or has been revoked");
    if (access == Access::manage && record->scope != control::Scope::manage)
        return refusal(403, "read_only", "the API key may only read",
                       "use a key with the scope manage");
    return std::nullopt;
}

}  // namespace ringtail::web
