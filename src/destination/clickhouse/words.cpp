#include "destination/clickhouse/words.hpp"

#include <fmt/format.h>

#include <chrono>

#include "base/time_text.hpp"
#include "destination/clickhouse/column.hpp"
#include "destination/clickhouse/plan.hpp"
#include "sql/clickhouse_text.hpp"

namespace ringtail::clickhouse {
namespace {

namespace text = sql::clickhouse;

// DateTime: whole seconds, which the server shows and reads in its own zone.
bool is_seconds(const reading::Column& column) {
    return column.type.kind == sql::Kind::timestamp && column.type.precision == 0;
}

}  // namespace

std::optional<reading::TableThere> Words::table(const Table& table) {
    server_.features();
    const auto name = server_.table(table.name);
    const Shape shape = read_shape(server_, name);
    if (!shape.exists()) return std::nullopt;
    reading::TableThere there{name.quoted(), {}};
    const auto names = names_in(shape, table);
    for (std::size_t i = 0; i < names.size(); ++i) {
        const Shape::Declared* const declared = shape.find(names[i]);
        if (declared == nullptr) {
            there.columns.emplace_back(std::nullopt);
            continue;
        }
        reading::Column column{text::quote(names[i]), {}, table.columns[i].type};
        const auto stored = stored_column(declared->name, declared->type, column.source);
        if (stored) {
            column.type = stored->fits;
            column.type.first_year = stored->first_year;
            column.type.last_year = stored->last_year;
        }
        column.compare_as_text = declared->type.find("String") == std::string::npos;
        there.columns.emplace_back(std::move(column));
    }
    return there;
}

std::string Words::value(const reading::Column& column, std::string value) {
    const bool is_time =
        column.source == Type::timestamp && column.type.kind == sql::Kind::timestamp;
    if (!is_time) {
        const bool is_number = column.source == Type::int64 && column.compare_as_text;
        return is_number ? value : text::literal(value);
    }
    const Instant time = parse_time(value).value_or(Instant{});
    if (is_seconds(column)) {
        const auto seconds = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch());
        return fmt::format("toDateTime({})", seconds.count());
    }
    // The form that texts of times have too.
    std::string plain = format_time(time);
    plain[10] = ' ';
    plain.pop_back();
    plain.resize(std::string_view("YYYY-MM-DD hh:mm:ss.uuuuuu").size(), '0');
    if (!column.compare_as_text) return text::literal(plain);
    return fmt::format("toDateTime64({}, 6, 'UTC')", text::literal(plain));
}

std::string Words::by_bytes(const std::string& name, const reading::Column& column,
                            const std::string& is, std::string value) {
    const std::string shown = column.compare_as_text ? "toString(" + name + ")" : name;
    return shown + " " + is + " " + text::literal(value);
}

std::string Words::shown(const std::string& name, const reading::Column& column) {
    return is_seconds(column) ? "toString(" + name + ", 'UTC')" : name;
}

std::string from_current(const RowQuery& query, const reading::TableThere& there, Words& words) {
    return fmt::format("FROM {} FINAL WHERE {} = 0 AND {}", there.name, text::kDeleted,
                       reading::conditions(query, there, words, ""));
}

std::string lines_of(std::span<const std::string> keys) {
    std::string lines;
    for (const std::string& key : keys) {
        append_escaped(key, lines);
        lines += '\n';
    }
    return lines;
}

}  // namespace ringtail::clickhouse
