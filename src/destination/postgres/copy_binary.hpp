#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "destination/relational/stored.hpp"
#include "sql/value.hpp"

// COPY's binary format (PostgreSQL's manual, COPY, "Binary Format"; each type's form is what its
// receive function reads). The server copies values as they are instead of reading them from texts,
// which is a third of what a row costs it.
namespace ringtail::postgres {

// Whether values of the column can be written so.
bool has_binary_form(const relational::StoredColumn& column);

inline constexpr std::string_view kBinaryStart{"PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19};
inline constexpr std::string_view kBinaryEnd{"\377\377", 2};
inline constexpr std::string_view kBinaryNull{"\377\377\377\377", 4};

// Goes before a row's fields.
void append_field_count(std::size_t fields, std::string& out);
// Appends a value as sql::fit() gives it for a column that has_binary_form().
void append_binary(std::string_view value, const sql::ColumnType& type, std::string& out);

}  // namespace ringtail::postgres
