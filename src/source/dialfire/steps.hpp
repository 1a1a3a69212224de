#pragma once
#include <memory>
#include <optional>
#include <set>
#include <stop_token>
#include <string>

#include "source/dialfire/api.hpp"
#include "source/dialfire/position.hpp"
#include "source/dialfire/requests.hpp"
#include "source/source.hpp"

namespace ringtail::dialfire {

// What the steps of a round share. `position` is what will be stored once everything queued so far
// is.
struct Reading {
    const Options& options;
    Api& api;
    Clock& clock;
    Logger& log;
    Stored& stored;
    const Table& contacts;
    Position& position;
    Requests& requests;
};

// One thing to do in a round.
class Step {
  public:
    virtual ~Step() = default;
    // Reads one more page of what is to be read and queues what follows from it. False when that
    // was the last one.
    virtual bool plan(std::stop_token stop) = 0;
    // False: what is queued must be used first, as what follows depends on its answers.
    virtual bool ready() const { return true; }
};

// Contacts whose open calls are due to be asked again.
std::unique_ptr<Step> make_recheck_step(Reading reading);

// Walks position.listing and the passes after it: what is listed with another md5 than stored is
// fetched.
std::unique_ptr<Step> make_listing_step(Reading reading, std::string run);

// Transaction events from position.events_to less the overlap until now, in windows of at most an
// hour.
std::unique_ptr<Step> make_event_step(Reading reading);

// Inbound calls of position.inbound.
std::unique_ptr<Step> make_inbound_step(Reading reading);

// The instant of a --since text (a date, or a date and time), less a day: whether the service means
// UTC is not known, and contacts may move between days while they are listed (assumption G-3).
Instant day_before(const std::string& since);

// Counts how often a listing had to begin again as its cursor was no longer accepted; Error(data)
// when it is hopeless.
class Restarts {
  public:
    void count(std::string_view what);
    void progress() { without_progress_ = 0; }

  private:
    int without_progress_ = 0;
};

}  // namespace ringtail::dialfire
