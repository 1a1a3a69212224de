#pragma once
#include <memory>

#include "support/process.hpp"

namespace ringtail::test {

// A ZooKeeper of the test's own: a java process on a free loopback port with a folder below /tmp.
// Failures throw std::runtime_error.
class ZooKeeperServer {
  public:
    ZooKeeperServer();
    ~ZooKeeperServer() = default;
    ZooKeeperServer(const ZooKeeperServer&) = delete;
    ZooKeeperServer& operator=(const ZooKeeperServer&) = delete;

    void start();  // returns when it answers
    void kill();   // as by a power cut of the process
    int port() const { return port_; }

  private:
    bool answers() const;

    TemporaryFolder folder_;
    int port_;
    std::unique_ptr<Process> process_;
};

}  // namespace ringtail::test
