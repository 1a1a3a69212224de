#include "control/store.hpp"

#include "control/migrations.hpp"

namespace ringtail::control {
namespace {

sqlite::Options options() {
    sqlite::Options options;
    options.busy = std::chrono::seconds(30);
    options.cache_bytes = 4U << 20U;
    options.can_shrink = true;
    return options;
}

}  // namespace

Store::Store(const StoreFiles& files)
    : database_(files.database, options()),
      secrets_(database_, files.key),
      sources_(database_, secrets_),
      destinations_(database_, secrets_),
      jobs_(database_),
      runs_(database_),
      journal_(database_),
      keys_(database_),
      floors_(database_) {
    auto db = database_.lock();
    migrate(*db, control_migrations());
}

std::optional<std::string> Store::setting(std::string_view name) {
    auto db = database_.lock();
    auto select = db->prepare("SELECT value FROM settings WHERE name = ?1");
    select.bind(1, name);
    if (!select.step()) return std::nullopt;
    return std::string(select.text(0));
}

void Store::set_setting(std::string_view name, std::string_view value) {
    auto db = database_.lock();
    auto upsert = db->prepare(
        "INSERT INTO settings (name, value) VALUES (?1, ?2) "
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE value <> excluded.value");
    upsert.bind(1, name);
    upsert.bind(2, value);
    upsert.execute();
}

std::int64_t Store::version() {
    auto db = database_.lock();
    auto select = db->prepare("PRAGMA data_version");
    return select.step() ? select.integer(0) : 0;
}

}  // namespace ringtail::control
