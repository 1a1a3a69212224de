#pragma once
#include <string>

#include "sql/clickhouse_text.hpp"
#include "sql/view_text.hpp"

namespace ringtail::sql::clickhouse {

// A view as ViewText says, in words that old servers know too: they join two tables at once only,
// so each further table is joined with a sub-query. view_mark() stands in its inner names.
// `view.name` is the view itself.
std::string create_star_view(const TableName& view, const ViewText& text, const Features& features);

// Its SELECT.
std::string star_select(const ViewText& text);
std::string create_view_as(const TableName& view, const std::string& select,
                           const Features& features);

// What a view's columns may be called.
const NameRules& caption_rules();

}  // namespace ringtail::sql::clickhouse
