#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace ringtail::http {

class Session;

// The open connections of a server, and which of them wait for their client. Safe to use from any
// thread.
class ConnectionBook {
  public:
    // idle: for a request to begin; receiving: for the rest of one; no: the client waits for us.
    enum class Waits : std::uint8_t { idle, receiving, no };

    void add(Session& session);  // idle
    void remove(Session& session);
    void waits(Session& session, Waits what);
    std::size_t size() const;

    // The connection whose closing harms least: the one that is idle for longest or, when none is,
    // the one whose request has been arriving for longest. Not named again until it does
    // something. Nothing when every client waits for an answer.
    std::shared_ptr<Session> take_dispensable();
    std::vector<std::shared_ptr<Session>> all() const;

  private:
    using Order = std::list<Session*>;  // whoever waits for longest is in front
    struct Entry {
        Waits waits = Waits::no;
        Order::iterator place;
    };
    void put(Session& session, Entry& entry, Waits what);

    mutable std::mutex mutex_;
    std::unordered_map<Session*, Entry> entries_;
    std::array<Order, 3> orders_;  // one for each of Waits
};

}  // namespace ringtail::http
