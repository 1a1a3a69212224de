#pragma once
#include <string>

#include "json/document.hpp"

namespace ringtail::test {

// What is wrong with `value` by a JSON Schema; "" when nothing is. Knows type, enum, properties,
// required, additionalProperties (false), items and $ref into `document`, an OpenAPI document.
// Throws std::runtime_error for any other word that restricts.
std::string violation(JsonValue schema, JsonValue value, JsonValue document);

}  // namespace ringtail::test
