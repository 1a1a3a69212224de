#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "callkeeper/database.hpp"

namespace ringtail::test {

// What somebody does to the tables by hand, to calls that a seed chooses.
class Damage {
  public:
    Damage(CallDatabase& database, std::uint64_t seed);

    // Of so many calls each; no call twice.
    void remove(std::size_t calls);
    // One of the five numbers, each in turn.
    void change(std::size_t calls);
    // Calls that the account never had, with facts, on days there are.
    void add(std::size_t calls);

    // Rows of callkeeper_calls, by the source's number, that are left to be chosen.
    struct Call {
        std::string id, call_id;
    };
    std::vector<Call> choose(std::size_t calls);

  private:
    void run_on(const std::vector<Call>& calls, const std::string& table, const std::string& column,
                const std::string& change);

    CallDatabase& database_;
    std::vector<Call> left_;
};

}  // namespace ringtail::test
