#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "cli/plan.hpp"

// The old client's command line (facts/dialfire.md C.1 to C.3), pure: no files, no connections.
namespace ringtail::cli {

enum class Mode : std::uint8_t { webhook, db_init, db_update, db_sync };
std::string_view name_of(Mode mode);

struct Dbsync2Options {
    bool help = false;  // nothing else is filled then
    Mode mode = Mode::db_sync;
    std::optional<std::string> start;  // --s, as UTC
    bool verbose = false;              // --v
    bool profiler = false;             // --p
    Plan plan;                         // without its First and log_file
};

// Flag beats DBSYNC_FLAG beats DBSYNCFLAG beats the default. A variable that is set but empty
// counts as not set, except for the table prefix, where empty means something. Error(config) with
// the old client's texts for a missing campaign, token or mode.
Dbsync2Options parse_dbsync2(std::span<const std::string> words, const Environment& environment);

// The old client's checks of --url in the database modes, with its texts.
void check_database_url(const std::string& url);

// The same for webhook: an http or https address.
void check_webhook_url(const std::string& url);

// What is listed first: depends on mode, --s, and for db_sync the old client's last state.
dialfire::First first_listing(const Dbsync2Options& options,
                              const std::optional<std::string>& old_state, Instant now);

}  // namespace ringtail::cli
