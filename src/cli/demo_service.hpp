#pragma once
#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace ringtail::cli {

// A program that runs beside this one and ends with it, at the latest.
class Companion {
  public:
    // Its standard output goes to `out_file`. Error(config) when it cannot be started.
    Companion(const std::vector<std::string>& words, const std::string& out_file);
    ~Companion();  // SIGTERM, and waits
    Companion(const Companion&) = delete;
    Companion& operator=(const Companion&) = delete;

    bool has_ended();

  private:
    pid_t pid_ = -1;
};

// The program beside this one, or on the PATH. Error(config).
std::string find_program(const std::string& name);

// The stand-in services (ringtail-sim) on free ports of 127.0.0.1, ended by the destructor, or with
// this program: a Dialfire campaign of so many contacts that keeps changing, and a CallKeeper
// account with a week of calls.
class DemoService {
  public:
    // `folder` is for the files by which the services say that they are ready. Error(config) when
    // the program is not found or does not start.
    DemoService(const std::string& folder, std::uint64_t contacts, Clock& clock);

    const std::string& url() const { return url_; }              // Dialfire's
    const std::string& calls_url() const { return calls_url_; }  // CallKeeper's
    static constexpr const char* kToken = "demo";
    static constexpr const char* kCampaign = "ZX5CAMP9W2K7RTLB";
    static constexpr const char* kKey = "5e1dcafe0badf00d5e1dcafe0badf00d";

  private:
    std::string read_port(const std::string& file, Clock& clock);

    Companion program_;
    std::string url_, calls_url_;
};

// Waits until `file` holds a whole line, and returns it; empty when the program ended before, or
// after ten seconds.
std::string wait_for_line(const std::string& file, Companion& program, Clock& clock);

}  // namespace ringtail::cli
