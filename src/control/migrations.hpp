#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "sqlite/connection.hpp"

namespace ringtail::control {

// The schema's versions in order; the n-th script (from 1) leads from version n-1 to n. A script
// that has been released is never changed.
std::span<const char* const> control_migrations();
std::span<const char* const> inbox_migrations();

// Brings the file to the newest version, each step in a transaction of its own; several processes
// may do so at once. Error(config) when the file is of a newer version, naming both.
void migrate(sqlite::Connection& db, std::span<const char* const> scripts);

}  // namespace ringtail::control
