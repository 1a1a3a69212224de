#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "control/api_keys.hpp"
#include "control/database.hpp"
#include "control/floors.hpp"
#include "control/jobs.hpp"
#include "control/journal.hpp"
#include "control/runs.hpp"
#include "control/secrets.hpp"
#include "control/sources.hpp"

namespace ringtail::control {

struct StoreFiles {
    std::string database;  // …/control.db
    std::string key;       // …/secret.key

    static StoreFiles in(const std::string& folder) {
        return {folder + "/control.db", folder + "/secret.key"};
    }
};

// The control store: one SQLite file that several threads and processes (the service, the CLI) use
// at once. A change is on disk when the call returns, where runs.hpp does not say otherwise. All
// calls are safe from any thread; they block for as long as another process writes, and throw Error
// as sqlite/error.hpp says. Unknown numbers are no error where a result can say so; else
// Error(config).
class Store {
  public:
    // Makes the file where there is none, and brings an older one up to date. Error(config) when a
    // newer Ringtail wrote it.
    explicit Store(const StoreFiles& files);

    Sources& sources() { return sources_; }
    Destinations& destinations() { return destinations_; }
    Jobs& jobs() { return jobs_; }
    Runs& runs() { return runs_; }
    Journal& journal() { return journal_; }
    ApiKeys& keys() { return keys_; }
    Floors& floors() { return floors_; }
    Secrets& secrets() { return secrets_; }

    // Small settings of the service's own.
    std::optional<std::string> setting(std::string_view name);
    void set_setting(std::string_view name, std::string_view value);

    // Another number than before when another process, or another Store, has changed the file.
    std::int64_t version();

  private:
    Database database_;
    Secrets secrets_;
    Sources sources_;
    Destinations destinations_;
    Jobs jobs_;
    Runs runs_;
    Journal journal_;
    ApiKeys keys_;
    Floors floors_;
};

}  // namespace ringtail::control
