#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ringtail::http {

// scheme://[user[:password]@][host][:port][/path][?query], percent-decoded where that is meant.
// Also database URLs; of sqlite://FILE[?query] all of FILE is the path, as it stands there.
struct Url {
    std::string scheme;                                      // lower case
    std::optional<std::string> user;                         // decoded
    std::optional<std::string> password;                     // decoded
    std::string host;                                        // without brackets for IPv6; decoded
    std::optional<int> port;                                 // 1..65535
    std::string path;                                        // as written, with the leading slash
    std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
};

// The last @ before the path ends the user part, so that an unescaped @ or : in a password works
// (facts E-37). A / or ? in a password must be escaped; in database URLs an @ after the host is
// refused, since it tells of one that was not. A # is a character like others. No part may hold a
// control character, nor %00. Error(config) says what is wrong and where; it never repeats the
// password.
Url parse_url(std::string_view text);

// RFC 3986: everything but unreserved characters becomes %XX.
std::string percent_encode(std::string_view text);
// Error(config) on a broken escape.
std::string percent_decode(std::string_view text);

// The URL with the password replaced by ***, fit for messages; also for texts that are no valid
// URL.
std::string redact_url(std::string_view text);

}  // namespace ringtail::http
