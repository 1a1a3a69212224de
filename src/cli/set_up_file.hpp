#pragma once
#include <span>
#include <string>
#include <vector>

#include "cli/service_parts.hpp"
#include "config/steps.hpp"

namespace ringtail::cli {

// What makes the store as the file says (docs/configuration.md); each step does its part when it is
// called. Error(config) names file, line, key and what is allowed. `parts` must outlive the steps.
std::vector<config::Step> set_up_steps(const std::string& file, bool prune, ServiceParts& parts,
                                       Context& context);

// Error(config) where one of the steps takes something away from a report's tables.
void refuse_taking_away(std::span<const config::Step> steps, const std::string& file);

}  // namespace ringtail::cli
