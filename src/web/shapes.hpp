#pragma once
#include <string>

#include "control/inbox.hpp"
#include "control/records.hpp"
#include "web/actions.hpp"

// What the service knows, as JSON objects (schemas.cpp describes each). No secrets.
namespace ringtail::web {

std::string source_json(const control::SourceRecord& source, const std::string& destination);
std::string destination_json(const control::DestinationRecord& destination);
std::string table_json(const Actions::TableInfo& table);
std::string job_json(const control::JobRecord& job, const std::string& source);
// `job`: its name, "" for none.
std::string run_json(const control::RunRecord& run, const std::string& source,
                     const std::string& job);
std::string day_json(const control::DayRows& day, const std::string& source);
// `base`: "http://host:8480" in front of the addresses, or "".
std::string hook_json(const control::HookTokens& tokens, const std::string& base);
// Bytes that are no text become U+FFFD.
std::string reject_json(const control::HookReject& reject);

}  // namespace ringtail::web
