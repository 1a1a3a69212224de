#pragma once
#include <condition_variable>
#include <exception>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "control/store.hpp"
#include "delivery/worker.hpp"
#include "http/reach.hpp"
#include "jobs/source_kind.hpp"

namespace ringtail::jobs {

// The outbox of a source whose destination is a web service.
std::string outbox_file(const std::string& folder, std::int64_t source);

struct DeliveryOptions {
    std::string folder;  // of the outboxes
    http::Reach reach = http::Reach::public_only;
    std::chrono::milliseconds look{1'000};  // for sources that were added or changed
};

// Delivers what the outboxes of the enabled sources owe, each on a thread of its own, while runs
// put more into them. Safe from several threads.
class Deliveries {
  public:
    Deliveries(control::Store& store, std::vector<const SourceKind*> kinds, DeliveryOptions options,
               Clock& clock, Logger& log, Metrics& metrics);
    ~Deliveries();  // waits as delivery::Worker::finish() does, for all at once
    Deliveries(const Deliveries&) = delete;
    Deliveries& operator=(const Deliveries&) = delete;

    // Begins no more attempts. Returns at once.
    void close();
    // Something was queued for this source.
    void wake(std::int64_t source);
    // Throws when nothing can be delivered for this source: Error(config) when the receiver is at a
    // private address and the options forbid that, or what has ended its deliveries (410).
    void check(std::int64_t source, const std::string& url);

  private:
    struct Post;
    using Posts = std::map<std::int64_t, std::unique_ptr<Post>>;

    void loop(const std::stop_token& stop);
    void step();
    Posts wanted();
    void begin(Post& post);
    void measure();

    control::Store& store_;
    const std::vector<const SourceKind*> kinds_;
    const DeliveryOptions options_;
    Clock& clock_;
    Logger& log_;
    Metrics& metrics_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    bool closed_ = false;
    Posts posts_;
    Instant measured_;
    std::jthread thread_;  // last
};

}  // namespace ringtail::jobs
