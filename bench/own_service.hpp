#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "child.hpp"
#include "support/process.hpp"

namespace ringtail::bench {

// A data folder and the program's commands on it.
class OwnData {
  public:
    OwnData();
    // Runs a command to its end; throws unless it ends with 0.
    Measured run(std::vector<std::string> words) const;
    // A source of the stand-in's account, its days in UTC. Without a destination: SQLite.
    void add_callkeeper(const std::string& name, const Sim& sim,
                        const std::vector<std::string>& further = {}) const;
    // Path and query of the source's address for webhooks.
    std::string hook_path(const std::string& source) const;
    const std::string& path() const { return folder_.path(); }
    // The default destination.
    std::string sqlite_file() const { return path() + "/calls.db"; }

  private:
    test::TemporaryFolder folder_;
};

// `ringtail serve` on a data folder and a free port, ended by the destructor.
class Serving {
  public:
    explicit Serving(const OwnData& data);
    ~Serving();
    Serving(const Serving&) = delete;
    Serving& operator=(const Serving&) = delete;
    std::uint16_t port() const { return port_; }
    double cpu_seconds() const;  // user and system, so far
    double resident_mb() const;  // now
    double peak_mb() const;
    std::string errors() const { return process_->err_so_far(); }

  private:
    double status_mb(const std::string& name) const;
    std::unique_ptr<test::Process> process_;
    std::uint16_t port_ = 0;
};

}  // namespace ringtail::bench
