#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace ringtail::callkeeper {

// Throws Error(config) unless `region` is a country's two letters that libphonenumber knows.
void check_phone_region(const std::string& region);

// The number as +79261234567; nothing when `text` is none that could be dialled. Without a country
// code it is one of `region`'s. An extension behind it, "(123)" or "^123", is left out. Safe from
// several threads.
std::optional<std::string> to_e164(std::string_view text, const std::string& region);

}  // namespace ringtail::callkeeper
