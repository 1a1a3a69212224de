#pragma once
#include <vector>

#include "cli/settings.hpp"

namespace ringtail::cli {

// The flags for a web service as destination, and what they say.
std::vector<Flag> webhook_flags();
void read_webhook(const Settings& settings, WebhookPlan& plan);

}  // namespace ringtail::cli
