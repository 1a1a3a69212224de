#include "sqlite/error.hpp"

#include "base/error.hpp"

#include <sqlite3.h>

#include <string>

namespace ringtail::sqlite {
namespace {

struct Meaning {
    Fault fault;
    const char* hint;
};

Meaning meaning_of(int code, std::string_view message) {
    switch (code & 0xff) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_PROTOCOL:
            return {Fault::transient,
                    "Another process is writing to the file. If it never stops, find it with: "
                    "fuser FILE"};
        case SQLITE_FULL:
            return {Fault::transient,
                    "Make room on the disk, or raise the quota. What is stored stays, and the load "
                    "is repeated."};
        case SQLITE_IOERR:
            return {Fault::transient,
                    "The disk did not take it (full, a limit on file sizes, a fault: see dmesg). "
                    "What is stored stays, and "
                    "the load is repeated."};
        case SQLITE_NOMEM:
        case SQLITE_SCHEMA:
        case SQLITE_INTERRUPT:
            return {Fault::transient, ""};
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_AUTH:
            return {Fault::config,
                    "The file and its folder must be writable for the user Ringtail runs as, and "
                    "must not be moved or "
                    "deleted while it runs."};
        case SQLITE_CANTOPEN:
            return {Fault::config,
                    "Name a file in a folder that exists and that Ringtail may write to."};
        case SQLITE_NOTADB:
            return {Fault::config, "The file is no SQLite database. Name another file."};
        case SQLITE_CORRUPT:
            return {Fault::config,
                    "The file is damaged. Restore it from a backup, or save what can be read: "
                    "sqlite3 FILE .recover"};
        case SQLITE_CONSTRAINT:
        case SQLITE_MISMATCH:
            return {Fault::data,
                    "A rule of the table (NOT NULL, CHECK, UNIQUE, STRICT) forbids the row. Change "
                    "the rule."};
        case SQLITE_TOOBIG:
            return {Fault::data, "A row is larger than SQLite's limit of 1 GB."};
        case SQLITE_ERROR:
            if (message.find("unsupported file format") != std::string_view::npos) {
                return {Fault::config,
                        "The file was written by a newer SQLite than this one. Name another file."};
            }
            if (message.find("no such table") != std::string_view::npos ||
                message.find("no such column") != std::string_view::npos ||
                message.find("has no column named") != std::string_view::npos) {
                return {Fault::transient,
                        "A table or column was dropped or renamed; what is missing is made again."};
            }
            return {Fault::data, ""};
        default:
            return {Fault::bug, ""};
    }
}

}  // namespace

void throw_error(sqlite3* connection, int code, std::string_view path, std::string_view doing) {
    // errmsg() is the last error's of the connection: asked for before anything else is done.
    const std::string said =
        connection != nullptr ? sqlite3_errmsg(connection) : sqlite3_errstr(code);
    const Meaning meaning = meaning_of(code, said);
    std::string message = "SQLite database " + std::string(path) + ": ";
    if (!doing.empty()) message += std::string(doing) + ": ";
    message += said;
    if (const char* general = sqlite3_errstr(code); said != general)
        message += std::string(" (") + general + ")";
    throw Error(meaning.fault, message).with_hint(meaning.hint);
}

}  // namespace ringtail::sqlite
