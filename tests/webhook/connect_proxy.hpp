#pragma once
#include <cstdint>
#include <list>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace ringtail::webhook {

// An HTTP proxy that knows CONNECT only: whatever host is asked for, it leads to one port of this
// machine.
class ConnectProxy {
  public:
    explicit ConnectProxy(std::uint16_t leads_to);
    ~ConnectProxy();
    ConnectProxy(const ConnectProxy&) = delete;
    ConnectProxy& operator=(const ConnectProxy&) = delete;

    std::uint16_t port() const { return port_; }
    std::vector<std::string> heads() const;  // of the requests, as they came

  private:
    void accept_loop();
    void serve(int client);

    const std::uint16_t leads_to_;
    std::uint16_t port_ = 0;
    int listener_ = -1;
    mutable std::mutex mutex_;
    std::vector<std::string> heads_;
    std::vector<int> sockets_;
    std::list<std::jthread> threads_;
    std::jthread acceptor_;
};

}  // namespace ringtail::webhook
