#pragma once
#include "jobs/run_one.hpp"

namespace ringtail::jobs {

// Whether webhooks, or another run of the task's source, wait: a long run gives its place to them
// and goes on after them. Queues the run that loads the webhooks.
bool others_wait(const Workshop& shop, const Task& task);

}  // namespace ringtail::jobs
