#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "control/database.hpp"
#include "control/records.hpp"

namespace ringtail::control {

// Keys for the REST API. Only their SHA-256 is kept. As store.hpp says about errors and threads.
class ApiKeys {
  public:
    explicit ApiKeys(Database& database) : database_(database) {}

    struct Made {
        ApiKeyRecord record;
        std::string key;  // rt_ and 43 characters; never to be had again
    };
    Made add(std::string_view name, Scope scope, Instant now);
    std::vector<ApiKeyRecord> list();  // by number, revoked ones too
    // Whose key it is; nothing for an unknown or revoked one. Notes when it was used.
    std::optional<ApiKeyRecord> check(std::string_view key, Instant now);
    // False when there is none, or it is revoked already.
    bool revoke(std::int64_t number, Instant now);
    // Whether any key is good.
    bool any();

  private:
    Database& database_;
};

}  // namespace ringtail::control
