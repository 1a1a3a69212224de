#include "web/openapi.hpp"

// JSON Schema in the small part that tests/web/schema.hpp knows: type, properties, required,
// additionalProperties, items, enum, $ref.
namespace ringtail::web {

std::string_view schemas_json() {
    return R"json({
"Error":{"type":"object","additionalProperties":false,"required":["error"],"properties":{
  "error":{"type":"object","additionalProperties":false,"required":["code","message","hint"],"properties":{
    "code":{"type":"string","description":"for programs; does not change"},
    "message":{"type":"string"},
    "hint":{"type":["string","null"],"description":"what to do"}}}}},
"Health":{"type":"object","required":["alive"],"properties":{"alive":{"type":"boolean"}}},
"Readiness":{"type":"object","required":["ready"],"properties":{"ready":{"type":"boolean"}}},
"OpenApi":{"type":"object","required":["openapi","info","paths","components"],"properties":{
  "openapi":{"type":"string"},"info":{"type":"object"},"paths":{"type":"object"},"components":{"type":"object"}}},
"Source":{"type":"object","additionalProperties":false,
  "required":["number","name","kind","enabled","destination","settings","secret_last4","status","message","created"],"properties":{
  "number":{"type":"integer"},
  "name":{"type":"string"},
  "kind":{"type":"string","enum":["callkeeper","dialfire"]},
  "enabled":{"type":"boolean"},
  "destination":{"type":["string","null"],"description":"a destination's name"},
  "settings":{"type":"object"},
  "secret_last4":{"type":"string","description":"the end of the API key or token, which is never shown"},
  "status":{"type":"string","description":"what the last check or run said; empty at first"},
  "message":{"type":"string"},
  "created":{"type":"string","format":"date-time"}}},
"Sources":{"type":"object","additionalProperties":false,"required":["items"],"properties":{
  "items":{"type":"array","items":{"$ref":"#/components/schemas/Source"}}}},
"NewSource":{"type":"object","additionalProperties":false,"required":["name","kind","secret"],"properties":{
  "name":{"type":"string","description":"letters, digits, - _ . and at most 64 of them"},
  "kind":{"type":"string","enum":["callkeeper","dialfire"]},
  "secret":{"type":"string","description":"the account's API key or token"},
  "settings":{"type":"object"},
  "destination":{"type":["string","null"],"description":"may be left out while there is only one"},
  "enabled":{"type":["boolean","null"]}}},
"SourceChange":{"type":"object","additionalProperties":false,"properties":{
  "name":{"type":["string","null"]},
  "secret":{"type":["string","null"]},
  "settings":{"type":["object","null"]},
  "destination":{"type":["string","null"]}}},
"Verdict":{"type":"object","additionalProperties":false,"required":["good","message","hint"],"properties":{
  "good":{"type":"boolean"},"message":{"type":"string"},"hint":{"type":["string","null"]}}},
"Hook":{"type":"object","additionalProperties":false,"required":["address","old_address","old_until"],"properties":{
  "address":{"type":"string"},
  "old_address":{"type":["string","null"]},
  "old_until":{"type":["string","null"],"format":"date-time"}}},
"Rejects":{"type":"object","additionalProperties":false,"required":["items"],"properties":{
  "items":{"type":"array","items":{"type":"object","additionalProperties":false,
    "required":["number","received","reason","content_type","query","body"],"properties":{
    "number":{"type":"integer"},
    "received":{"type":"string","format":"date-time"},
    "reason":{"type":"string"},
    "content_type":{"type":"string"},
    "query":{"type":"string"},
    "body":{"type":"string","description":"its first 64 KiB"}}}}}},
"Tables":{"type":"object","additionalProperties":false,"required":["items"],"properties":{
  "items":{"type":"array","items":{"type":"object","additionalProperties":false,
    "required":["name","chosen","filter","columns"],"properties":{
    "name":{"type":"string"},
    "chosen":{"type":"boolean"},
    "filter":{"type":["string","null"]},
    "columns":{"type":"array","items":{"type":"object","additionalProperties":false,
      "required":["name","type","key"],"properties":{
      "name":{"type":"string"},"type":{"type":"string"},"key":{"type":"boolean"}}}}}}}}},
"Destination":{"type":"object","additionalProperties":false,"required":["number","name","url","created"],"properties":{
  "number":{"type":"integer"},
  "name":{"type":"string"},
  "url":{"type":"string","description":"with the password as ***"},
  "created":{"type":"string","format":"date-time"}}},
"Destinations":{"type":"object","additionalProperties":false,"required":["items"],"properties":{
  "items":{"type":"array","items":{"$ref":"#/components/schemas/Destination"}}}},
"NewDestination":{"type":"object","additionalProperties":false,"required":["name","url"],"properties":{
  "name":{"type":"string"},"url":{"type":"string"}}},
"DestinationChange":{"type":"object","additionalProperties":false,"properties":{
  "name":{"type":["string","null"]},"url":{"type":["string","null"]}}},
"JobKind":{"type":"string","enum":["load","hooks","history","report","reconcile","prune","received"]},
"Job":{"type":"object","additionalProperties":false,
  "required":["number","source","name","kind","settings","schedule","enabled","last_days","next_due","created"],"properties":{
  "number":{"type":"integer"},
  "source":{"type":"string"},
  "name":{"type":"string"},
  "kind":{"$ref":"#/components/schemas/JobKind"},
  "settings":{"type":"object"},
  "schedule":{"type":"string","description":"manual; every 15m; daily 03:30 Europe/Moscow; weekly mon 03:30 Europe/Moscow; cron 5 4 * * 1-5 Europe/Moscow"},
  "enabled":{"type":"boolean"},
  "last_days":{"type":["integer","null"]},
  "next_due":{"type":["string","null"],"format":"date-time"},
  "created":{"type":"string","format":"date-time"}}},
"Jobs":{"type":"object","additionalProperties":false,"required":["items"],"properties":{
  "items":{"type":"array","items":{"$ref":"#/components/schemas/Job"}}}},
"NewJob":{"type":"object","additionalProperties":false,"required":["source","name","kind"],"properties":{
  "source":{"type":"string"},
  "name":{"type":"string"},
  "kind":{"$ref":"#/components/schemas/JobKind"},
  "settings":{"type":["object","null"]},
  "schedule":{"type":["string","null"]},
  "enabled":{"type":["boolean","null"]},
  "last_days":{"type":["integer","null"]},
  "confirm":{"type":["boolean","null"],"description":"of a report: go on though its rule takes something away"}}},
"JobChange":{"type":"object","additionalProperties":false,"properties":{
  "name":{"type":["string","null"]},
  "settings":{"type":["object","null"]},
  "schedule":{"type":["string","null"]},
  "enabled":{"type":["boolean","null"]},
  "last_days":{"type":["integer","null"]},
  "confirm":{"type":["boolean","null"],"description":"of a report: go on though its rule takes something away"}}},
"RunRequest":{"type":"object","additionalProperties":false,"properties":{
  "from":{"type":["string","null"],"description":"a date or a time"},
  "to":{"type":["string","null"],"description":"not included"}}},
"Rows":{"type":"object","additionalProperties":false,
  "required":["added","updated","deleted","unchanged","rejected"],"properties":{
  "added":{"type":"integer"},"updated":{"type":"integer"},"deleted":{"type":"integer"},
  "unchanged":{"type":"integer"},"rejected":{"type":"integer"}}},
"Run":{"type":"object","additionalProperties":false,
  "required":["number","source","job","job_name","kind","state","attempt","crashes","queued","started","ended","from","to","rows","requests","progress","message","hint"],"properties":{
  "number":{"type":"integer"},
  "source":{"type":"string"},
  "job":{"type":["integer","null"],"description":"null: webhooks that came in"},
  "job_name":{"type":["string","null"]},
  "kind":{"$ref":"#/components/schemas/JobKind"},
  "state":{"type":"string","enum":["queued","running","paused","done","failed","cancelled","crashed"]},
  "attempt":{"type":"integer"},
  "crashes":{"type":"integer"},
  "queued":{"type":["string","null"],"format":"date-time"},
  "started":{"type":["string","null"],"format":"date-time"},
  "ended":{"type":["string","null"],"format":"date-time"},
  "from":{"type":["string","null"],"format":"date-time"},
  "to":{"type":["string","null"],"format":"date-time"},
  "rows":{"$ref":"#/components/schemas/Rows"},
  "requests":{"type":"integer","description":"made to the API; of webhooks: how many came in"},
  "progress":{"type":"object"},
  "message":{"type":"string"},
  "hint":{"type":["string","null"]}}},
"Runs":{"type":"object","additionalProperties":false,"required":["items"],"properties":{
  "items":{"type":"array","items":{"$ref":"#/components/schemas/Run"}}}},
"Journal":{"type":"object","additionalProperties":false,"required":["items","before"],"properties":{
  "items":{"type":"array","items":{"$ref":"#/components/schemas/Run"}},
  "before":{"type":["integer","null"],"description":"asks for the next page; null: that was all"}}},
"Statistics":{"type":"object","additionalProperties":false,"required":["items"],"properties":{
  "items":{"type":"array","items":{"type":"object","additionalProperties":false,
    "required":["day","source","table","rows"],"properties":{
    "day":{"type":"string","format":"date"},
    "source":{"type":"string"},
    "table":{"type":"string"},
    "rows":{"$ref":"#/components/schemas/Rows"}}}}}}
})json";
}

}  // namespace ringtail::web
