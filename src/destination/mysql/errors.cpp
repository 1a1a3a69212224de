#include "destination/mysql/errors.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace ringtail::mysql {
namespace {

struct Meaning {
    unsigned code;
    Fault fault;
    Cause cause;
    std::string_view hint;
};

constexpr std::string_view kDisk = "The server's disk is full; make room there.";
constexpr std::string_view kReadOnly =
    "The server is read-only, perhaps a replica. Name the primary in the URL.";
constexpr std::string_view kLock =
    "Another session holds a lock on the table; look into SHOW FULL PROCESSLIST.";
constexpr std::string_view kConnections =
    "The server has no connection left for this user; raise max_connections or close others.";
constexpr std::string_view kLogin =
    "Check user and password in the URL, and for which hosts the server knows the user: SELECT "
    "user, host FROM mysql.user;";
constexpr std::string_view kReach = "Check that the server runs and that host and port are right.";
constexpr std::string_view kTls =
    "Check ssl-mode and ssl-ca in the URL against what the server "
    "offers; useSSL=false turns encryption off.";
constexpr std::string_view kRow =
    "The table has no room left in its rows: ALTER TABLE … ROW_FORMAT = DYNAMIC keeps less of long "
    "texts in them; or drop columns that are not needed.";
constexpr std::string_view kPacket =
    "Raise max_allowed_packet at the server: SET GLOBAL max_allowed_packet = 67108864;";

// https://mariadb.com/kb/en/mariadb-error-codes/ and the MySQL 8.0 error reference.
constexpr std::array kMeanings{
    Meaning{3, Fault::transient, Cause::other, kDisk},
    Meaning{28, Fault::transient, Cause::other, kDisk},
    Meaning{139, Fault::config, Cause::other, kRow},
    Meaning{1020, Fault::transient, Cause::other, ""},
    Meaning{1021, Fault::transient, Cause::other, kDisk},
    Meaning{1040, Fault::transient, Cause::other, kConnections},
    Meaning{1044, Fault::config, Cause::no_right, ""},
    Meaning{1045, Fault::auth, Cause::other, kLogin},
    Meaning{1047, Fault::transient, Cause::other, ""},
    Meaning{1049, Fault::config, Cause::other, ""},
    // While another Ringtail alters a table, information_schema may not show it.
    Meaning{1050, Fault::transient, Cause::stale_plan, ""},
    Meaning{1053, Fault::transient, Cause::other, ""},
    Meaning{1054, Fault::transient, Cause::stale_plan, ""},
    Meaning{1060, Fault::transient, Cause::stale_plan, ""},
    Meaning{1061, Fault::transient, Cause::stale_plan, ""},
    Meaning{1062, Fault::data, Cause::duplicate_key, ""},
    Meaning{1105, Fault::transient, Cause::other, ""},
    Meaning{1114, Fault::transient, Cause::other, kDisk},
    Meaning{1117, Fault::config, Cause::other, kRow},
    Meaning{1118, Fault::config, Cause::other, kRow},
    Meaning{1129, Fault::transient, Cause::other, ""},
    Meaning{1130, Fault::auth, Cause::other, kLogin},
    Meaning{1136, Fault::transient, Cause::stale_plan, ""},
    Meaning{1142, Fault::config, Cause::no_right, ""},
    Meaning{1143, Fault::config, Cause::no_right, ""},
    Meaning{1146, Fault::transient, Cause::stale_plan, ""},
    Meaning{1153, Fault::config, Cause::other, kPacket},
    Meaning{1158, Fault::transient, Cause::other, ""},
    Meaning{1159, Fault::transient, Cause::other, ""},
    Meaning{1160, Fault::transient, Cause::other, ""},
    Meaning{1161, Fault::transient, Cause::other, ""},
    Meaning{1180, Fault::transient, Cause::other, ""},
    Meaning{1184, Fault::transient, Cause::other, ""},
    Meaning{1203, Fault::transient, Cause::other, kConnections},
    Meaning{1205, Fault::transient, Cause::other, kLock},
    Meaning{1206, Fault::transient, Cause::other, ""},
    Meaning{1213, Fault::transient, Cause::deadlock, ""},
    Meaning{1226, Fault::transient, Cause::other, kConnections},
    Meaning{1227, Fault::config, Cause::no_right, ""},
    Meaning{1264, Fault::data, Cause::stale_plan, ""},
    Meaning{1265, Fault::data, Cause::stale_plan, ""},
    Meaning{1290, Fault::transient, Cause::other, kReadOnly},
    Meaning{1292, Fault::data, Cause::stale_plan, ""},
    Meaning{1317, Fault::transient, Cause::other, "An administrator cancelled the statement."},
    Meaning{1366, Fault::data, Cause::stale_plan, ""},
    Meaning{1370, Fault::config, Cause::no_right, ""},
    Meaning{1406, Fault::data, Cause::stale_plan, ""},
    Meaning{1412, Fault::transient, Cause::stale_plan, ""},
    Meaning{1452, Fault::data, Cause::missing_parent, ""},
    Meaning{1548, Fault::transient, Cause::other, ""},
    Meaning{1698, Fault::auth, Cause::other, kLogin},
    Meaning{1792, Fault::transient, Cause::other, kReadOnly},
    Meaning{1836, Fault::transient, Cause::other, kReadOnly},
    Meaning{1874, Fault::transient, Cause::other, kReadOnly},
    Meaning{1927, Fault::transient, Cause::other, ""},
    Meaning{1969, Fault::transient, Cause::other,
            "A max_statement_time of the server ended the statement."},
    Meaning{2000, Fault::transient, Cause::other, ""},
    Meaning{2002, Fault::transient, Cause::other, kReach},
    Meaning{2003, Fault::transient, Cause::other, kReach},
    Meaning{2005, Fault::transient, Cause::other, kReach},
    Meaning{2006, Fault::transient, Cause::other, ""},
    Meaning{2012, Fault::transient, Cause::other, ""},
    Meaning{2013, Fault::transient, Cause::other, ""},
    Meaning{2014, Fault::transient, Cause::other, ""},
    Meaning{2020, Fault::config, Cause::other, kPacket},
    Meaning{2026, Fault::config, Cause::other, kTls},
    Meaning{2027, Fault::transient, Cause::other, ""},
    Meaning{2055, Fault::transient, Cause::other, ""},
    Meaning{2059, Fault::config, Cause::other,
            "The server wants a way of login that this program lacks: ALTER USER … IDENTIFIED VIA "
            "mysql_native_password (MariaDB) or WITH caching_sha2_password (MySQL)."},
    Meaning{2061, Fault::auth, Cause::other, kTls},
    Meaning{3024, Fault::transient, Cause::other, ""},
    Meaning{4031, Fault::transient, Cause::other, ""},
    Meaning{5014, Fault::transient, Cause::other, ""},
};
static_assert(std::is_sorted(kMeanings.begin(), kMeanings.end(),
                             [](const Meaning& a, const Meaning& b) { return a.code < b.code; }));

bool is_one_of(const SqlError& error, std::initializer_list<std::string_view> codes) {
    return std::find(codes.begin(), codes.end(), error.code()) != codes.end();
}

}  // namespace

SqlError to_error(unsigned code, std::string_view message, std::string_view where,
                  std::string_view user, std::string_view database) {
    Fault fault = Fault::data;
    Cause cause = Cause::other;
    std::string hint;
    const auto known = std::lower_bound(kMeanings.begin(), kMeanings.end(), code,
                                        [](const Meaning& m, unsigned c) { return m.code < c; });
    if (known != kMeanings.end() && known->code == code) {
        fault = known->fault;
        cause = known->cause;
        hint = known->hint;
    }
    if (code == 1049)
        hint = fmt::format("Create it: CREATE DATABASE `{}` CHARACTER SET utf8mb4;", database);
    if (cause == Cause::no_right) {
        hint = fmt::format(
            "As an administrator: GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, INDEX, "
            "REFERENCES, CREATE TEMPORARY TABLES ON `{}`.* TO {};",
            database, user);
    }
    std::string text(message);
    std::replace(text.begin(), text.end(), '\n', ' ');
    return {Error(fault, fmt::format("MySQL, {}: {} [{}]", where, text, code)).with_hint(hint),
            cause, std::to_string(code)};
}

bool forbids_infile(const SqlError& error) { return is_one_of(error, {"1148", "3948", "4166"}); }

bool is_too_wide(const SqlError& error) { return is_one_of(error, {"139", "1117", "1118"}); }

}  // namespace ringtail::mysql
