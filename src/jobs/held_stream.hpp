#pragma once
#include <string>
#include <string_view>

#include "base/log.hpp"
#include "destination/destination.hpp"

namespace ringtail::jobs {

// A stream's lease, for as long as it lives. It must not outlive the destination.
class HeldStream {
  public:
    // Errors as those of StreamStore::hold().
    HeldStream(Destination& destination, std::string stream, std::string_view holder, Logger& log);
    ~HeldStream();  // what cannot be given back runs out by itself
    HeldStream(const HeldStream&) = delete;
    HeldStream& operator=(const HeldStream&) = delete;

    void renew() { destination_.streams().hold(stream_, holder_); }

  private:
    Destination& destination_;
    const std::string stream_, holder_;
    Logger& log_;
};

}  // namespace ringtail::jobs
