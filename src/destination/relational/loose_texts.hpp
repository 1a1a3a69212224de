#pragma once
#include <optional>

#include "destination/row_reader.hpp"

namespace ringtail::relational {

// A span that holds all texts of `texts` also where blanks at a text's end are overlooked and
// characters above U+FFFF stand before others, as SQL Server's binary collations have it. Nothing:
// all texts.
std::optional<RowQuery::Texts> loosened(const RowQuery::Texts& texts);

}  // namespace ringtail::relational
