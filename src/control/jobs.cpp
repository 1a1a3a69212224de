#include "control/jobs.hpp"

#include <fmt/core.h>

#include "base/error.hpp"
#include "control/columns.hpp"

namespace ringtail::control {
namespace {

using sqlite::Transaction;

constexpr std::string_view kColumns =
    "SELECT j.number, j.source, j.name, j.kind, j.settings, j.schedule, j.enabled, j.last_days, "
    "j.next_due, j.created FROM jobs j ";
constexpr std::string_view kScheduled =
    "JOIN sources s ON s.number = j.source WHERE j.enabled = 1 AND s.enabled = 1 AND "
    "j.next_due IS NOT NULL ";

JobRecord read(const sqlite::Statement& row) {
    JobRecord job;
    job.number = row.integer(0);
    job.source = row.integer(1);
    job.name = row.text(2);
    job.kind = job_kind_of(row.text(3)).value_or(JobKind::load);
    job.settings = row.text(4);
    job.schedule = row.text(5);
    job.enabled = row.integer(6) != 0;
    if (!row.is_null(7)) job.last_days = static_cast<unsigned>(row.integer(7));
    job.next_due = time_or_null(row, 8);
    job.created = time(row, 9);
    return job;
}

void check_free(sqlite::Connection& db, const JobRecord& job) {
    auto select = db.prepare("SELECT 1 FROM jobs WHERE source = ?1 AND name = ?2 AND number <> ?3");
    select.bind(1, job.source);
    select.bind(2, job.name);
    select.bind(3, job.number);
    if (!select.step()) return;
    throw Error(Fault::config, fmt::format("the source has a job named {} already", job.name))
        .with_hint("Choose another name, or change that one.");
}

void expect_one(sqlite::Connection& db, std::int64_t number) {
    if (db.changes() > 0) return;
    throw Error(Fault::config, fmt::format("there is no job number {}", number))
        .with_hint("It may have been removed: ringtail jobs");
}

void bind_last_days(sqlite::Statement& statement, int parameter, const JobRecord& job) {
    if (job.last_days)
        statement.bind(parameter, std::int64_t{*job.last_days});
    else
        statement.bind_null(parameter);
}

}  // namespace

std::int64_t Jobs::add(const JobRecord& record, Instant now) {
    check_name("job", record.name);
    auto db = database_.lock();
    Transaction transaction(*db, Transaction::Kind::write);
    auto source = db->prepare("SELECT 1 FROM sources WHERE number = ?1");
    source.bind(1, record.source);
    if (!source.step())
        throw Error(Fault::config, fmt::format("there is no source number {}", record.source));
    source.reset();
    check_free(*db, record);
    auto insert = db->prepare(
        "INSERT INTO jobs (source, name, kind, settings, schedule, enabled, last_days, next_due, "
        "created) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) RETURNING number",
        "adding a job");
    insert.bind(1, record.source);
    insert.bind(2, record.name);
    insert.bind(3, name_of(record.kind));
    insert.bind(4, record.settings);
    insert.bind(5, record.schedule);
    insert.bind(6, std::int64_t{record.enabled});
    bind_last_days(insert, 7, record);
    bind(insert, 8, record.next_due);
    insert.bind(9, micros(now));
    const std::int64_t number = insert.step() ? insert.integer(0) : 0;
    insert.reset();
    transaction.commit();
    return number;
}

std::optional<JobRecord> Jobs::find(std::int64_t number) {
    auto db = database_.lock();
    auto select = db->prepare(std::string(kColumns) + "WHERE j.number = ?1");
    select.bind(1, number);
    if (!select.step()) return std::nullopt;
    return read(select);
}

std::optional<JobRecord> Jobs::find(std::int64_t source, std::string_view name) {
    auto db = database_.lock();
    auto select = db->prepare(std::string(kColumns) + "WHERE j.source = ?1 AND j.name = ?2");
    select.bind(1, source);
    select.bind(2, name);
    if (!select.step()) return std::nullopt;
    return read(select);
}

std::vector<JobRecord> Jobs::list(std::optional<std::int64_t> source) {
    auto db = database_.lock();
    auto select = db->prepare(std::string(kColumns) +
                              "WHERE ?1 IS NULL OR j.source = ?1 ORDER BY j.source, j.number");
    if (source) select.bind(1, *source);
    std::vector<JobRecord> all;
    while (select.step()) all.push_back(read(select));
    return all;
}

void Jobs::update(const JobRecord& record) {
    check_name("job", record.name);
    auto db = database_.lock();
    Transaction transaction(*db, Transaction::Kind::write);
    check_free(*db, record);
    auto update = db->prepare(
        "UPDATE jobs SET name = ?2, settings = ?3, schedule = ?4, enabled = ?5, last_days = ?6, "
        "next_due = ?7 WHERE number = ?1",
        "changing a job");
    update.bind(1, record.number);
    update.bind(2, record.name);
    update.bind(3, record.settings);
    update.bind(4, record.schedule);
    update.bind(5, std::int64_t{record.enabled});
    bind_last_days(update, 6, record);
    bind(update, 7, record.next_due);
    update.execute();
    expect_one(*db, record.number);
    transaction.commit();
}

void Jobs::set_enabled(std::int64_t number, bool enabled) {
    auto db = database_.lock();
    auto update = db->prepare("UPDATE jobs SET enabled = ?2 WHERE number = ?1");
    update.bind(1, number);
    update.bind(2, std::int64_t{enabled});
    update.execute();
    expect_one(*db, number);
}

void Jobs::set_next_due(std::int64_t number, std::optional<Instant> due) {
    auto db = database_.lock();
    auto update = db->prepare("UPDATE jobs SET next_due = ?2 WHERE number = ?1");
    update.bind(1, number);
    bind(update, 2, due);
    update.execute();
    expect_one(*db, number);
}

bool Jobs::remove(std::int64_t number) {
    auto db = database_.lock();
    Transaction transaction(*db, Transaction::Kind::write);
    auto running = db->prepare("SELECT 1 FROM runs WHERE job = ?1 AND state = 'running'");
    running.bind(1, number);
    if (running.step()) {
        throw Error(Fault::config, "the job cannot be removed while it is running")
            .with_hint("Cancel its run first, and wait some seconds.");
    }
    auto remove = db->prepare("DELETE FROM jobs WHERE number = ?1", "removing a job");
    remove.bind(1, number);
    remove.execute();
    const bool removed = db->changes() > 0;
    transaction.commit();
    return removed;
}

std::vector<JobRecord> Jobs::due(Instant now) {
    auto db = database_.lock();
    auto select = db->prepare(std::string(kColumns) + std::string(kScheduled) +
                              "AND j.next_due <= ?1 ORDER BY j.next_due, j.number");
    select.bind(1, micros(now));
    std::vector<JobRecord> due;
    while (select.step()) due.push_back(read(select));
    return due;
}

std::optional<Instant> Jobs::next_due() {
    auto db = database_.lock();
    auto select = db->prepare("SELECT min(j.next_due) FROM jobs j " + std::string(kScheduled));
    if (!select.step()) return std::nullopt;
    return time_or_null(select, 0);
}

}  // namespace ringtail::control
