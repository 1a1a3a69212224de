#include "web/api.hpp"

namespace ringtail::web {

void add_api_routes(Router& router, ApiParts& parts) {
    add_source_routes(router, parts);
    add_destination_routes(router, parts);
    add_job_routes(router, parts);
    add_run_routes(router, parts);
    add_journal_routes(router, parts);
}

}  // namespace ringtail::web
