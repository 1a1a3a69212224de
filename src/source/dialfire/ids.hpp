#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

// The ids that Dialfire does not deliver (facts/dialfire.md B.7). They must never change: tables of
// years stand on them.
namespace ringtail::dialfire {

// Whether a delivered text can be a key: not empty, no U+0000 (databases cannot hold it there).
bool usable_id(std::string_view text);

// Ids of one contact's transactions. To be asked for every transaction in the order of the task
// log, also for those that a filter leaves out: the order decides who keeps the plain id.
class TransactionIds {
  public:
    explicit TransactionIds(std::string_view contact) : contact_(contact) {}

    // md5(contact + fired); for a further transaction with the same `fired` md5(contact + fired +
    // sequence_nr), and where that is missing (empty) or given too, with "#2", "#3" … behind it
    // (assumption G-6).
    std::string next(std::string_view fired, std::string_view sequence_nr);

  private:
    std::string contact_;
    std::unordered_set<std::string> given_;
    std::unordered_map<std::string, std::size_t> times_;  // text hashed → how often it was wanted
};

// Ids of the recordings of one connection. A recording has md5(connection + started) until its
// location is known and md5(connection + location) from then on. Further recordings with the same
// text get it with "#2", "#3" … behind it: none overwrites another.
class RecordingIds {
  public:
    explicit RecordingIds(std::string_view connection) : connection_(connection) {}

    std::string of_location(std::string_view location) {
        return next(connection_, location, located_);
    }
    std::string of_started(std::string_view started) {
        return next(connection_, started, waiting_);
    }

    // The id that the n-th recording without location and with this start has, n from 1.
    static std::string waiting(std::string_view connection, std::string_view started,
                               std::size_t n);

  private:
    using Times = std::unordered_map<std::string, std::size_t>;
    static std::string next(std::string_view connection, std::string_view text, Times& times);

    std::string connection_;
    Times located_, waiting_;
};

}  // namespace ringtail::dialfire
