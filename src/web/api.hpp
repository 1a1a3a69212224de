#pragma once
#include <functional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/metrics.hpp"
#include "control/inbox.hpp"
#include "control/store.hpp"
#include "web/actions.hpp"
#include "web/router.hpp"

namespace ringtail::web {

// What the routes work on.
struct ApiParts {
    control::Store& store;
    Actions& actions;
    Clock& clock;
    std::string public_url;  // in front of hook addresses; "" when it is not known
    std::function<void(std::int64_t)> forget_hooks;  // of a source that is gone
    // The newest webhooks of a source that were no calls.
    std::function<std::vector<control::HookReject>(std::int64_t source, std::size_t limit)> rejects;
};

// The routes below /api/v1. `parts` must live as long as the router.
void add_api_routes(Router& router, ApiParts& parts);

// Each group of them has a file of its own (api_*.cpp).
void add_source_routes(Router& router, ApiParts& parts);
void add_destination_routes(Router& router, ApiParts& parts);
void add_job_routes(Router& router, ApiParts& parts);
void add_run_routes(Router& router, ApiParts& parts);
void add_journal_routes(Router& router, ApiParts& parts);

}  // namespace ringtail::web
