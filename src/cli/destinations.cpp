#include "cli/destinations.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "base/error.hpp"
#include "http/reach.hpp"
#include "http/url.hpp"

namespace ringtail::cli {

const DestinationKind& kind_of(const std::string& url, const std::vector<DestinationKind>& kinds) {
    const auto colon = url.find(':');
    const std::string scheme = colon == url.npos ? "" : url.substr(0, colon);
    for (const DestinationKind& kind : kinds) {
        if (std::ranges::find(kind.schemes, scheme) != kind.schemes.end()) return kind;
    }
    const bool looks_like_file = url.find_first_of(":@") == url.npos && url.size() <= 64;
    throw Error(Fault::config, "the destination is not the URL of a database that is known")
        .with_hint(looks_like_file ? fmt::format("For a SQLite file write sqlite:///./{}", url)
                                   : "Allowed are sqlite:///./FILE, "
                                     "postgres://USER:PASSWORD@HOST:PORT/DATABASE, mysql://…, "
                                     "sqlserver://… and clickhouse://… likewise; for transactions "
                                     "also a web service, https://….");
}

bool is_web_service(std::string_view url) { return http::is_web_address(url); }

std::string sqlite_path(const std::string& url) {
    std::string_view rest = url;
    rest.remove_prefix(std::min(rest.find(':') + 1, rest.size()));
    if (rest.find_first_of("?#") != rest.npos) {
        throw Error(Fault::config, "the sqlite URL has parameters, but there are none to set")
            .with_hint("A ? or # in a file's name is written %3F or %23.");
    }
    if (rest.starts_with("//")) rest.remove_prefix(2);
    // sqlite:///calls.db means the current folder, as other programs read it: nobody keeps a
    // database in the root.
    const bool is_bare_name = rest.starts_with('/') && rest.find('/', 1) == rest.npos;
    if (is_bare_name || rest.starts_with("/./") || rest.starts_with("/../")) rest.remove_prefix(1);
    std::string path = http::percent_decode(rest);
    if (path.empty() || path.ends_with('/')) {
        throw Error(Fault::config, "the sqlite URL names no file")
            .with_hint(
                "For example sqlite:///./ringtail.db in the current folder, "
                "sqlite:///var/lib/ringtail.db anywhere.");
    }
    return path;
}

}  // namespace ringtail::cli
