#pragma once
#include <vector>

#include "destination/postgres/connection.hpp"
#include "destination/relational/parents.hpp"
#include "model/batch.hpp"

namespace ringtail::postgres {

// Asks the database, for each foreign key of the table. Only needed once a foreign key was
// violated.
std::vector<relational::MissingParents> missing_parents(Connection& connection,
                                                        const relational::Plan& plan,
                                                        const Batch& batch);

}  // namespace ringtail::postgres
