#include "destination/clickhouse/lease.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/holder.hpp"
#include "destination/clickhouse/tsv.hpp"
#include "destination/destination.hpp"

namespace ringtail::clickhouse {
namespace {

const std::string kLeases = "ringtail_leases";

// A lease is renewed when it has less than that left.
constexpr std::uint64_t kRenewSeconds = kLeaseSeconds * 3 / 4;

struct Claim {
    std::string holder;         // empty: nobody ever
    std::uint64_t until = 0;    // seconds since 1970; 0: given up
    std::uint64_t version = 0;  // microseconds, or one more than the claim before
    std::uint64_t now = 0;      // the server's clock, seconds

    bool is_good() const { return until > now; }
};

Claim newest(Server& server, std::string_view stream) {
    Claim claim;
    TsvRows clock = server.query("SELECT toUInt32(now()) FORMAT TabSeparated");
    if (clock.next()) claim.now = clock.number(0);
    TsvRows rows = server.query(fmt::format(
        "SELECT holder, toUInt32(lease_until) AS until, _version FROM {} WHERE stream = {} ORDER "
        "BY _version DESC, holder DESC LIMIT 1 FORMAT TabSeparated",
        server.table(kLeases).quoted(), sql::clickhouse::literal(stream)));
    if (rows.next()) {
        claim.holder = rows.text(0);
        claim.until = rows.number(1);
        claim.version = rows.number(2);
    }
    return claim;
}

void write(Server& server, std::string_view stream, std::string_view holder, const Claim& before,
           std::uint64_t until) {
    const std::vector<std::string> columns{"stream", "holder", "lease_until", "_version"};
    const std::uint64_t version = std::max(before.version + 1, before.now * 1'000'000);
    Insert insert = server.make_insert(sql::clickhouse::insert(server.table(kLeases), columns));
    std::string line;
    append_escaped(stream, line);
    line += '\t';
    append_escaped(holder, line);
    // A time with fewer than five digits would not be read as seconds.
    insert.add(line + fmt::format("\t{:05}\t{}\n", until, version));
    server.insert(std::move(insert));
}

Error held_by(std::string_view stream, std::string_view holder) {
    return Error(Fault::config, fmt::format("the stream {} is being loaded by {}", stream,
                                            describe_holder(holder)))
        .with_hint(fmt::format("Stop that one first. If it no longer runs, its claim ends {} "
                               "seconds after its last load.",
                               kLeaseSeconds));
}

}  // namespace

void take_lease(Server& server, std::string_view stream, std::string_view holder) {
    const Claim before = newest(server, stream);
    if (before.is_good() && before.holder != holder && !is_dead(before.holder))
        throw held_by(stream, before.holder);
    write(server, stream, holder, before, before.now + kLeaseSeconds);
    const Claim after = newest(server, stream);
    if (after.holder != holder) throw held_by(stream, after.holder);
}

void give_up_lease(Server& server, std::string_view stream, std::string_view holder) {
    try {
        const Claim claim = newest(server, stream);
        if (claim.holder == holder) write(server, stream, holder, claim, 0);
    } catch (const ServerError& error) {
        if (error.code() != kUnknownTable) throw;
    }
}

void keep_lease(Server& server, std::string_view stream, std::string_view holder) {
    const Claim claim = newest(server, stream);
    if (claim.holder == holder && claim.until != 0) {
        if (claim.until < claim.now + kRenewSeconds)
            write(server, stream, holder, claim, claim.now + kLeaseSeconds);
        return;
    }
    if (claim.until != 0) throw held_by(stream, claim.holder);
    throw Error(Fault::transient,
                fmt::format("the stream {} is not held by this process any more", stream));
}

}  // namespace ringtail::clickhouse
