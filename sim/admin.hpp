#pragma once
#include "http/server.hpp"
#include "simulation.hpp"

namespace ringtail::sim {

class Campaign;

// The calls under /sim/ that steer a running stand-in (sim/README.md). They need no token and have
// no latency or faults. `campaign` must outlive the answer's body, which the truth is read into
// piece by piece.
http::Answer answer_admin(const http::ServerRequest& request, Simulation& simulation,
                          const Campaign& campaign);

}  // namespace ringtail::sim
