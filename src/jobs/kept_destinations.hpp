#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/clock.hpp"
#include "jobs/source_kind.hpp"

namespace ringtail::jobs {

// Opens destinations as `opener` does, and keeps what runs have done with for the next ones: to
// connect costs more than a short run does. What has failed once is not used again, nor is anything
// shared by two at a time. Safe from any thread.
class KeptDestinations {
  public:
    KeptDestinations(DestinationOpener opener, const Clock& clock);
    ~KeptDestinations();
    KeptDestinations(const KeptDestinations&) = delete;
    KeptDestinations& operator=(const KeptDestinations&) = delete;

    // What the factory makes may outlive this object.
    OpenedDestination open(const std::string& url);
    // Closes what nobody has used for some seconds. Call it every second or so.
    void close_idle();

  private:
    class Place;

    const DestinationOpener opener_;
    const Clock& clock_;
    std::mutex mutex_;
    std::map<std::string, std::shared_ptr<Place>> places_;  // by URL
};

}  // namespace ringtail::jobs
