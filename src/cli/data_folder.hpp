#pragma once
#include <memory>
#include <optional>
#include <string>

#include "cli/plan.hpp"

namespace ringtail::cli {

// --data, else RINGTAIL_DATA, else $XDG_DATA_HOME/ringtail, else $HOME/.local/share/ringtail; made
// where it is missing, for its owner only. Absolute. Error(config).
std::string data_folder(const std::optional<std::string>& given, const Environment& environment);

// The right to serve a data folder: one process at a time has it, for as long as this lives.
class DataLock {
  public:
    // Nothing when another process has it.
    static std::unique_ptr<DataLock> take(const std::string& folder);
    ~DataLock();
    DataLock(const DataLock&) = delete;
    DataLock& operator=(const DataLock&) = delete;

  private:
    explicit DataLock(int fd) : fd_(fd) {}
    int fd_;
};

// Whether a service has the folder now, and what it said of itself ("process 4711").
std::optional<std::string> service_of(const std::string& folder);

}  // namespace ringtail::cli
