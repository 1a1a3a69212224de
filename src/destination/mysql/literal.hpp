#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

// Texts within statements, for sessions with the SQL mode NO_BACKSLASH_ESCAPES.
namespace ringtail::mysql {

// `name`, with backticks inside doubled.
std::string quote_name(std::string_view name);

// Appends 'text', with quotes inside doubled.
void append_literal(std::string_view text, std::string& out);
std::string literal(std::string_view text);

// `sql` with each ? outside quotes replaced by a literal, or NULL. Error(bug) when their numbers
// differ.
std::string with_params(std::string_view sql, std::span<const std::optional<std::string>> params);

}  // namespace ringtail::mysql
