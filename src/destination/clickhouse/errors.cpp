#include "destination/clickhouse/errors.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "sql/clickhouse_text.hpp"

namespace ringtail::clickhouse {
namespace {

struct Meaning {
    int code;
    Fault fault;
    std::string_view hint;
};

// Stands for rights_hint().
constexpr std::string_view kRights = "GRANT";
constexpr std::string_view kLogin = "Check user and password in the URL.";
constexpr std::string_view kZooKeeper =
    "Check that ZooKeeper (or Keeper) runs and that the server reaches it: SELECT * FROM "
    "system.zookeeper WHERE path = '/'.";
constexpr std::string_view kDisk = "Look at the server's disk: it may be full.";
constexpr std::string_view kBusy = "The server has too much to do; Ringtail tries again.";
constexpr std::string_view kCluster =
    "SELECT * FROM system.clusters shows the clusters that the server knows.";
constexpr std::string_view kMacros =
    "Each server of the cluster needs macros named shard and replica in its configuration: "
    "<macros><shard>01</shard><replica>host1</replica></macros>.";

// https://github.com/ClickHouse/ClickHouse/blob/master/src/Common/ErrorCodes.cpp
constexpr std::array kMeanings{
    Meaning{74, Fault::transient, kDisk},
    Meaning{75, Fault::transient, kDisk},
    Meaning{kUnknownDatabase, Fault::config, "Create it: CREATE DATABASE name;"},
    Meaning{95, Fault::transient, ""},
    Meaning{139, Fault::config, kMacros},
    Meaning{159, Fault::transient, kBusy},
    Meaning{160, Fault::transient, kBusy},
    Meaning{164, Fault::config, kRights},
    Meaning{170, Fault::config, kCluster},
    Meaning{192, Fault::auth, kLogin},
    Meaning{193, Fault::auth, kLogin},
    Meaning{194, Fault::auth, kLogin},
    Meaning{195, Fault::auth, "The server's users.xml (networks) does not admit this host."},
    Meaning{201, Fault::transient, "The user's quota is used up; it ends by itself."},
    Meaning{202, Fault::transient, kBusy},
    Meaning{203, Fault::transient, kBusy},
    Meaning{209, Fault::transient, ""},
    Meaning{210, Fault::transient, ""},
    Meaning{225, Fault::transient, kZooKeeper},
    Meaning{236, Fault::transient, ""},
    Meaning{241, Fault::transient,
            "The server's memory limit is reached; raise max_memory_usage, or give a smaller "
            "--rows-per-load."},
    Meaning{242, Fault::transient, kZooKeeper},
    Meaning{243, Fault::transient, kDisk},
    Meaning{252, Fault::transient,
            "The server merges slower than rows come in. It recovers by itself; a longer pause= in "
            "the URL helps."},
    Meaning{279, Fault::transient, "A server of the cluster cannot be reached."},
    Meaning{285, Fault::transient, kZooKeeper},
    Meaning{286, Fault::transient, kZooKeeper},
    Meaning{291, Fault::config, kRights},
    Meaning{319, Fault::transient, kZooKeeper},
    Meaning{341, Fault::transient, ""},
    Meaning{371, Fault::config, kCluster},
    Meaning{392, Fault::config, kRights},
    Meaning{394, Fault::transient, ""},
    Meaning{473, Fault::transient, ""},
    Meaning{497, Fault::config, kRights},
    Meaning{516, Fault::auth, kLogin},
    Meaning{701, Fault::config, kCluster},
    Meaning{999, Fault::transient, kZooKeeper},
    Meaning{1000, Fault::transient, kDisk},
    Meaning{1001, Fault::transient, kDisk},
};

// "Code: 60, …" and "Code: 60. …"; 0 where there is none.
int code_in(std::string_view text) {
    const std::size_t at = text.find("Code: ");
    int code = 0;
    if (at != std::string_view::npos)
        std::from_chars(text.data() + at + 6, text.data() + text.size(), code);
    return code;
}

// The sentence alone, on one line and not endless: an insert's error quotes the rows around it.
std::string sentence_in(std::string_view text) {
    constexpr std::size_t kMost = 400;
    const std::size_t start = text.find("DB::Exception: ");
    if (start != std::string_view::npos) text.remove_prefix(start + 15);
    text = text.substr(0, text.find(", e.what() = "));
    text = text.substr(0, text.find(" (version "));
    text = text.substr(0, text.find('\n'));
    std::string line(text.substr(0, kMost));
    while (!line.empty() && (line.back() == ' ' || line.back() == ':')) line.pop_back();
    return line;
}

// "… it's necessary to have (the) grant INSERT(a, b) ON calls.t" -> "INSERT ON calls.t". Empty
// where it says no such thing.
std::string grant_in(std::string_view text) {
    constexpr std::string_view kBefore = "necessary to have ";
    const std::size_t at = text.find(kBefore);
    if (at == std::string_view::npos) return {};
    text.remove_prefix(at + kBefore.size());
    if (text.starts_with("the ")) text.remove_prefix(4);
    constexpr std::string_view kGrant = "grant ", kOn = " ON ";
    if (!text.starts_with(kGrant)) return {};
    text.remove_prefix(kGrant.size());
    const std::size_t on = text.find(kOn);
    if (on == std::string_view::npos) return {};
    const std::string_view right = text.substr(0, std::min(on, text.find('(')));
    std::string_view object = text.substr(on);
    object = object.substr(0, object.find_first_of(",\n"));
    object = object.substr(0, object.find(". "));
    object = object.substr(0, object.find(" ("));
    if (object.ends_with('.')) object.remove_suffix(1);
    return std::string(right) + std::string(object);
}

std::string rights_hint(std::string_view body, const Url& url) {
    using sql::clickhouse::quote;
    const std::string user = quote(url.user);
    const std::string missing = grant_in(body);
    std::string hint;
    if (!missing.empty()) hint = fmt::format("GRANT {} TO {}; ", missing, user);
    return fmt::format(
        "{}Ringtail's user needs: GRANT SELECT, INSERT, ALTER, CREATE TABLE, CREATE VIEW, DROP "
        "TABLE, DROP VIEW ON {}.* TO {}; GRANT CREATE TEMPORARY TABLE{} ON *.* TO {}; In old "
        "versions: a profile without readonly, and the database in allow_databases.",
        hint, quote(url.database), user, url.cluster.empty() ? "" : ", CLUSTER", user);
}

}  // namespace

ServerError to_error(int status, std::string_view body, const Url& url) {
    const int code = code_in(body);
    const std::string said = url.redact(sentence_in(body));
    const std::string where = "ClickHouse, " + url.shown + ": ";
    if (code == 0) {
        const std::string text = fmt::format("{}HTTP status {}: {}", where, status, said);
        if (status == 401 || status == 403)
            return {Error(Fault::auth, text).with_hint(std::string(kLogin)), 0};
        if (status >= 500) return {Error(Fault::transient, text), 0};
        return {Error(Fault::config, text)
                    .with_hint("Is this ClickHouse's HTTP port? It is 8123, or 8443 with TLS; 9000 "
                               "is for its own programs."),
                0};
    }
    const auto meaning = std::find_if(kMeanings.begin(), kMeanings.end(),
                                      [&](const Meaning& one) { return one.code == code; });
    Error error(meaning == kMeanings.end() ? Fault::data : meaning->fault,
                fmt::format("{}{} [{}]", where, said, code));
    std::string hint(meaning == kMeanings.end() ? "" : meaning->hint);
    if (code == kUnknownDatabase)
        hint = fmt::format("Create it: CREATE DATABASE `{}`;", url.database);
    if (hint == kRights) hint = rights_hint(body, url);
    if (said.find("macro") != std::string::npos) hint = kMacros;
    return {hint.empty() ? error : error.with_hint(hint), code};
}

}  // namespace ringtail::clickhouse
