#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/table.hpp"
#include "sql/value.hpp"

// T-SQL's column types, and how values fit them. Pure.
namespace ringtail::sql::sqlserver {

// What a column compares by when it was created for keys: by its code points. Blanks at the end do
// not count in any collation.
inline constexpr std::string_view kBinary = "Latin1_General_BIN2";
// Keys must fit the 900 bytes of a clustered index.
inline constexpr std::uint32_t kKeyChars = 450;

// The type of a column that Ringtail creates, and how values fit it. `indexed`: keys, and columns
// that point at them.
std::string type_name(Type type, bool indexed = false);
std::string attributes(Type type, bool indexed = false);
ColumnType column_type(Type type, bool indexed = false);

// A column as INFORMATION_SCHEMA.COLUMNS has it.
struct CatalogColumn {
    std::string data_type;
    std::optional<std::int64_t> length, precision, scale, time_digits;
    std::string collation;
    bool nullable = true;
};
struct Described {
    std::string type_text;  // as SQL
    ColumnType type;
    bool compare_as_text = false;
    std::string attributes = {};  // what ALTER COLUMN must say again, or it is changed
};
Described describe(const CatalogColumn& column, bool babelfish);

// Types it may be given instead, from the nearest to the widest.
std::vector<Described> wider_types(const ColumnType& type, bool is_key, bool indexed);
// What is sent for a value of fit(), as a text that the server casts. A time goes without the zone,
// as all of these columns are UTC; the T in those of the old types makes them mean the same in
// every language. A number goes without zeros at its end, as a text of more than 38 digits is none
// for the server.
std::string_view sent(std::string_view value, const ColumnType& type);

// How many bytes of a row's 8,060 the column may need: long texts leave a pointer there.
std::size_t row_bytes(const ColumnType& type, bool is_key);
inline constexpr std::size_t kMostRowBytes = 8'060;
inline constexpr std::size_t kMostColumns = 1'024;

}  // namespace ringtail::sql::sqlserver
