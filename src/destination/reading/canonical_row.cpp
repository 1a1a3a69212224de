#include "destination/reading/canonical_row.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "sql/source_text.hpp"

namespace ringtail::reading {
namespace {

Type type_in(const Table& table, const std::string& column) {
    const auto found = std::find_if(table.columns.begin(), table.columns.end(),
                                    [&](const ringtail::Column& c) { return c.name == column; });
    if (found == table.columns.end())
        throw Error(Fault::bug, "table " + table.name + " has no column " + column);
    return found->type;
}

}  // namespace

CanonicalRow::CanonicalRow(const RowQuery& query, const RowSink& sink, const std::stop_token& stop)
    : table_(query.table.name), sink_(sink), stop_(stop) {
    for (const std::string& column : query.columns) types_.push_back(type_in(query.table, column));
    if (query.beside) {
        for (const std::string& column : query.beside->columns)
            types_.push_back(type_in(query.beside->table, column));
    }
    scratch_.resize(types_.size());
    values_.reserve(types_.size());
}

void CanonicalRow::add(std::optional<std::string_view> shown) {
    const std::size_t at = values_.size();
    if (shown) shown = sql::source_text(types_.at(at), *shown, scratch_[at]);
    values_.push_back(shown);
}

void CanonicalRow::end() {
    if (stop_.stop_requested())
        throw Error(Fault::stopped, "stopped while table " + table_ + " was read");
    sink_(values_);
    values_.clear();
}

}  // namespace ringtail::reading
