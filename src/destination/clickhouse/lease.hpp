#pragma once
#include <string_view>

#include "destination/clickhouse/server.hpp"

// ClickHouse locks no rows, so a lease is a row that says who claims a stream and until when, by
// the server's clock. The newest claim holds. Each is read back after it was written, and looked at
// before a load's rows and again before its checkpoint: of two that start in the same instant one
// ends there, at the latest with its first load. What cannot be kept off is a process that was
// stopped between that look and its insert for longer than the lease: its rows are those of its
// page, and the next one to read that contact writes the newer ones.
namespace ringtail::clickhouse {

// Error(config) naming the holder when somebody else's claim is good.
void take_lease(Server& server, std::string_view stream, std::string_view holder);
void give_up_lease(Server& server, std::string_view stream, std::string_view holder);
// Renews it where it is due. Throws when the newest claim is somebody else's, Error(config), or
// nobody's, Error(transient).
void keep_lease(Server& server, std::string_view stream, std::string_view holder);

}  // namespace ringtail::clickhouse
