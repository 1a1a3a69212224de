#pragma once
#include <cstdint>
#include <string>
#include <string_view>

struct sockaddr;

namespace ringtail::http {

// Which addresses a client may connect to. public_only: those of the internet. It looks at the
// address of each connection, so that no name can lead elsewhere; a proxy's address counts too.
enum class Reach : std::uint8_t { anywhere, public_only };

// Loopback, private and link-local networks, carriers' own (100.64.0.0/10), multicast, and what
// stands for one of these in IPv6.
bool is_private(const sockaddr& address);
// "10.1.2.3"; for messages.
std::string address_text(const sockaddr& address);

// Whether the text is http://… or https://….
bool is_web_address(std::string_view url);

// Error(config) when the URL's host is, or has now, an address that is_private(); nothing when it
// cannot be looked up. Blocks.
void refuse_private_host(const std::string& url);

}  // namespace ringtail::http
