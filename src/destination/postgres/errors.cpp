#include "destination/postgres/errors.hpp"

#include <algorithm>
#include <array>
#include <cctype>

namespace ringtail::postgres {
namespace {

struct Meaning {
    std::string_view code;  // a whole SQLSTATE or the front of one
    Fault fault;
    std::string_view hint;
};

// The first that fits counts. https://www.postgresql.org/docs/15/errcodes-appendix.html
constexpr std::array kMeanings{
    Meaning{"08P01", Fault::config, ""},
    Meaning{"08", Fault::transient, ""},
    Meaning{"57P", Fault::transient, ""},
    Meaning{"57014", Fault::transient,
            "Something cancelled the statement: a statement_timeout or an administrator."},
    Meaning{"40001", Fault::transient, ""},
    Meaning{"40P01", Fault::transient, ""},
    Meaning{"53100", Fault::transient, "The server's disk is full; make room there."},
    Meaning{"53300", Fault::transient,
            "The server has no connection left; raise max_connections or close others."},
    Meaning{"53", Fault::transient, ""},
    Meaning{"55P03", Fault::transient,
            "Another session holds a lock on the table; look into pg_locks and pg_stat_activity."},
    Meaning{"25006", Fault::transient,
            "The server is read-only, perhaps a standby. Name the primary, or several hosts and "
            "target_session_attrs=read-write."},
    Meaning{"25P03", Fault::transient, ""},
    Meaning{"28", Fault::auth, "Check user and password in the URL, and the server's pg_hba.conf."},
    Meaning{"3D000", Fault::config,
            "Create the database: CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0;"},
    Meaning{"3F000", Fault::config, "Create the schema: CREATE SCHEMA name;"},
    Meaning{"42501", Fault::config,
            "Ringtail's user needs CREATE on the schema, TEMPORARY on the database, and SELECT, "
            "INSERT, UPDATE, DELETE on "
            "the tables: GRANT … TO that user;"},
};

std::string sentence(std::string_view where, const ServerError& said) {
    std::string text = "PostgreSQL, " + std::string(where) + ": " + said.message;
    // These two quote the whole row in their detail.
    const bool quotes_row = said.sqlstate == "23502" || said.sqlstate == "23514";
    if (!said.detail.empty() && !quotes_row) text += " (" + said.detail + ")";
    if (!said.table.empty()) {
        text += "; table " + (said.schema.empty() ? said.table : said.schema + "." + said.table);
    }
    if (!said.column.empty()) text += ", column " + said.column;
    if (!said.constraint.empty()) text += ", constraint " + said.constraint;
    if (!said.sqlstate.empty()) text += " [" + said.sqlstate + "]";
    return text;
}

Cause cause_of(std::string_view state) {
    if (state == "23505") return Cause::duplicate_key;
    if (state == "23503") return Cause::missing_parent;
    if (state == "40P01") return Cause::deadlock;
    if (state == "42501") return Cause::no_right;
    if (state.starts_with("42") || state == "22001" || state == "22003") return Cause::stale_plan;
    return Cause::other;
}

// "FATAL:  28P01: password …" -> 28P01. The word in front may be translated.
std::string code_in(std::string_view message) {
    constexpr std::size_t kLength = 5;
    for (std::size_t at = message.find(":  "); at != std::string_view::npos;
         at = message.find(":  ", at + 1)) {
        const std::string_view code = message.substr(at + 3, kLength);
        const bool shaped =
            code.size() == kLength && std::all_of(code.begin(), code.end(), [](char c) {
                return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
            });
        if (shaped && message.substr(at + 3 + kLength, 1) == ":") return std::string(code);
    }
    return {};
}

// Without the lines that only the server's developers need, and on one line.
std::string one_line(std::string_view message) {
    std::string line;
    while (!message.empty()) {
        const auto end = std::min(message.find('\n'), message.size());
        const std::string_view part = message.substr(0, end);
        message.remove_prefix(std::min(end + 1, message.size()));
        if (part.empty() || part.starts_with("LOCATION:")) continue;
        if (!line.empty()) line += "; ";
        line += part;
    }
    return line;
}

bool contains(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

}  // namespace

SqlError to_error(const ServerError& said, std::string_view where) {
    Fault fault = said.sqlstate.empty() ? Fault::transient : Fault::data;
    std::string hint = said.hint;
    for (const Meaning& meaning : kMeanings) {
        if (!said.sqlstate.starts_with(meaning.code)) continue;
        fault = meaning.fault;
        if (!meaning.hint.empty()) hint = meaning.hint;
        break;
    }
    return {Error(fault, sentence(where, said)).with_hint(hint), cause_of(said.sqlstate),
            said.sqlstate};
}

SqlError to_connect_error(std::string_view message, std::string_view where) {
    const std::string code = code_in(message);
    const std::string line = one_line(message);
    if (!code.empty()) return to_error({.sqlstate = code, .message = line}, where);
    const std::string text = "PostgreSQL, " + std::string(where) + ": " + line;
    if (contains(line, "no password supplied")) {
        return {Error(Fault::auth, text)
                    .with_hint(
                        "Put the password into the URL: postgres://USER:PASSWORD@HOST/DATABASE."),
                Cause::other, ""};
    }
    if (contains(line, "SSL") || contains(line, "certificate")) {
        return {Error(Fault::config, text)
                    .with_hint(
                        "Check sslmode and sslrootcert in the URL against what the server offers."),
                Cause::other, ""};
    }
    return {Error(Fault::transient, text)
                .with_hint("Check that the server runs and that host and port are right."),
            Cause::other, ""};
}

}  // namespace ringtail::postgres
