#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "control/database.hpp"

namespace ringtail::control {

// Before which time rows of a source's table have been deleted for their age and are not to come
// back; by the table's name without prefix.
using FloorMap = std::map<std::string, Instant, std::less<>>;

// As store.hpp says about errors and threads.
class Floors {
  public:
    explicit Floors(Database& database) : database_(database) {}

    // Sets it, or moves it on; never back.
    void raise(std::int64_t source, std::string_view table, Instant floor);
    FloorMap of(std::int64_t source);
    // From now on rows of any age are taken again; false when there was none.
    bool lift(std::int64_t source);

  private:
    Database& database_;
};

}  // namespace ringtail::control
