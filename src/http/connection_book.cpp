#include "http/connection_book.hpp"

#include "http/session.hpp"

namespace ringtail::http {

void ConnectionBook::add(Session& session) {
    std::lock_guard lock(mutex_);
    auto& order = orders_[static_cast<std::size_t>(Waits::idle)];
    order.push_back(&session);
    entries_[&session] = Entry{Waits::idle, std::prev(order.end())};
}

void ConnectionBook::remove(Session& session) {
    std::lock_guard lock(mutex_);
    const auto found = entries_.find(&session);
    if (found == entries_.end()) return;
    orders_[static_cast<std::size_t>(found->second.waits)].erase(found->second.place);
    entries_.erase(found);
}

void ConnectionBook::waits(Session& session, Waits what) {
    std::lock_guard lock(mutex_);
    put(session, entries_.at(&session), what);
}

// Splicing keeps the node: no memory is asked for with each request.
void ConnectionBook::put(Session& session, Entry& entry, Waits what) {
    auto& from = orders_[static_cast<std::size_t>(entry.waits)];
    auto& to = orders_[static_cast<std::size_t>(what)];
    *entry.place = &session;
    to.splice(to.end(), from, entry.place);
    entry.waits = what;
}

std::size_t ConnectionBook::size() const {
    std::lock_guard lock(mutex_);
    return entries_.size();
}

std::shared_ptr<Session> ConnectionBook::take_dispensable() {
    std::lock_guard lock(mutex_);
    for (const Waits what : {Waits::idle, Waits::receiving})
        for (Session* session : orders_[static_cast<std::size_t>(what)])
            if (auto open = session->weak_from_this().lock()) {
                put(*session, entries_.at(session), Waits::no);
                return open;
            }
    return nullptr;
}

std::vector<std::shared_ptr<Session>> ConnectionBook::all() const {
    std::lock_guard lock(mutex_);
    std::vector<std::shared_ptr<Session>> open;
    open.reserve(entries_.size());
    for (const auto& [session, entry] : entries_)
        if (auto alive = session->weak_from_this().lock()) open.push_back(std::move(alive));
    return open;
}

}  // namespace ringtail::http
