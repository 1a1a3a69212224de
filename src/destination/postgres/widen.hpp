#pragma once
#include "destination/postgres/connection.hpp"
#include "destination/relational/widen.hpp"

namespace ringtail::postgres {

// Widens columns, each in a transaction of its own. `connection` must outlive it.
relational::Widening widening(Connection& connection);

}  // namespace ringtail::postgres
