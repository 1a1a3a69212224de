#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "destination/retention.hpp"
#include "sqlite/connection.hpp"

// Retention's questions on one connection.
namespace ringtail {

std::uint64_t count_old(sqlite::Connection& db, const OldRows& rows);
std::vector<std::string> keys_of_old(sqlite::Connection& db, const OldRows& rows, std::size_t most);
std::vector<std::string> keys_of_children(sqlite::Connection& db, const OldRows::Child& child,
                                          std::span<const std::string> parents);
// For the inside of a transaction.
void drop_rejects(sqlite::Connection& db, std::string_view table,
                  std::span<const std::string> keys);
// Asks `go_on` before each step.
std::string give_room_back(sqlite::Connection& db, const std::function<bool()>& go_on);
// Whether so much can be given back that it should be soon.
bool has_much_room(sqlite::Connection& db);

}  // namespace ringtail
