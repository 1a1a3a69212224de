#include "cli/service_actions.hpp"

#include <algorithm>

namespace ringtail::cli {
namespace {

std::string_view name_of(Type type) {
    switch (type) {
        case Type::boolean:
            return "boolean";
        case Type::int64:
            return "integer";
        case Type::decimal:
            return "decimal";
        case Type::text:
            return "text";
        case Type::timestamp:
            return "timestamp";
        case Type::json:
            return "json";
    }
    return "";
}

}  // namespace

web::Actions::Verdict ServiceActions::check_source(const control::SourceRecord& source) {
    jobs::Verdict verdict = accounts_.check_source(source);
    return {verdict.good, std::move(verdict.message), std::move(verdict.hint)};
}

std::vector<web::Actions::TableInfo> ServiceActions::tables(const control::SourceRecord& source) {
    std::vector<TableInfo> infos;
    for (const jobs::TableInfo& of : accounts_.tables(source)) {
        TableInfo info{of.table.name, of.chosen, of.filter, {}};
        for (const ringtail::Column& column : of.table.columns) {
            const auto& key = of.table.key;
            info.columns.push_back({column.name, std::string(name_of(column.type)),
                                    std::ranges::find(key, column.name) != key.end()});
        }
        infos.push_back(std::move(info));
    }
    return infos;
}

}  // namespace ringtail::cli
