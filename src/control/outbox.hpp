#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/clock.hpp"
#include "control/database.hpp"
#include "sqlite/connection.hpp"

// Deliveries owed to a web service, in a SQLite file of their own: what has been sent, what not,
// and what was answered. A commit is on disk when a call returns.
namespace ringtail::control {

// waiting: the next of its contact; behind: another of its contact comes first. done and dead are
// final, though a dead one can be made waiting again.
enum class DeliveryStatus : std::uint8_t { waiting, behind, done, dead };
std::string_view name_of(DeliveryStatus status);

struct Delivery {
    std::int64_t number = 0;  // by age; order per contact
    std::string message;      // its id for the receiver: the same over retries and restarts
    std::string contact, fired, state;
    std::string body;
    unsigned attempts = 0;  // that count against the limit
    Instant due;
};

struct Attempt {
    Instant at;
    int status = 0;  // of the answer; 0: there was none
    std::chrono::milliseconds took{0};
    std::string answer;  // its beginning, or why there was none
};

// What became of one attempt.
struct Settlement {
    std::int64_t number = 0;
    std::string contact;
    Attempt attempt;
    DeliveryStatus status = DeliveryStatus::done;  // waiting: again, at `due`
    Instant due;
    bool counts = true;  // against the limit of attempts
};

struct OutboxCounts {
    std::uint64_t waiting = 0, done = 0, dead = 0;
};

// One stream's part of an outbox file. One connection: for one thread at a time; several objects
// and processes may share the file. Errors as sqlite/error.hpp says.
class Outbox {
  public:
    // Makes the file where there is none. Error(config) when it cannot be written.
    Outbox(const std::string& path, std::string stream);

    // When the stream's deliveries begin: `wanted`, which is remembered from now on; or what is
    // remembered; or `now`, and that is remembered.
    Instant since(std::optional<Instant> wanted, Instant now);

    // The waiting deliveries that are due, longest due first, each contact's next only; without
    // those in `but`.
    std::vector<Delivery> due(Instant now, std::size_t limit,
                              const std::unordered_set<std::int64_t>& but);
    // When the next one not in `but` is due.
    std::optional<Instant> next_due(const std::unordered_set<std::int64_t>& but);
    // Whether any delivery is neither done nor dead.
    bool owes();
    // All or nothing; the next delivery of a contact becomes waiting when the one before is final.
    void settle(std::span<const Settlement> settlements, Instant now);

    OutboxCounts counts();
    std::uint64_t waiting();  // of them alone, which takes less time
    // Forgets what was delivered before `before`, some thousands of them at a time, and gives room
    // in the file back. The marks stay. True when there is more to do.
    bool shrink(Instant before);
    // What the file holds, without the room that can be used again.
    std::uint64_t bytes();

    // Queues a transaction inside the caller's write transaction, unless its JSON is the one queued
    // last. `id` has 32 hex digits.
    enum class Queued : std::uint8_t { fresh, changed, unchanged };
    Queued enqueue(std::string_view id, std::string_view contact, std::string_view fired,
                   std::string_view contact_json, std::string_view transaction_json, Instant now);

    sqlite::Connection& db() { return db_; }
    const std::string& stream() const { return stream_; }
    std::int64_t stream_number() const { return stream_number_; }

  private:
    sqlite::Connection db_;
    std::string stream_;
    std::int64_t stream_number_ = 0;
    // Prepared once, as thousands a second run.
    struct Statements {
        sqlite::Statement mark, set_mark, is_owed, insert, insert_body;
        sqlite::Statement due, attempt, settle, promote;
    };
    std::optional<Statements> run_;
};

// The bytes that `hex` stands for.
std::string bytes_of_hex(std::string_view hex);

}  // namespace ringtail::control
