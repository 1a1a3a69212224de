#include "delivery/own_headers.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "base/error.hpp"

namespace ringtail::delivery {
namespace {

constexpr std::array<std::string_view, 8> kOurs{
    "content-type",      "content-length",    "idempotency-key",   "webhook-id",
    "webhook-timestamp", "webhook-signature", "transfer-encoding", "host"};

bool is_token(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }

}  // namespace

void check_header(std::string_view header) {
    const auto colon = header.find(':');
    std::string word(header.substr(0, std::min(colon, header.size())));
    if (colon == header.npos || word.empty() || !std::ranges::all_of(word, is_token))
        throw Error(Fault::config, "a header is not of the form 'Name: value'");
    for (char& c : word) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (std::ranges::find(kOurs, word) != kOurs.end())
        throw Error(Fault::config, fmt::format("the header {} is set by Ringtail", word));
    if (std::ranges::any_of(header, is_control)) {
        throw Error(Fault::config,
                    fmt::format("the value of the header {} holds a control character", word));
    }
}

std::vector<std::string> own_headers(std::string_view lines) {
    std::vector<std::string> headers;
    while (!lines.empty()) {
        const auto end = std::min(lines.find('\n'), lines.size());
        std::string_view line = lines.substr(0, end);
        lines.remove_prefix(std::min(end + 1, lines.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.empty()) continue;
        check_header(line);
        headers.emplace_back(line);
    }
    return headers;
}

}  // namespace ringtail::delivery
