#include "control/migrations.hpp"

#include <fmt/core.h>

#include "base/error.hpp"
#include "base/failpoint.hpp"

namespace ringtail::control {
namespace {

std::size_t version_of(sqlite::Connection& db) {
    auto select = db.prepare("PRAGMA user_version", "reading the version");
    const std::int64_t version = select.step() ? select.integer(0) : 0;
    select.reset();
    return static_cast<std::size_t>(version);
}

}  // namespace

void migrate(sqlite::Connection& db, std::span<const char* const> scripts) {
    std::size_t version = version_of(db);
    while (version < scripts.size()) {
        sqlite::Transaction transaction(db, sqlite::Transaction::Kind::write);
        version = version_of(db);  // another process may have been first
        if (version < scripts.size()) {
            db.run(scripts[version]);
            failpoint("migrating");
            db.run(fmt::format("PRAGMA user_version = {}", ++version));
        }
        transaction.commit();
    }
    if (version == scripts.size()) return;
    throw Error(
        Fault::config,
        fmt::format("{} was written by a newer Ringtail: it has version {}, and this program "
                    "knows versions up to {}",
                    db.path(), version, scripts.size()))
        .with_hint("Use the newer program, or restore the file from before the upgrade.");
}

}  // namespace ringtail::control
