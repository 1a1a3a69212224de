#pragma once
#include <functional>
#include <string>

#include "web/router.hpp"

namespace ringtail::web {

// /healthz: the process answers. /readyz: it can do its work; `trouble` says why not, or "".
// /metrics: what `metrics` gives, Prometheus' text. /api/v1/openapi.json: what `router` holds,
// which must live as long as its routes.
void add_service_routes(Router& router, std::function<std::string()> trouble,
                        std::function<std::string()> metrics);

}  // namespace ringtail::web
