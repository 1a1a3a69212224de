#include "http/reach.hpp"

#include <fmt/core.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>

#include "base/error.hpp"
#include "http/url.hpp"

namespace ringtail::http {
namespace {

struct Network {
    std::uint32_t base = 0;
    unsigned bits = 0;
};

constexpr std::uint32_t ip(unsigned a, unsigned b, unsigned c = 0) {
    return a << 24U | b << 16U | c << 8U;
}

// IANA's special-purpose addresses that are not reached over the internet.
constexpr std::array<Network, 12> kPrivate{{{ip(0, 0), 8},
                                            {ip(10, 0), 8},
                                            {ip(100, 64), 10},
                                            {ip(127, 0), 8},
                                            {ip(169, 254), 16},
                                            {ip(172, 16), 12},
                                            {ip(192, 0, 0), 24},
                                            {ip(192, 168), 16},
                                            {ip(198, 18), 15},
                                            {ip(224, 0), 4},
                                            {ip(240, 0), 4},
                                            {ip(255, 255, 255), 24}}};

bool is_private_ipv4(std::uint32_t address) {
    return std::ranges::any_of(kPrivate, [&](const Network& network) {
        return (address ^ network.base) >> (32 - network.bits) == 0;
    });
}

bool is_private_ipv6(const std::array<std::uint8_t, 16>& bytes) {
    const auto embedded = [&](std::size_t at) {
        return std::uint32_t{bytes[at]} << 24U | std::uint32_t{bytes[at + 1]} << 16U |
               std::uint32_t{bytes[at + 2]} << 8U | std::uint32_t{bytes[at + 3]};
    };
    const bool ten_zeros =
        std::all_of(bytes.begin(), bytes.begin() + 10, [](auto byte) { return byte == 0; });
    // ::ffff:a.b.c.d, and the old ::a.b.c.d with :: and ::1 among them.
    if (ten_zeros && bytes[10] == 0xff && bytes[11] == 0xff) return is_private_ipv4(embedded(12));
    if (ten_zeros && bytes[10] == 0 && bytes[11] == 0) return true;
    if (embedded(0) == 0x0064ff9b) return is_private_ipv4(embedded(12));            // NAT64
    if (bytes[0] == 0x20 && bytes[1] == 0x02) return is_private_ipv4(embedded(2));  // 6to4
    return (bytes[0] & 0xfeU) == 0xfc || bytes[0] == 0xff ||
           (bytes[0] == 0xfe && (bytes[1] & 0x80U) != 0);
}

}  // namespace

bool is_private(const sockaddr& address) {
    if (address.sa_family == AF_INET) {
        sockaddr_in v4{};
        std::memcpy(&v4, &address, sizeof v4);
        return is_private_ipv4(ntohl(v4.sin_addr.s_addr));
    }
    if (address.sa_family != AF_INET6) return true;
    sockaddr_in6 v6{};
    std::memcpy(&v6, &address, sizeof v6);
    std::array<std::uint8_t, 16> bytes{};
    std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
    return is_private_ipv6(bytes);
}

std::string address_text(const sockaddr& address) {
    std::array<char, NI_MAXHOST> text{};
    const bool is_v4 = address.sa_family == AF_INET;
    const auto size = static_cast<socklen_t>(is_v4 ? sizeof(sockaddr_in) : sizeof(sockaddr_in6));
    const int failed =
        getnameinfo(&address, size, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST);
    return failed != 0 ? "an unknown address" : text.data();
}

bool is_web_address(std::string_view url) {
    return url.starts_with("http://") || url.starts_with("https://");
}

void refuse_private_host(const std::string& url) {
    const Url parsed = parse_url(url);
    if (parsed.host.empty()) throw Error(Fault::config, "the web service's address has no host");
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* found = nullptr;
    if (getaddrinfo(parsed.host.c_str(), nullptr, &hints, &found) != 0) return;
    const std::unique_ptr<addrinfo, void (*)(addrinfo*)> all(found, freeaddrinfo);
    for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
        if (!is_private(*one->ai_addr)) continue;
        const std::string address = address_text(*one->ai_addr);
        throw Error(Fault::config, parsed.host == address
                                       ? fmt::format("{} is a loopback or private address", address)
                                       : fmt::format("{} is at {}, a loopback or private address",
                                                     parsed.host, address));
    }
}

}  // namespace ringtail::http
