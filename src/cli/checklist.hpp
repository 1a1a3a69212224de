#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "cli/console.hpp"
#include "cli/plan.hpp"

namespace ringtail::cli {

// A line per thing that was looked at: what was found, or the cause and what mends it.
class Checklist {
  public:
    Checklist(Console& console, Output output) : console_(console), output_(output) {}

    // Shows what `look` returns, or the Error it throws; true when it returned.
    bool item(std::string_view name, const std::function<std::string()>& look);
    bool all_good() const { return all_good_; }
    Fault last_fault() const { return last_fault_; }

  private:
    void show(std::string_view name, bool good, std::string_view message, std::string_view hint);

    Console& console_;
    Output output_;
    bool all_good_ = true;
    Fault last_fault_ = Fault::bug;
};

}  // namespace ringtail::cli
