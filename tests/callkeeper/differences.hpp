#pragma once
#include <string>
#include <vector>

#include "sim/callkeeper.hpp"

namespace ringtail::test {

using Texts = std::vector<std::string>;

// A reader of tables that calls are loaded into: not through the code under test.
class CallTables {
  public:
    virtual ~CallTables() = default;
    // Of a SELECT; NULL and "" are the same here: stub rows hold either.
    virtual std::vector<Texts> rows(const std::string& select) = 0;

    // As a SELECT names a column, and a table or view with the rows that count.
    virtual std::string quoted(const std::string& column) const { return '"' + column + '"'; }
    virtual std::string table(const std::string& name) const { return name; }
    // What stands in a column of times, as format_time() writes it.
    virtual std::string time(const std::string& stored) const;
    // A text that it cannot is NULL there, and in the rejects.
    virtual bool can_hold(const std::string& /*text*/) const { return true; }
};

// Whether the general_ tables must hold the truth and nothing else, or also rows that earlier
// states left.
enum class Shared : std::uint8_t { exact, more };

// What an account's tables and the truth differ in, at most twenty lines.
std::vector<std::string> differences(const sim::CallKeeper& callkeeper, CallTables& tables,
                                     const sim::CallTruthOptions& truth, Shared shared);

}  // namespace ringtail::test
