#pragma once
#include <string_view>

namespace ringtail {

// A named place where a test can kill the process: RINGTAIL_FAILPOINT="merge_done" or
// "merge_done:3" (at the third passing) in the environment makes it die there as by kill -9.
// Without the variable this costs one load and a branch.
void failpoint(std::string_view name);

}  // namespace ringtail
