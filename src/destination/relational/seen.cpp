#include "destination/relational/seen.hpp"

#include <array>

namespace ringtail::relational {
namespace {

std::optional<std::uint32_t> max_digits(const sql::ColumnType& type) {
    // Of any number with so many digits, so many bytes hold each.
    constexpr std::array<std::uint32_t, 9> kDigitsOfBytes{0, 2, 4, 6, 9, 0, 0, 0, 18};
    switch (type.kind) {
        case sql::Kind::integer:
            return kDigitsOfBytes.at(type.bytes);
        case sql::Kind::float64:
            return type.bytes == 4 ? 6 : 15;
        case sql::Kind::decimal:
            if (type.precision) return static_cast<std::uint32_t>(*type.precision);
            return std::nullopt;
        default:
            return std::nullopt;
    }
}

}  // namespace

std::vector<SeenColumn> seen_columns(const StoredTable& table) {
    std::vector<SeenColumn> seen;
    for (const StoredColumn& column : table.columns) {
        seen.push_back({.name = column.name,
                        .type = column.type_text,
                        .is_text = column.type.kind == sql::Kind::text,
                        .max_chars = column.type.max_chars,
                        .max_digits = max_digits(column.type)});
    }
    return seen;
}

}  // namespace ringtail::relational
