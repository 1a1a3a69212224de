#pragma once
#include <span>

#include "base/log.hpp"
#include "model/calls_part.hpp"
#include "model/table.hpp"
#include "model/view.hpp"
#include "sqlite/connection.hpp"

namespace ringtail {

// Destination::create_views() over `tables`. Call it inside a transaction.
void make_views(sqlite::Connection& db, std::span<const View> views, std::span<const Table> tables,
                Logger& log);

// Destination::create_calls(), likewise.
void make_calls(sqlite::Connection& db, const CallsPart& part, std::span<const Table> tables,
                Logger& log);

}  // namespace ringtail
