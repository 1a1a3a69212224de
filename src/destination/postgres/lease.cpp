#include "destination/postgres/lease.hpp"

#include <fmt/core.h>

#include <string>

#include "destination/destination.hpp"
#include "destination/postgres/own_tables.hpp"
#include "destination/relational/lease.hpp"
#include "sql/names.hpp"

namespace ringtail::postgres {

using relational::Lease;

namespace {

// The database's clock; now() would be the transaction's start.
const std::string kLeaseEnd = fmt::format("clock_timestamp() + interval '{} s'", kLeaseSeconds);

std::string table(Connection& connection) { return own_table(connection, "checkpoints"); }

// Takes the lease where it is free, ours or run out, or held by `dead`.
bool try_hold(Connection& connection, std::string_view stream, std::string_view holder,
              const std::string& dead) {
    const std::string name = table(connection);
    const Rows rows = connection.run(
        "INSERT INTO " + name + " AS c (stream, holder, lease_until) VALUES ($1, $2, " + kLeaseEnd +
            ") ON CONFLICT (stream) DO UPDATE SET holder = $2, lease_until = " + kLeaseEnd +
            " WHERE c.holder IS NULL OR c.holder IN ($2, $3) OR c.lease_until IS NULL"
            " OR c.lease_until < clock_timestamp()",
        {std::string(stream), std::string(holder), dead});
    return rows.affected() == 1;
}

Lease read_lease(Connection& connection, std::string_view stream, std::string_view lock) {
    const Rows rows = connection.run(
        "SELECT holder, ceil(extract(epoch FROM lease_until - clock_timestamp()))::bigint FROM " +
            table(connection) + " WHERE stream = $1" + std::string(lock),
        {std::string(stream)});
    if (rows.size() == 0) return {};
    return {std::string(rows.text(0, 0)), rows.number(0, 1)};
}

}  // namespace

void hold_lease(Connection& connection, std::string_view stream, std::string_view holder) {
    if (!has_own_table(connection, "checkpoints")) {
        Transaction transaction(connection);
        create_own_tables(connection);
        transaction.commit();
    }
    relational::take_lease(
        stream, [&](const std::string& dead) { return try_hold(connection, stream, holder, dead); },
        [&] { return read_lease(connection, stream, ""); });
}

void release_lease(Connection& connection, std::string_view stream, std::string_view holder) {
    if (!has_own_table(connection, "checkpoints")) return;
    connection.run("UPDATE " + table(connection) +
                       " SET holder = NULL, lease_until = NULL WHERE stream = $1 AND holder = $2",
                   {std::string(stream), std::string(holder)});
}

void lock_lease(Connection& connection, std::string_view stream, std::string_view holder) {
    relational::check_lease(stream, holder, read_lease(connection, stream, " FOR UPDATE"));
}

void store_checkpoint(Connection& connection, std::string_view stream,
                      const Checkpoint* checkpoint) {
    connection.run(
        "UPDATE " + table(connection) +
            " SET checkpoint = COALESCE($2, checkpoint), lease_until = " + kLeaseEnd +
            ", updated_at = clock_timestamp() WHERE stream = $1",
        {std::string(stream), checkpoint == nullptr ? Param() : Param(checkpoint->text)});
}

}  // namespace ringtail::postgres
