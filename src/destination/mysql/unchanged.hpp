#pragma once
#include <cstddef>
#include <vector>

#include "destination/mysql/connection.hpp"
#include "destination/relational/bulk.hpp"

namespace ringtail::mysql {

// Those of the rows that are to be written: all but the ones that stand in their table to the last
// byte of every value. The server is asked for as long as most rows turn out to stand there, so
// that new rows cost next to nothing more.
std::vector<std::size_t> rows_to_write(Connection& connection, const relational::SomeRows& rows);

}  // namespace ringtail::mysql
