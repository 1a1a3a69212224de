#pragma once
#include <string_view>

#include "destination/postgres/connection.hpp"
#include "model/load.hpp"

namespace ringtail::postgres {

// Takes or renews the stream's lease: StreamStore::hold().
void hold_lease(Connection& connection, std::string_view stream, std::string_view holder);
void release_lease(Connection& connection, std::string_view stream, std::string_view holder);

// Inside a load's transaction: keeps everybody else from taking the lease until its end.
// Error(config) when somebody else has it, Error(transient) when nobody has.
void lock_lease(Connection& connection, std::string_view stream, std::string_view holder);
// At the transaction's end: stores the checkpoint, where there is one, and renews the lease that is
// locked.
void store_checkpoint(Connection& connection, std::string_view stream,
                      const Checkpoint* checkpoint);

}  // namespace ringtail::postgres
