#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "control/database.hpp"
#include "control/records.hpp"
#include "sqlite/statement.hpp"

// How values stand in control.db: times are microseconds since 1970, enumerators their names.
namespace ringtail::control {

void bind(sqlite::Statement& statement, int parameter, std::optional<Instant> at);
std::optional<Instant> time_or_null(const sqlite::Statement& statement, int column);
inline Instant time(const sqlite::Statement& statement, int column) {
    return from_micros(statement.integer(column));
}
inline std::uint64_t count(const sqlite::Statement& statement, int column) {
    return static_cast<std::uint64_t>(statement.integer(column));
}

// For a name people give: Error(config) unless it is 1 to 64 letters, digits, - _ . and begins with
// a letter or digit. `what`: "source".
void check_name(std::string_view what, std::string_view name);

// The columns of a run as read_run() wants them, from a table named r.
extern const std::string_view kRunColumns;
inline constexpr int kRunColumnCount = 27;
RunRecord read_run(const sqlite::Statement& row);

}  // namespace ringtail::control
