#include "destination/relational/streams.hpp"

#include "base/time_text.hpp"
#include "destination/relational/errors.hpp"
#include "destination/relational/own_tables.hpp"

namespace ringtail::relational {
namespace {

// These calls are short; a server that does not answer them is not there.
constexpr std::chrono::seconds kAnswer{60};
// The last call of a program that is asked to end.
constexpr std::chrono::seconds kLastAnswer{5};

// Rows of one of Ringtail's own tables; none while it is not there yet.
std::vector<Row> own_rows(Session& session, const std::string& sql, std::span<const Param> params) {
    try {
        return session.run(sql, params).rows;
    } catch (const SqlError& error) {
        if (error.cause() != Cause::stale_plan) throw;
        return {};
    }
}

}  // namespace

std::optional<Checkpoint> Streams::checkpoint(std::string_view stream) {
    const PatienceScope patience(database_.session(), {.limit = kAnswer});
    const std::vector<Param> params{std::string(stream)};
    const std::string column = database_.dialect().quote("checkpoint");  // a word of T-SQL
    const auto rows =
        own_rows(database_.session(),
                 "SELECT " + column + " FROM " + own_table(database_.dialect(), "checkpoints") +
                     " WHERE stream = ? AND " + column + " IS NOT NULL",
                 params);
    if (rows.empty()) return std::nullopt;
    return Checkpoint{rows[0][0].value_or("")};
}

std::vector<Recheck> Streams::rechecks(std::string_view stream, Instant until, std::size_t limit) {
    const PatienceScope patience(database_.session(), {.limit = kAnswer});
    const Dialect& dialect = database_.dialect();
    const std::string key = dialect.quote("key");
    const std::vector<Param> params{std::string(stream), sql_time(until)};
    std::vector<Recheck> due;
    for (const Row& row : own_rows(
             database_.session(),
             "SELECT " + key + ", step, due FROM " + own_table(dialect, "rechecks") +
                 " WHERE stream = ? AND due <= ? ORDER BY due, " + key + " " + dialect.limit(limit),
             params)) {
        const auto time = parse_time(row[2].value_or(""));
        if (!time) throw Error(Fault::data, "ringtail_rechecks holds a time that is none");
        due.push_back({row[0].value_or(""), std::stoi(row[1].value_or("0")), *time});
    }
    return due;
}

void Streams::hold(std::string_view stream, std::string_view holder) {
    Session& session = database_.session();
    const Dialect& dialect = database_.dialect();
    const PatienceScope patience(session, {.limit = kAnswer});
    const auto take = [&] {
        take_lease(
            stream,
            [&](const std::string& dead) {
                return try_lease(session, dialect, stream, holder, dead);
            },
            [&] { return read_lease(session, dialect, stream); });
    };
    try {
        take();
    } catch (const SqlError& error) {
        if (error.cause() != Cause::stale_plan) throw;
        database_.exclusively([&] {
            for (const std::string& sql : dialect.create_own_tables()) session.run(sql);
        });
        take();
    }
}

void Streams::release(std::string_view stream, std::string_view holder) {
    const PatienceScope patience(database_.session(), {.limit = kLastAnswer});
    try {
        release_lease(database_.session(), database_.dialect(), stream, holder);
    } catch (const SqlError& error) {
        if (error.cause() != Cause::stale_plan) throw;
    }
}

}  // namespace ringtail::relational
