#pragma once
#include <string>
#include <string_view>

namespace ringtail {

// Who holds a lease: "host/boot-id/pid-namespace/pid/start-time". Unique to this process for as
// long as the machine lives.
std::string this_holder();

// True when `holder` was a process of this very machine, boot and pid namespace that no longer
// runs.
bool is_dead(std::string_view holder);

// "process 4711 on host db1", for messages.
std::string describe_holder(std::string_view holder);

}  // namespace ringtail
