#pragma once
#include <sys/types.h>

#include <cstdint>
#include <string>

#include "base/clock.hpp"

namespace ringtail::cli {

// The stand-in service (ringtail-sim, beside this program or on the PATH) on a free port of
// 127.0.0.1, ended by the destructor, or with this program.
class DemoService {
  public:
    // `folder` is for the file by which the service says that it is ready. Error(config) when it is
    // not found or does not start.
    DemoService(const std::string& folder, std::uint64_t contacts, Clock& clock);
    ~DemoService();
    DemoService(const DemoService&) = delete;
    DemoService& operator=(const DemoService&) = delete;

    const std::string& url() const { return url_; }
    static constexpr const char* kToken = "demo";
    static constexpr const char* kCampaign = "ZX5CAMP9W2K7RTLB";

  private:
    void end();

    pid_t pid_ = -1;
    std::string url_;
};

}  // namespace ringtail::cli
