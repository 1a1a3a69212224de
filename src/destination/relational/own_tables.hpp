#pragma once
#include <span>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "destination/relational/dialect.hpp"
#include "destination/relational/lease.hpp"
#include "destination/relational/session.hpp"
#include "model/load.hpp"

// ringtail_checkpoints, ringtail_rejects and ringtail_rechecks, by a Dialect's words. Their
// columns:
//   checkpoints: stream (key), checkpoint, holder, lease_until, updated_at
//   rejects:     table_name, row_key, column_name, raw, reason, rejected_at, digest (key)
//   rechecks:    stream, key (both the key), step, due
// Texts compare by their bytes; times have six digits of the second and are UTC.
namespace ringtail::relational {

// The quoted name: own_table(dialect, "checkpoints").
std::string own_table(const Dialect& dialect, std::string_view which);

// "YYYY-MM-DD hh:mm:ss.ffffff", as a parameter for a column of a time.
std::string sql_time(Instant instant);

// A reject that is there already is not stored again.
void store_rejects(Session& session, const Dialect& dialect, std::span<const Reject> rejects,
                   Instant now);
void drop_rejects(Session& session, const Dialect& dialect, std::string_view table,
                  std::span<const std::string> keys);
// Step -1 forgets the key, any other is stored; of several for one key the last counts.
void store_rechecks(Session& session, const Dialect& dialect, std::string_view stream,
                    std::span<const Recheck> rechecks);

// Inside a load's transaction: keeps everybody else from taking the lease until its end. Throws as
// check_lease().
void lock_lease(Session& session, const Dialect& dialect, std::string_view stream,
                std::string_view holder);
Lease read_lease(Session& session, const Dialect& dialect, std::string_view stream);
// Takes the lease where it is free, ours or run out, or held by `dead` (empty: nobody).
bool try_lease(Session& session, const Dialect& dialect, std::string_view stream,
               std::string_view holder, const std::string& dead);
void release_lease(Session& session, const Dialect& dialect, std::string_view stream,
                   std::string_view holder);
// At the transaction's end: stores the checkpoint, where there is one, and renews the lease.
void store_checkpoint(Session& session, const Dialect& dialect, std::string_view stream,
                      const Checkpoint* checkpoint);

}  // namespace ringtail::relational
