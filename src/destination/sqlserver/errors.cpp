#include "destination/sqlserver/errors.hpp"

#include <algorithm>
#include <array>

namespace ringtail::sqlserver {
namespace {

using relational::Cause;
using relational::SqlError;

struct Meaning {
    int number;
    Fault fault;
    Cause cause;
    std::string_view hint;
};

constexpr std::string_view kGrantHint =
    "Ringtail's user needs CREATE TABLE and CREATE VIEW in the database, ALTER on its schema, and "
    "SELECT, INSERT, UPDATE, DELETE on the tables: GRANT CREATE TABLE, CREATE VIEW TO [user]; "
    "GRANT "
    "ALTER, SELECT, INSERT, UPDATE, DELETE, REFERENCES ON SCHEMA::dbo TO [user];";
constexpr std::string_view kLoginHint = "Check user and password in the URL.";
constexpr std::string_view kBusyHint =
    "The service refuses for the moment, or is moving; a larger tier has room for more.";
constexpr std::string_view kFullHint = "The server has no room left; make some there.";
constexpr std::string_view kMemoryHint = "The server is short of memory.";
constexpr std::string_view kRowHint =
    "A row has 8,060 bytes and a table 1,024 columns. Drop columns that are not needed, or make "
    "the "
    "fixed-length texts among them (nchar, char) nvarchar.";
constexpr std::string_view kReadOnlyHint =
    "The database is read-only, perhaps a secondary replica. Name the primary.";

// https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors
// https://learn.microsoft.com/azure/azure-sql/database/troubleshoot-common-errors-issues
constexpr std::array kMeanings{
    Meaning{1205, Fault::transient, Cause::deadlock, ""},  // deadlock
    Meaning{1222, Fault::transient, Cause::other,
            "Another session holds a lock on the table; look into sys.dm_tran_locks."},
    Meaning{3960, Fault::transient, Cause::other, ""},  // snapshot conflicts
    Meaning{3961, Fault::transient, Cause::other, ""},
    Meaning{3935, Fault::transient, Cause::other, ""},
    Meaning{3966, Fault::transient, Cause::other, ""},
    Meaning{41301, Fault::transient, Cause::deadlock, ""},  // the same in memory-optimized tables
    Meaning{41302, Fault::transient, Cause::deadlock, ""},
    Meaning{41305, Fault::transient, Cause::deadlock, ""},
    Meaning{41325, Fault::transient, Cause::deadlock, ""},
    Meaning{41839, Fault::transient, Cause::other, ""},
    Meaning{2601, Fault::data, Cause::duplicate_key, ""},
    Meaning{2627, Fault::data, Cause::duplicate_key, ""},
    Meaning{547, Fault::data, Cause::other, ""},  // see cause_of()
    Meaning{207, Fault::data, Cause::stale_plan, ""},
    Meaning{208, Fault::data, Cause::stale_plan, ""},
    Meaning{213, Fault::data, Cause::stale_plan, ""},
    Meaning{220, Fault::data, Cause::stale_plan, ""},
    Meaning{241, Fault::data, Cause::stale_plan, ""},
    Meaning{242, Fault::data, Cause::stale_plan, ""},
    Meaning{245, Fault::data, Cause::stale_plan, ""},
    Meaning{248, Fault::data, Cause::stale_plan, ""},
    Meaning{2628, Fault::data, Cause::stale_plan, ""},
    Meaning{8114, Fault::data, Cause::stale_plan, ""},
    Meaning{8115, Fault::data, Cause::stale_plan, ""},
    Meaning{8152, Fault::data, Cause::stale_plan, ""},
    Meaning{8169, Fault::data, Cause::stale_plan, ""},
    // Another was quicker to create it.
    Meaning{1913, Fault::transient, Cause::stale_plan, ""},
    Meaning{2705, Fault::transient, Cause::stale_plan, ""},
    Meaning{2714, Fault::transient, Cause::stale_plan, ""},
    // The table is full.
    Meaning{511, Fault::config, Cause::other, kRowHint},
    Meaning{1701, Fault::config, Cause::other, kRowHint},
    Meaning{1702, Fault::config, Cause::other, kRowHint},
    // Rights.
    Meaning{229, Fault::config, Cause::no_right, kGrantHint},
    Meaning{230, Fault::config, Cause::no_right, kGrantHint},
    Meaning{262, Fault::config, Cause::no_right, kGrantHint},
    Meaning{297, Fault::config, Cause::no_right, kGrantHint},
    Meaning{300, Fault::config, Cause::no_right, kGrantHint},
    Meaning{1088, Fault::config, Cause::no_right, kGrantHint},
    Meaning{2760, Fault::config, Cause::no_right, kGrantHint},
    Meaning{3704, Fault::config, Cause::no_right, kGrantHint},
    Meaning{4902, Fault::config, Cause::no_right, kGrantHint},
    Meaning{15247, Fault::config, Cause::no_right, kGrantHint},
    // Logins and databases.
    Meaning{4060, Fault::auth, Cause::other,
            "The database is not there, or the login has no user in it: CREATE USER … FOR LOGIN …; "
            "in that database."},
    Meaning{4064, Fault::auth, Cause::other, "Name a database in the URL."},
    Meaning{18452, Fault::auth, Cause::other, kLoginHint},
    Meaning{18456, Fault::auth, Cause::other, kLoginHint},
    Meaning{18470, Fault::auth, Cause::other, "The login is disabled: ALTER LOGIN … ENABLE;"},
    Meaning{18486, Fault::auth, Cause::other, "The login is locked out: ALTER LOGIN … UNLOCK;"},
    Meaning{18487, Fault::auth, Cause::other, "The login's password has expired."},
    Meaning{18488, Fault::auth, Cause::other, "The login's password must be changed."},
    Meaning{40615, Fault::auth, Cause::other,
            "The server's firewall does not let this machine in; add a rule for it."},
    Meaning{911, Fault::config, Cause::other, "Create the database: CREATE DATABASE [name];"},
    Meaning{916, Fault::config, Cause::other,
            "The login has no user in the database: CREATE USER … FOR LOGIN …;"},
    // The server cannot just now.
    Meaning{701, Fault::transient, Cause::other, kMemoryHint},
    Meaning{802, Fault::transient, Cause::other, kMemoryHint},
    Meaning{1204, Fault::transient, Cause::other, kMemoryHint},  // no lock left
    Meaning{8628, Fault::transient, Cause::other, kMemoryHint},
    Meaning{8645, Fault::transient, Cause::other, kMemoryHint},
    Meaning{8651, Fault::transient, Cause::other, kMemoryHint},
    Meaning{1101, Fault::transient, Cause::other, kFullHint},
    Meaning{1105, Fault::transient, Cause::other, kFullHint},
    Meaning{9002, Fault::transient, Cause::other,
            "The database's transaction log is full; back it up or enlarge it."},
    Meaning{40544, Fault::transient, Cause::other, kFullHint},
    Meaning{3906, Fault::transient, Cause::other, kReadOnlyHint},
    Meaning{3908, Fault::transient, Cause::other, kReadOnlyHint},
    Meaning{978, Fault::transient, Cause::other, kReadOnlyHint},
    Meaning{596, Fault::transient, Cause::other, ""},  // the session was killed
    Meaning{921, Fault::transient, Cause::other, ""},  // recovering
    Meaning{922, Fault::transient, Cause::other, ""},
    Meaning{924, Fault::transient, Cause::other, "The database is in single-user mode."},
    Meaning{927, Fault::transient, Cause::other, ""},
    Meaning{942, Fault::transient, Cause::other, "The database is offline."},
    Meaning{976, Fault::transient, Cause::other, ""},
    Meaning{982, Fault::transient, Cause::other, ""},
    Meaning{983, Fault::transient, Cause::other, ""},
    Meaning{6005, Fault::transient, Cause::other, ""},   // shutdown
    Meaning{17142, Fault::transient, Cause::other, ""},  // paused
    Meaning{17809, Fault::transient, Cause::other, "The server has no connection left."},
    Meaning{18401, Fault::transient, Cause::other, ""},  // upgrading
    Meaning{18461, Fault::transient, Cause::other, "The server is in single-user mode."},
    // What Microsoft's own clients try again after.
    Meaning{601, Fault::transient, Cause::other, ""},
    Meaning{617, Fault::transient, Cause::other, ""},
    Meaning{669, Fault::transient, Cause::other, ""},
    Meaning{845, Fault::transient, Cause::other, ""},
    Meaning{997, Fault::transient, Cause::other, ""},
    Meaning{1203, Fault::transient, Cause::other, ""},
    Meaning{1221, Fault::transient, Cause::other, ""},
    Meaning{1807, Fault::transient, Cause::other, ""},
    Meaning{4221, Fault::transient, Cause::other, ""},
    Meaning{9515, Fault::transient, Cause::other, ""},
    Meaning{17197, Fault::transient, Cause::other, ""},
    Meaning{17830, Fault::transient, Cause::other, ""},
    Meaning{20, Fault::transient, Cause::other, ""},
    Meaning{121, Fault::transient, Cause::other, ""},
    Meaning{233, Fault::transient, Cause::other, ""},
    Meaning{258, Fault::transient, Cause::other, ""},
    Meaning{64, Fault::transient, Cause::other, ""},
    Meaning{10053, Fault::transient, Cause::other, ""},
    Meaning{10054, Fault::transient, Cause::other, ""},
    Meaning{10060, Fault::transient, Cause::other, ""},
    Meaning{10061, Fault::transient, Cause::other, ""},
    Meaning{11001, Fault::transient, Cause::other, ""},
    Meaning{10922, Fault::transient, Cause::other, kBusyHint},
    Meaning{10928, Fault::transient, Cause::other, kBusyHint},
    Meaning{10929, Fault::transient, Cause::other, kBusyHint},
    Meaning{10936, Fault::transient, Cause::other, kBusyHint},
    Meaning{40020, Fault::transient, Cause::other, kBusyHint},
    Meaning{40143, Fault::transient, Cause::other, kBusyHint},
    Meaning{40197, Fault::transient, Cause::other, kBusyHint},
    Meaning{40501, Fault::transient, Cause::other, kBusyHint},
    Meaning{40540, Fault::transient, Cause::other, kBusyHint},
    Meaning{40549, Fault::transient, Cause::other, kBusyHint},
    Meaning{40550, Fault::transient, Cause::other, kBusyHint},
    Meaning{40551, Fault::transient, Cause::other, kBusyHint},
    Meaning{40552, Fault::transient, Cause::other, kBusyHint},
    Meaning{40553, Fault::transient, Cause::other, kBusyHint},
    Meaning{40613, Fault::transient, Cause::other, kBusyHint},
    Meaning{40671, Fault::transient, Cause::other, kBusyHint},
    Meaning{40675, Fault::transient, Cause::other, kBusyHint},
    Meaning{42108, Fault::transient, Cause::other, kBusyHint},  // a paused pool wakes up
    Meaning{42109, Fault::transient, Cause::other, kBusyHint},
    Meaning{49918, Fault::transient, Cause::other, kBusyHint},
    Meaning{49919, Fault::transient, Cause::other, kBusyHint},
    Meaning{49920, Fault::transient, Cause::other, kBusyHint},
    Meaning{49983, Fault::transient, Cause::other, kBusyHint},
    // FreeTDS' own numbers: the connection is not made, or gone.
    Meaning{20002, Fault::transient, Cause::other, ""},
    Meaning{20003, Fault::transient, Cause::other, ""},
    Meaning{20004, Fault::transient, Cause::other, ""},
    Meaning{20006, Fault::transient, Cause::other, ""},
    Meaning{20009, Fault::transient, Cause::other, ""},
    Meaning{20013, Fault::transient, Cause::other, ""},
    Meaning{20017, Fault::transient, Cause::other, ""},
    Meaning{20020, Fault::transient, Cause::other, ""},
    Meaning{20047, Fault::transient, Cause::other, ""},
};

// Babelfish has this number for nearly everything; its texts are PostgreSQL's.
constexpr int kBabelfish = 33557097;
struct Phrase {
    std::string_view part;
    Fault fault;
    Cause cause;
    std::string_view hint;
};
constexpr std::array kBabelfishPhrases{
    Phrase{"permission denied", Fault::config, Cause::no_right, kGrantHint},
    Phrase{"must be owner of", Fault::config, Cause::no_right, kGrantHint},
    Phrase{"does not exist", Fault::data, Cause::stale_plan, ""},
    Phrase{"already exists", Fault::data, Cause::stale_plan, ""},
    Phrase{"lock timeout", Fault::transient, Cause::other, ""},
    Phrase{"deadlock", Fault::transient, Cause::deadlock, ""},
    Phrase{"could not serialize", Fault::transient, Cause::other, ""},
    Phrase{"canceling statement", Fault::transient, Cause::other, ""},
    Phrase{"terminating connection", Fault::transient, Cause::other, ""},
    Phrase{"too many", Fault::transient, Cause::other, ""},
    Phrase{"No space left", Fault::transient, Cause::other, kFullHint},
    Phrase{"read-only", Fault::transient, Cause::other, kReadOnlyHint},
    Phrase{"out of range", Fault::data, Cause::stale_plan, ""},
    Phrase{"invalid input syntax", Fault::data, Cause::stale_plan, ""},
    Phrase{"is of type", Fault::data, Cause::stale_plan, ""},
};

bool contains(std::string_view text, std::string_view part) {
    return std::search(text.begin(), text.end(), part.begin(), part.end(), [](char a, char b) {
               const auto low = [](char c) {
                   return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
               };
               return low(a) == low(b);
           }) != text.end();
}

// What only accompanies the real error: "changed database context", "the statement has been
// terminated", "statement(s) could not be prepared", the transaction that ended with it.
bool is_side_note(const Diagnostic& said) {
    constexpr std::array kNotes{0, 3621, 5701, 5703, 8180, 3609, 3616};
    return std::find(kNotes.begin(), kNotes.end(), said.native) != kNotes.end();
}

// What counts of several. A text without a number counts where nothing has one.
const Diagnostic& main_of(std::span<const Diagnostic> said) {
    const auto known = std::find_if(said.begin(), said.end(), [](const Diagnostic& one) {
        return std::any_of(kMeanings.begin(), kMeanings.end(),
                           [&](const Meaning& meaning) { return meaning.number == one.native; });
    });
    if (known != said.end()) return *known;
    const auto numbered =
        std::find_if(said.begin(), said.end(), [](const auto& one) { return !is_side_note(one); });
    return numbered != said.end() ? *numbered : said.front();
}

// Without "[FreeTDS][SQL Server]" and line ends.
std::string plain(std::string_view message) {
    while (message.starts_with('[')) {
        const auto end = message.find(']');
        if (end == std::string_view::npos) break;
        message.remove_prefix(end + 1);
    }
    std::string line(message);
    while (!line.empty() && (line.back() == '\n' || line.back() == '\r')) line.pop_back();
    std::replace(line.begin(), line.end(), '\n', ' ');
    return line;
}

// 2627 and 2601 quote the key, 2628 and 245 the value; both can be long, and are row data.
std::string without_values(const Diagnostic& said) {
    std::string text = plain(said.message);
    for (const std::string_view mark : {"The duplicate key value is", "Truncated value:"}) {
        const auto at = text.find(mark);
        if (at != std::string::npos) text.erase(at);
    }
    constexpr std::string_view kValue = " value '", kBehind = "' to data type";
    const auto value = text.find(kValue), behind = text.rfind(kBehind);
    if (value != std::string::npos && behind != std::string::npos && value < behind)
        text.replace(value, behind + 1 - value, " value");
    while (text.ends_with(' ')) text.pop_back();
    return text;
}

Cause cause_of(const Meaning& meaning, const Diagnostic& said) {
    if (meaning.number == 547 && contains(said.message, "foreign key"))
        return Cause::missing_parent;
    return meaning.cause;
}

bool is_lost_connection(std::string_view sqlstate) {
    return sqlstate.starts_with("08") || sqlstate.starts_with("IMC") || sqlstate == "HYT00" ||
           sqlstate == "HYT01" || sqlstate == "40001" || sqlstate == "HY008" || sqlstate == "S1T00";
}

SqlError made(Fault fault, Cause cause, const Diagnostic& said, std::string_view where,
              std::string_view hint) {
    std::string text = "SQL Server, " + std::string(where) + ": " + without_values(said);
    const std::string code = said.native != 0 ? std::to_string(said.native) : said.sqlstate;
    if (!code.empty()) text += " [" + code + "]";
    return {Error(fault, text).with_hint(std::string(hint)), cause, code};
}

}  // namespace

SqlError to_error(std::span<const Diagnostic> said, std::string_view where) {
    if (said.empty()) {
        return {Error(Fault::transient,
                      "SQL Server, " + std::string(where) + ": the driver gives no reason"),
                Cause::other, ""};
    }
    const Diagnostic& main = main_of(said);
    for (const Meaning& meaning : kMeanings) {
        if (meaning.number == main.native)
            return made(meaning.fault, cause_of(meaning, main), main, where, meaning.hint);
    }
    if (main.native == kBabelfish) {
        for (const Phrase& phrase : kBabelfishPhrases) {
            if (contains(main.message, phrase.part))
                return made(phrase.fault, phrase.cause, main, where, phrase.hint);
        }
    }
    if (std::any_of(said.begin(), said.end(),
                    [](const auto& one) { return is_lost_connection(one.sqlstate); })) {
        return made(Fault::transient, Cause::other, main, where, "");
    }
    if (main.sqlstate.starts_with("28"))
        return made(Fault::auth, Cause::other, main, where, kLoginHint);
    return made(Fault::data, Cause::other, main, where, "");
}

SqlError to_connect_error(std::span<const Diagnostic> said, std::string_view where) {
    for (const Diagnostic& one : said) {
        const bool no_driver = one.sqlstate == "IM002" || one.sqlstate == "IM003" ||
                               contains(one.message, "Can't open lib");
        if (!no_driver) continue;
        return made(Fault::config, Cause::other, one, where,
                    "Install FreeTDS's driver: apt-get install tdsodbc. Another is named by "
                    "?driver=, as /etc/odbcinst.ini has it (odbcinst -q -d), or by its path.");
    }
    SqlError error = to_error(said, where);
    if (!error.hint().empty()) return error;
    for (const Diagnostic& one : said) {
        if (contains(one.message, "certificate") || contains(one.message, "SSL") ||
            contains(one.message, "TLS") || contains(one.message, "encrypt")) {
            return {Error(Fault::config, error.what())
                        .with_hint("The server must offer TLS. Its certificate is checked with "
                                   "trustServerCertificate=false: by the authorities in "
                                   "&certificate=FILE, or the system's. Without TLS: "
                                   "?encrypt=disable."),
                    error.cause(), error.code()};
        }
    }
    if (error.fault() != Fault::transient && error.fault() != Fault::data) return error;
    return {Error(Fault::transient, error.what())
                .with_hint("Check that the server runs, that host and port are right, and that it "
                           "takes TLS (encrypt=disable turns that off)."),
            error.cause(), error.code()};
}

}  // namespace ringtail::sqlserver
