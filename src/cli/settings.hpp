#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/flags.hpp"
#include "cli/plan.hpp"

namespace ringtail::cli {

// The text of a setting and where it comes from ("--w", "DBSYNC_W"), for messages.
struct Setting {
    std::string name;
    std::string text;
};

// Flag first, then variables; nothing when neither is given.
class Settings {
  public:
    // Which variables stand for a flag, the first one that is set wins.
    using Variables = std::function<std::vector<std::string>(std::string_view flag)>;
    Settings(Given given, Environment environment, Variables variables)
        : given_(std::move(given)),
          environment_(std::move(environment)),
          variables_(std::move(variables)) {}

    std::optional<Setting> find(std::string_view flag) const;
    // The text, empty when not given.
    std::string text(std::string_view flag) const;
    // parse(name, text), or `otherwise` when not given.
    template <typename Value, typename Parse>
    Value get(std::string_view flag, Value otherwise, Parse parse) const {
        const auto setting = find(flag);
        return setting ? static_cast<Value>(parse(setting->name, setting->text))
                       : std::move(otherwise);
    }

  private:
    Given given_;
    Environment environment_;
    Variables variables_;
};

// Reads the flags both command lines share into `plan`.
void read_shared(const Settings& settings, Plan& plan);

// The flags read_shared() reads.
std::vector<Flag> shared_flags();

}  // namespace ringtail::cli
