#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "control/outbox.hpp"

namespace ringtail::control {

struct DeliveryQuery {
    std::string id;  // a number or a message id; empty: any
    std::optional<DeliveryStatus> status;
    std::string contact;
    std::optional<Instant> since;  // queued since then
    std::size_t limit = SIZE_MAX;  // the newest
};

struct DeliveryRow {
    std::int64_t number = 0;
    std::string message, stream, contact, fired, state;
    DeliveryStatus status = DeliveryStatus::waiting;
    std::uint64_t attempts = 0;  // made in all
    Instant due, created;
    std::optional<Instant> finished;
    bool superseded = false;  // the same transaction was queued again later
};

// All deliveries of an outbox file, to look at and to mend by hand; also while they are made.
class DeliveryBook {
  public:
    // Error(config) when there is no such file.
    explicit DeliveryBook(const std::string& path);

    // Oldest first.
    std::vector<DeliveryRow> find(const DeliveryQuery& query);
    // Empty once it has been forgotten.
    std::string body(std::int64_t number);
    std::vector<Attempt> attempts(std::int64_t number);

    struct Retried {
        std::uint64_t waiting = 0, superseded = 0;
    };
    // Dead letters become waiting again, with all their attempts before them; not those whose
    // transaction was queued again later, as old content must not come after new.
    Retried retry(const DeliveryQuery& query, Instant now);
    // Forgets what was delivered, and dead letters, before `before`. How many.
    std::uint64_t purge(Instant before);

  private:
    sqlite::Connection db_;
};

}  // namespace ringtail::control
