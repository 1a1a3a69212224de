#include "control/floors.hpp"

namespace ringtail::control {

void Floors::raise(std::int64_t source, std::string_view table, Instant floor) {
    auto db = database_.lock();
    auto upsert = db->prepare(
        "INSERT INTO floors (source, table_name, floor) VALUES (?1, ?2, ?3) "
        "ON CONFLICT (source, table_name) DO UPDATE SET floor = excluded.floor "
        "WHERE floor < excluded.floor",
        "storing what is not to be loaded again");
    upsert.bind(1, source);
    upsert.bind(2, table);
    upsert.bind(3, micros(floor));
    upsert.execute();
}

FloorMap Floors::of(std::int64_t source) {
    auto db = database_.lock();
    auto select = db->prepare("SELECT table_name, floor FROM floors WHERE source = ?1");
    select.bind(1, source);
    FloorMap floors;
    while (select.step()) floors.emplace(select.text(0), from_micros(select.integer(1)));
    return floors;
}

bool Floors::lift(std::int64_t source) {
    auto db = database_.lock();
    auto remove = db->prepare("DELETE FROM floors WHERE source = ?1");
    remove.bind(1, source);
    remove.execute();
    return db->changes() > 0;
}

}  // namespace ringtail::control
