#pragma once
#include <functional>

#include "destination/postgres/connection.hpp"

namespace ringtail::postgres {

// `work` in one transaction, that other Ringtails' work of this kind (tables, columns, keys, views)
// waits for. Within it, a lock that others do not give is Error(transient) after 30 s.
void exclusively(Connection& connection, const std::function<void()>& work);

// What `exclusively` says of locks, for another transaction.
void limit_lock_wait(Connection& connection);

}  // namespace ringtail::postgres
