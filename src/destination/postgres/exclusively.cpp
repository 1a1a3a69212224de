#include "destination/postgres/exclusively.hpp"

namespace ringtail::postgres {

void limit_lock_wait(Connection& connection) {
    // A table that a long query of somebody else reads cannot be altered; waiting for it would hold
    // up everybody.
    connection.run("SET LOCAL lock_timeout = '30s'");
}

void exclusively(Connection& connection, const std::function<void()>& work) {
    Transaction transaction(connection);
    limit_lock_wait(connection);
    connection.run("SELECT pg_advisory_xact_lock(8244241983491631468)");  // "ringtail" as a number
    work();
    transaction.commit();
}

}  // namespace ringtail::postgres
