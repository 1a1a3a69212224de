#pragma once
#include <chrono>
#include <map>
#include <stop_token>
#include <string>

#include "base/clock.hpp"

namespace ringtail::clickhouse {

// Every insert makes a part that the server must merge: at most one into a table in `pause`.
class Pace {
  public:
    Pace(Clock& clock, std::chrono::milliseconds pause) : clock_(clock), pause_(pause) {}

    // Waits until an insert into `table` may start. Error(stopped).
    void wait(const std::string& table, const std::stop_token& stop);

  private:
    Clock& clock_;
    std::chrono::milliseconds pause_;
    std::map<std::string, Instant> last_;
};

}  // namespace ringtail::clickhouse
