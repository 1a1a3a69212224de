#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.hpp"
#include "cli/plan.hpp"

namespace ringtail::cli {

// Where the old client kept its state: /var/opt/dbsync2/CAMPAIGN.json, then
// $HOME/.dbsync2/CAMPAIGN.json. Where RINGTAIL_ROOT is set it stands in front of /var.
std::vector<std::string> state_files(const Environment& environment, std::string_view campaign);

// Where the outbox of a campaign's deliveries is or goes: CAMPAIGN.outbox.db in the first of these
// folders that has it; otherwise in the first that can be written to. Error(config) when it cannot
// be written.
std::string place_outbox(const Environment& environment, std::string_view campaign);

// The instant in the first file that is there, as UTC in Dialfire's form. A file that cannot be
// read or holds something else is named in a warning, and the next one is tried.
std::optional<std::string> read_old_state(const std::vector<std::string>& files, Logger& log);

// The value of "timestamp" in the old client's state text; nothing when it is damaged.
std::optional<std::string> parse_old_state(std::string_view text);

}  // namespace ringtail::cli
