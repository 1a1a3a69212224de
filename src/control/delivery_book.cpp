#include "control/delivery_book.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>

#include "base/error.hpp"

namespace ringtail::control {
namespace {

using sqlite::Transaction;

const std::string& existing(const std::string& path) {
    std::error_code ignored;
    if (std::filesystem::exists(path, ignored)) return path;
    throw Error(Fault::config, "there is no outbox " + path)
        .with_hint("Name it with --state, or its campaign with --campaign.");
}

constexpr std::string_view kColumns =
    "SELECT d.number, d.message, s.name, d.contact, d.fired, d.state, d.status, d.tries, d.due, "
    "d.created, d.finished, EXISTS (SELECT 1 FROM deliveries l WHERE l.stream = d.stream AND l.key "
    "= d.key AND l.number > d.number) FROM deliveries d JOIN outbox_streams s ON s.number = "
    "d.stream WHERE (?1 = '' OR d.message = ?1 OR CAST(d.number AS TEXT) = ?1) AND (?2 IS NULL OR "
    "d.status = ?2) AND (?3 = '' OR d.contact = ?3) AND (?4 IS NULL OR d.created >= ?4) ORDER BY "
    "d.number DESC LIMIT ?5";

}  // namespace

DeliveryBook::DeliveryBook(const std::string& path)
    : db_(existing(path), {.busy = std::chrono::seconds(60)}) {}

std::vector<DeliveryRow> DeliveryBook::find(const DeliveryQuery& query) {
    auto select = db_.prepare(kColumns);
    select.bind(1, query.id);
    if (query.status) select.bind(2, static_cast<std::int64_t>(*query.status));
    select.bind(3, query.contact);
    if (query.since) select.bind(4, micros(*query.since));
    select.bind(5, static_cast<std::int64_t>(std::min<std::size_t>(query.limit, INT64_MAX)));
    std::vector<DeliveryRow> rows;
    while (select.step()) {
        DeliveryRow row;
        row.number = select.integer(0);
        row.message = select.text(1);
        row.stream = select.text(2);
        row.contact = select.text(3);
        row.fired = select.text(4);
        row.state = select.text(5);
        row.status = static_cast<DeliveryStatus>(select.integer(6));
        row.attempts = static_cast<std::uint64_t>(select.integer(7));
        row.due = from_micros(select.integer(8));
        row.created = from_micros(select.integer(9));
        if (!select.is_null(10)) row.finished = from_micros(select.integer(10));
        row.superseded = select.integer(11) != 0;
        rows.push_back(std::move(row));
    }
    std::ranges::reverse(rows);
    return rows;
}

std::string DeliveryBook::body(std::int64_t number) {
    auto select = db_.prepare("SELECT body FROM delivery_bodies WHERE delivery = ?1");
    select.bind(1, number);
    return select.step() ? std::string(select.text(0)) : std::string();
}

std::vector<Attempt> DeliveryBook::attempts(std::int64_t number) {
    auto select = db_.prepare(
        "SELECT at, status, ms, answer FROM delivery_attempts WHERE delivery = ?1 ORDER BY number");
    select.bind(1, number);
    std::vector<Attempt> attempts;
    while (select.step()) {
        attempts.push_back({from_micros(select.integer(0)), static_cast<int>(select.integer(1)),
                            std::chrono::milliseconds(select.integer(2)),
                            std::string(select.text(3))});
    }
    return attempts;
}

DeliveryBook::Retried DeliveryBook::retry(const DeliveryQuery& query, Instant now) {
    Retried retried;
    Transaction transaction(db_, Transaction::Kind::write);
    DeliveryQuery dead = query;
    dead.status = DeliveryStatus::dead;
    auto update = db_.prepare(
        "UPDATE deliveries SET attempts = 0, finished = NULL, due = ?2, status = EXISTS (SELECT 1 "
        "FROM deliveries o WHERE o.stream = deliveries.stream AND o.contact = deliveries.contact "
        "AND o.status < 2) WHERE number = ?1");
    for (const DeliveryRow& row : find(dead)) {
        ++(row.superseded ? retried.superseded : retried.waiting);
        if (row.superseded) continue;
        update.bind(1, row.number);
        update.bind(2, micros(now));
        update.execute();
    }
    transaction.commit();
    return retried;
}

std::uint64_t DeliveryBook::purge(Instant before) {
    const std::string old = fmt::format(
        "(SELECT number FROM deliveries WHERE status >= 2 AND finished < {})", micros(before));
    Transaction transaction(db_, Transaction::Kind::write);
    db_.run("DELETE FROM delivery_bodies WHERE delivery IN " + old);
    db_.run("DELETE FROM delivery_attempts WHERE delivery IN " + old);
    db_.run("DELETE FROM deliveries WHERE number IN " + old);
    const auto count = static_cast<std::uint64_t>(db_.changes());
    transaction.commit();
    db_.run("PRAGMA incremental_vacuum");
    return count;
}

}  // namespace ringtail::control
