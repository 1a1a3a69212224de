#include <fmt/core.h>

#include "base/error.hpp"
#include "control/columns.hpp"
#include "control/sources.hpp"

namespace ringtail::control {
namespace {

using sqlite::Transaction;

constexpr std::string_view kColumns = "SELECT number, name, shown, created FROM destinations ";

DestinationRecord read(const sqlite::Statement& row) {
    return {row.integer(0), std::string(row.text(1)), std::string(row.text(2)), time(row, 3)};
}

void check_free(sqlite::Connection& db, std::string_view name, std::int64_t but) {
    auto select = db.prepare("SELECT 1 FROM destinations WHERE name = ?1 AND number <> ?2");
    select.bind(1, name);
    select.bind(2, but);
    if (!select.step()) return;
    throw Error(Fault::config, fmt::format("there is a destination named {} already", name))
        .with_hint("Choose another name, or use that one.");
}

Error no_such_number(std::int64_t number) {
    return Error(Fault::config, fmt::format("there is no destination number {}", number));
}

}  // namespace

std::int64_t Destinations::add(std::string_view name, std::string_view url, std::string_view shown,
                               Instant now) {
    check_name("destination", name);
    const std::string sealed = secrets_.seal(url);
    auto db = database_.lock();
    Transaction transaction(*db, Transaction::Kind::write);
    check_free(*db, name, 0);
    auto insert = db->prepare(
        "INSERT INTO destinations (name, url, shown, created) VALUES (?1, ?2, ?3, ?4) "
        "RETURNING number",
        "adding a destination");
    insert.bind(1, name);
    insert.bind_blob(2, sealed);
    insert.bind(3, shown);
    insert.bind(4, micros(now));
    const std::int64_t number = insert.step() ? insert.integer(0) : 0;
    insert.reset();
    transaction.commit();
    return number;
}

std::optional<DestinationRecord> Destinations::find(std::int64_t number) {
    auto db = database_.lock();
    auto select = db->prepare(std::string(kColumns) + "WHERE number = ?1");
    select.bind(1, number);
    if (!select.step()) return std::nullopt;
    return read(select);
}

std::optional<DestinationRecord> Destinations::find(std::string_view name) {
    auto db = database_.lock();
    auto select = db->prepare(std::string(kColumns) + "WHERE name = ?1");
    select.bind(1, name);
    if (!select.step()) return std::nullopt;
    return read(select);
}

std::vector<DestinationRecord> Destinations::list() {
    auto db = database_.lock();
    auto select = db->prepare(std::string(kColumns) + "ORDER BY name");
    std::vector<DestinationRecord> all;
    while (select.step()) all.push_back(read(select));
    return all;
}

std::string Destinations::url(std::int64_t number) {
    std::string sealed;
    {
        auto db = database_.lock();
        auto select = db->prepare("SELECT url FROM destinations WHERE number = ?1");
        select.bind(1, number);
        if (!select.step()) throw no_such_number(number);
        sealed = select.text(0);
    }
    return secrets_.open(sealed);
}

void Destinations::update(std::int64_t number, std::string_view name, std::string_view url,
                          std::string_view shown) {
    check_name("destination", name);
    const std::string sealed = secrets_.seal(url);
    auto db = database_.lock();
    Transaction transaction(*db, Transaction::Kind::write);
    check_free(*db, name, number);
    auto update =
        db->prepare("UPDATE destinations SET name = ?2, url = ?3, shown = ?4 WHERE number = ?1",
                    "changing a destination");
    update.bind(1, number);
    update.bind(2, name);
    update.bind_blob(3, sealed);
    update.bind(4, shown);
    update.execute();
    if (db->changes() == 0) throw no_such_number(number);
    transaction.commit();
}

bool Destinations::remove(std::int64_t number) {
    auto db = database_.lock();
    Transaction transaction(*db, Transaction::Kind::write);
    auto used = db->prepare(
        "SELECT group_concat(name, ', ') FROM sources WHERE destination = ?1 HAVING count(*) > 0");
    used.bind(1, number);
    if (used.step()) {
        throw Error(Fault::config,
                    fmt::format("the destination is used by {}", std::string(used.text(0))))
            .with_hint("Give these sources another destination first, or remove them.");
    }
    auto remove = db->prepare("DELETE FROM destinations WHERE number = ?1");
    remove.bind(1, number);
    remove.execute();
    const bool removed = db->changes() > 0;
    transaction.commit();
    return removed;
}

}  // namespace ringtail::control
