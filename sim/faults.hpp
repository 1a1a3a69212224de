#pragma once
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/server.hpp"
#include "simulation.hpp"

namespace ringtail::sim {

// The rules in force, and which of them strikes a request. Safe from any thread.
class Faults {
  public:
    void add(const FaultRule& rule);  // Error(config) names what is allowed
    void clear();
    // The rule that strikes this request, if any. `endpoint`: "contacts/list" …; `has_cursor`: it
    // goes on with a listing.
    std::optional<FaultRule> strike(std::string_view endpoint, bool has_cursor);
    // A fault that found nothing to spoil is given back.
    void not_struck(const FaultRule& rule);
    std::map<std::string, std::uint64_t> struck() const;
    void reset_counts();

  private:
    struct Live {
        FaultRule rule;
        unsigned seen = 0, done = 0;
    };
    mutable std::mutex mutex_;
    std::vector<Live> rules_;
    std::map<std::string, std::uint64_t> struck_;
    std::uint64_t thrown_ = 0;
};

// Whether the fault answers instead of the API call (a status, a hang, a wrong content type); else
// it spoils the call's answer.
bool replaces_answer(const FaultRule& rule);
http::Answer answer_of(const FaultRule& rule);
void spoil(const FaultRule& rule, http::Answer& answer);

}  // namespace ringtail::sim
