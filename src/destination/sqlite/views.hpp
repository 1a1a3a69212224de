#pragma once
#include <span>

#include "base/log.hpp"
#include "model/table.hpp"
#include "model/view.hpp"
#include "sqlite/connection.hpp"

namespace ringtail {

// Destination::create_views() over `tables`. Call it inside a transaction.
void make_views(sqlite::Connection& db, std::span<const View> views, std::span<const Table> tables,
                Logger& log);

}  // namespace ringtail
