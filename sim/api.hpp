#pragma once
#include <atomic>
#include <deque>
#include <map>
#include <mutex>
#include <set>

#include "campaign.hpp"
#include "cursor.hpp"
#include "faults.hpp"
#include "http/server.hpp"

namespace ringtail::sim {

// Dialfire's five calls over a Campaign (facts/dialfire.md A.2), spoilt by Faults. Safe from any
// thread.
class Api {
  public:
    Api(const Options& options, Campaign& campaign, Faults& faults);
    http::Answer answer(const http::ServerRequest& request);

    void set_latency(std::chrono::milliseconds latency) { latency_ms_ = latency.count(); }
    Stats stats() const;
    void reset_stats();
    std::vector<RequestLine> requests() const;

  private:
    struct Call {
        const http::ServerRequest& request;
        std::string_view endpoint;  // "contacts/list" …
        std::string_view name;      // … and its name in Stats::requests
        std::optional<FaultRule> fault;
        std::size_t ids = 0;
    };
    http::Answer dispatch(Call& call);
    http::Answer fields();
    http::Answer list(Call& call);
    http::Answer contacts(Call& call);
    http::Answer events(Call& call);
    http::Answer inbound(Call& call);
    // One page as {"count","results","cursor"}, or a 400 where the cursor is not the query's.
    template <typename Read>
    http::Answer page(Call& call, const Read& read);
    bool refused_once(std::uint64_t query, const Cursor& cursor);
    void note(const Call& call, const http::Answer& answer);

    const std::string prefix_, bearer_;
    Campaign& campaign_;
    Faults& faults_;
    std::atomic<std::int64_t> latency_ms_;
    std::shared_ptr<std::atomic<std::uint64_t>> in_flight_ =
        std::make_shared<std::atomic<std::uint64_t>>(0);
    std::atomic<std::uint64_t> served_{0};
    mutable std::mutex mutex_;
    Stats stats_;
    std::deque<RequestLine> log_;
    std::set<std::uint64_t> refused_;  // queries whose cursor was refused (G-10)
};

}  // namespace ringtail::sim
