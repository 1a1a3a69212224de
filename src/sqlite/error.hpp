#pragma once
#include <string_view>

struct sqlite3;

namespace ringtail::sqlite {

// Throws what SQLite's (extended) result code means, with the file's path and what to do:
//   transient  BUSY, LOCKED; FULL, IOERR, NOMEM: what is stored stays, nothing of the failed
//   transaction is config     READONLY, CANTOPEN, PERM; CORRUPT, NOTADB, a format newer than this
//   SQLite data       CONSTRAINT, MISMATCH, TOOBIG; SQL that the database does not take (a table is
//   gone)
// `connection` may be null, where not even that could be made.
[[noreturn]] void throw_error(sqlite3* connection, int code, std::string_view path,
                              std::string_view doing);

}  // namespace ringtail::sqlite
