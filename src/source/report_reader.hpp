#pragma once
#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

namespace ringtail {

// Reads a source's rows for reports, a day at a time. One thread uses it; calls block.
class ReportReader {
  public:
    virtual ~ReportReader() = default;
    // The rows of a day of the source's zone as JSON, minified, in a settled order and each once;
    // one that is no object is handed on as it came. Fields stand where the report's catalog says;
    // blank values are null. Errors as those of Source.
    virtual std::vector<std::string> read(std::chrono::local_days day,
                                          const std::stop_token& stop) = 0;
    virtual std::uint64_t requests() const = 0;  // so far; from any thread
};

}  // namespace ringtail
