#pragma once
#include <string>
#include <vector>

#include "cli/service_parts.hpp"
#include "config/steps.hpp"

namespace ringtail::cli {

// What makes the store as the file says (docs/configuration.md); each step does its part when it is
// called. Error(config) names file, line, key and what is allowed. `parts` must outlive the steps.
std::vector<config::Step> set_up_steps(const std::string& file, bool prune, ServiceParts& parts,
                                       Context& context);

}  // namespace ringtail::cli
