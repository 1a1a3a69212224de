#pragma once
#include <string>
#include <string_view>

#include "web/router.hpp"

namespace ringtail::web {

// The OpenAPI 3.1 document of the routes.
std::string openapi_json(const Router& router);

// What the routes take and give: a JSON object of JSON Schemas by name.
std::string_view schemas_json();

}  // namespace ringtail::web
