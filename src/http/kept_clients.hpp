#pragma once
#include <iterator>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "http/client.hpp"

namespace ringtail::http {

// Clients that somebody has done with, with their connections to servers, for who asks next in the
// same way: a new one costs a thread, and a handshake with each server. Safe from any thread.
class KeptClients {
  public:
    std::unique_ptr<Client> take(const ClientOptions& options, Logger& log) {
        {
            const std::scoped_lock lock(mutex_);
            for (auto at = idle_.rbegin(); at != idle_.rend(); ++at) {
                if (at->first != options) continue;
                auto client = std::move(at->second);
                idle_.erase(std::next(at).base());
                return client;
            }
        }
        return std::make_unique<Client>(options, log);
    }
    // One that has nothing under way. When there are enough, the one that has lain longest goes.
    void give_back(const ClientOptions& options, std::unique_ptr<Client> client) {
        std::unique_ptr<Client> gone;  // outlives the lock, as its end may take a moment
        const std::scoped_lock lock(mutex_);
        if (idle_.size() >= kMostIdle) {
            gone = std::move(idle_.front().second);
            idle_.erase(idle_.begin());
        }
        idle_.emplace_back(options, std::move(client));
    }

  private:
    static constexpr std::size_t kMostIdle = 8;

    std::mutex mutex_;
    std::vector<std::pair<ClientOptions, std::unique_ptr<Client>>> idle_;  // the youngest last
};

}  // namespace ringtail::http
