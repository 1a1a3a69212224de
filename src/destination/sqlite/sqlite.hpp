#pragma once
#include <memory>
#include <string>

#include "base/log.hpp"
#include "destination/destination.hpp"

namespace ringtail {

// A file of SQLite 3, made when it is not there. How values are stored:
//   text       TEXT
//   int64      INTEGER; a fraction that a binary number holds exactly is kept too
//   boolean    BOOLEAN: 1 or 0
//   decimal    a column without type: a whole number within 64 bits as INTEGER, up to 15 digits as
//   REAL, anything longer
//              as TEXT with its exact digits
//   timestamp  TIMESTAMP TEXT: YYYY-MM-DDTHH:MM:SS.mmmZ
//   json       JSON TEXT: as delivered, minified
// A table that exists keeps its types; a value that its column would change becomes a reject, as
// SQLite's columns cannot be widened.
std::unique_ptr<Destination> make_sqlite(const std::string& path, const DestinationOptions& options,
                                         Logger& log);

// The same, and all that it makes share a few connections to the file, which stay open as long as
// any of them, or the factory, lives: what was prepared once is not looked at again until somebody
// changes the schema, and they write one after the other.
DestinationFactory sqlite_destinations(const std::string& path, const DestinationOptions& options,
                                       Logger& log);

}  // namespace ringtail
