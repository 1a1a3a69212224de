#include "report/rule.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "json/cell.hpp"
#include "report/fit.hpp"

namespace ringtail::report {
namespace {

using Json = JsonValue::Kind;

// What databases take without another word about it: names of 63 bytes, rows of 1,600 columns.
constexpr std::size_t kLongestName = 63;
constexpr std::size_t kMostColumns = 200;
constexpr std::size_t kMostTables = 50;

struct TypeName {
    std::string_view name;
    Type type;
};
constexpr std::array<TypeName, 6> kTypes{{{"int64", Type::int64},
                                          {"decimal", Type::decimal},
                                          {"text", Type::text},
                                          {"boolean", Type::boolean},
                                          {"timestamp", Type::timestamp},
                                          {"json", Type::json}}};

[[noreturn]] void refuse(const std::string& place, const std::string& why, std::string hint) {
    throw Error(Fault::config, fmt::format("rule: {}: {}", place.empty() ? "rule" : place, why))
        .with_hint(std::move(hint));
}

std::string lower(std::string_view text) {
    std::string low(text);
    for (char& c : low) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return low;
}

std::string shown(std::string_view text) {
    return text.size() > 64 ? "a long text" : fmt::format("\"{}\"", text);
}

std::string text_of(JsonValue value, const std::string& place, std::string_view example) {
    std::string_view text;
    std::string scratch;
    if (!value.text(text, scratch))
        refuse(place, "that is no text", fmt::format("Write it in quotes: {}.", example));
    return std::string(text);
}

std::string list_of(std::span<const std::string> names) {
    std::string all;
    for (const std::string& name : names) all += (all.empty() ? "" : ", ") + name;
    return all;
}

// Refuses members that mean nothing.
void check_members(JsonValue object, const std::string& place,
                   std::initializer_list<std::string> known) {
    if (!object.is(Json::object))
        refuse(place, "that is no JSON object", "Write it in braces: {\"name\": …}.");
    const std::vector<std::string> names(known);
    std::vector<std::string> seen;
    for (const auto& [name, value] : object.members()) {
        std::string scratch;
        const std::string text(name.text_or_raw(scratch));
        const std::string here = place.empty() ? "" : place + ".";
        if (std::ranges::find(names, text) == names.end()) {
            const std::string near = text == "value" ? "const" : nearest(text, names);
            refuse(here + (text.size() > 64 ? "(a long name)" : text), "there is no such member",
                   fmt::format("{}There are: {}.",
                               near.empty() || std::ranges::find(names, near) == names.end()
                                   ? ""
                                   : fmt::format("Did you mean {}? ", near),
                               list_of(names)));
        }
        if (std::ranges::find(seen, text) != seen.end())
            refuse(here + text, "it is there twice", "Leave one of them out.");
        seen.push_back(text);
    }
}

class Reader {
  public:
    Reader(const Catalog& catalog, std::span<const std::string> taken, const Zone& zone)
        : catalog_(catalog), taken_(taken), zone_(zone) {}

    Rule read(JsonValue root) {
        check_members(root, "", {"tables"});
        const JsonValue tables = root.find("tables");
        if (!tables.is(Json::array) || !(tables.elements().begin() != tables.elements().end()))
            refuse("tables", "there is no table", "Write {\"tables\":[{\"name\": …}]}.");
        Rule rule;
        for (const JsonValue table : tables.elements()) {
            const std::string place = fmt::format("tables[{}]", rule.tables.size());
            if (rule.tables.size() == kMostTables)
                refuse(place, fmt::format("there are more than {} tables", kMostTables),
                       "Make several jobs of it.");
            rule.tables.push_back(read_table(table, place));
            check_table_name(rule, place + ".name");
        }
        return rule;
    }

  private:
    RuleTable read_table(JsonValue value, const std::string& place) {
        check_members(value, place, {"name", "each", "key", "where", "columns"});
        RuleTable table;
        table.name = name_in(value, place, "calls_by_source");
        if (const JsonValue each = value.find("each"); !each.is_null())
            read_each(each, place + ".each", table);
        const JsonValue columns = value.find("columns");
        if (!columns.is(Json::array) || !(columns.elements().begin() != columns.elements().end()))
            refuse(place + ".columns", "there is no column",
                   R"(Write "columns":[{"name":"call_id","path":"id","type":"int64"}].)");
        for (const JsonValue column : columns.elements()) {
            const std::string here = fmt::format("{}.columns[{}]", place, table.columns.size());
            if (table.columns.size() == kMostColumns)
                refuse(here, fmt::format("there are more than {} columns", kMostColumns),
                       "Leave some out, or make several tables of it.");
            table.columns.push_back(read_column(column, here, table));
            check_column_name(table, here + ".name");
        }
        read_key(value.find("key"), place + ".key", table);
        if (const JsonValue where = value.find("where"); !where.is_null())
            read_where(where, place + ".where", table);
        return table;
    }

    std::string name_in(JsonValue object, const std::string& where, std::string_view example) {
        const std::string place = where + ".name";
        const JsonValue value = object.find("name");
        const std::string hint = fmt::format(
            "A name has 1 to {} bytes, such as {}; no control characters, no blanks at its ends.",
            kLongestName, example);
        if (value.is_null()) refuse(place, "it is missing", hint);
        std::string name = text_of(value, place, fmt::format("\"{}\"", example));
        const bool odd = std::ranges::any_of(name, [](char c) {
            return (c >= 0 && c < ' ') || c == '\x7f' || c == '"' || c == '`';
        });
        if (name.empty() || odd || name.front() == ' ' || name.back() == ' ')
            refuse(place, fmt::format("{} is no name", shown(name)), hint);
        if (name.size() > kLongestName) refuse(place, "the name is too long", hint);
        return name;
    }

    void check_table_name(const Rule& rule, const std::string& place) {
        const std::string name = lower(rule.tables.back().name);
        for (std::size_t i = 0; i + 1 < rule.tables.size(); ++i) {
            if (lower(rule.tables[i].name) == name)
                refuse(place, fmt::format("tables[{}] has the name {} already", i, shown(name)),
                       "Every table needs a name of its own; upper and lower case are the same.");
        }
        if (name.starts_with("ringtail_"))
            refuse(place, fmt::format("{} would be one of Ringtail's own tables", shown(name)),
                   "Take a name that does not begin with ringtail_.");
        for (const std::string& taken : taken_) {
            if (lower(taken) == name)
                refuse(place, fmt::format("{} is a table of the source itself", shown(name)),
                       fmt::format("Take another name, such as my_{}.", name));
        }
    }

    static void check_column_name(const RuleTable& table, const std::string& place) {
        const std::string name = lower(table.columns.back().name);
        for (std::size_t i = 0; i + 1 < table.columns.size(); ++i) {
            if (lower(table.columns[i].name) == name)
                refuse(place, fmt::format("columns[{}] has the name {} already", i, shown(name)),
                       "Every column needs a name of its own; upper and lower case are the same.");
        }
        const bool own =
            std::ranges::any_of(own_columns(), [&](const Column& one) { return one.name == name; });
        if (!own && name.front() != '_') return;
        refuse(place, fmt::format("{} is kept for Ringtail's own columns", shown(name)),
               "Every table has _id, account_id, processor_id and simple_date by itself; names "
               "that begin with _ are not to be used.");
    }

    void read_each(JsonValue value, const std::string& place, RuleTable& table) {
        const std::string text = text_of(value, place, "\"tags\"");
        const Field field = known_field(text, place);
        const bool can =
            field.kind == Kind::list || field.kind == Kind::text || field.kind == Kind::any;
        if (!can)
            refuse(place, fmt::format("{} holds one value and no list", field.path),
                   fmt::format("Lists are: {}.", lists()));
        table.each = parse_path(field.path);
        table.each_text = field.path;
    }

    std::string lists() const {
        std::vector<std::string> names;
        for (const Field& field : catalog_.fields) {
            if (field.kind == Kind::list) names.push_back(field.path);
        }
        return names.empty() ? "none here; a text with commas can be taken apart, too"
                             : list_of(names);
    }

    Field known_field(const std::string& text, const std::string& place) const {
        if (const auto field = catalog_.find(text)) return *field;
        const std::string near = catalog_.near(text);
        refuse(place, fmt::format("{} is no field of {}", shown(text), catalog_.type),
               near.empty() ? "`ringtail report fields SOURCE` lists the fields."
                            : fmt::format("Did you mean {}?", near));
    }

    RuleColumn read_column(JsonValue value, const std::string& place, const RuleTable& table) {
        check_members(value, place, {"name", "path", "type", "const", "default"});
        RuleColumn column;
        column.name = name_in(value, place, "call_id");
        column.type = read_type(value.find("type"), place + ".type");
        const JsonValue path = value.find("path"), constant = value.find("const");
        if (path.exists() == constant.exists())
            refuse(place + (path.exists() ? ".const" : ".path"),
                   path.exists() ? "the column has a path, too" : "it is missing",
                   R"(A column has either "path":"status_code" or "const":"office".)");
        if (constant.exists()) {
            if (value.find("default").exists())
                refuse(place + ".default", "a constant needs none", "Leave it out.");
            column.constant = fixed(constant, column.type, place + ".const");
            return column;
        }
        read_path(path, place + ".path", table, column);
        column.otherwise = fixed(value.find("default"), column.type, place + ".default");
        return column;
    }

    static Type read_type(JsonValue value, const std::string& place) {
        std::vector<std::string> names;
        names.reserve(kTypes.size());
        for (const TypeName& one : kTypes) names.emplace_back(one.name);
        const std::string all = fmt::format("Types are: {}.", list_of(names));
        if (value.is_null()) refuse(place, "it is missing", all);
        const std::string text = text_of(value, place, "\"text\"");
        for (const TypeName& one : kTypes) {
            if (one.name == text) return one.type;
        }
        const std::string near = nearest(text, names);
        refuse(place, fmt::format("{} is no type", shown(text)),
               near.empty() ? all : fmt::format("Did you mean {}? {}", near, all));
    }

    void read_path(JsonValue value, const std::string& place, const RuleTable& table,
                   RuleColumn& column) {
        const std::string text = text_of(value, place, "\"visit_info.current.src\"");
        Kind kind = Kind::any;
        std::string full = text;
        if (text == "#" || text.starts_with('.')) {
            if (!table.each)
                refuse(
                    place,
                    fmt::format("{} stands for an element, and the table has no each", shown(text)),
                    "Write the path of a field, or give the table an each.");
            if (text.size() > 1 && (text.find("..") != std::string::npos || text.back() == '.'))
                refuse(place, fmt::format("{} is no path", shown(text)),
                       "Write . for the element, .name for what it has, # for its position.");
            if (text == "#") kind = Kind::number;
        } else {
            const Field field = known_field(text, place);
            kind = field.kind;
            full = field.path;
        }
        column.path = parse_path(full);
        column.path_text = full;
        const bool is_number_or_so = column.type == Type::int64 || column.type == Type::decimal ||
                                     column.type == Type::boolean;
        if (kind == Kind::moment && is_number_or_so)
            refuse(place,
                   fmt::format("{} is a time, which no {} holds", full, name_of(column.type)),
                   "Make the column's type timestamp, or text for the time as it was delivered.");
        const bool many = kind == Kind::object || kind == Kind::list;
        const bool fits = column.type == Type::json || column.type == Type::text;
        if (many && !fits)
            refuse(place,
                   fmt::format("{} holds several values, which no {} holds", full,
                               name_of(column.type)),
                   kind == Kind::object
                       ? "Name one of them, or make the column's type json."
                       : "Give the table an each, or make the column's type json.");
    }

    static Fixed fixed(JsonValue value, Type type, const std::string& place) {
        if (value.is_null()) return {};
        std::string scratch;
        std::string_view reason;
        Cell cell = cell_of(value, scratch);
        std::string form;
        const bool holds = fit(cell, type, form, reason);
        if (!holds)
            refuse(place, fmt::format("{} is no {}", shown(value.raw()), name_of(type)),
                   "Write a value of the column's type.");
        return {cell.kind, std::string(cell.text)};
    }

    static void read_key(JsonValue value, const std::string& place, RuleTable& table) {
        std::vector<std::string> names;
        for (const RuleColumn& column : table.columns) names.push_back(column.name);
        if (!value.is(Json::array) || !(value.elements().begin() != value.elements().end()))
            refuse(place, value.exists() ? "that is no list of columns" : "it is missing",
                   fmt::format("Write the columns that tell the rows of a day apart: "
                               "\"key\":[\"{}\"].",
                               names.front()));
        for (const JsonValue part : value.elements()) {
            const std::string here = fmt::format("{}[{}]", place, table.key.size());
            const std::string text = text_of(part, here, "\"call_id\"");
            const auto found = std::ranges::find(names, text);
            if (found == names.end()) {
                const std::string near = nearest(text, names);
                refuse(here, fmt::format("the table has no column {}", shown(text)),
                       near.empty() ? fmt::format("Its columns are: {}.", list_of(names))
                                    : fmt::format("Did you mean {}?", near));
            }
            const auto index = static_cast<std::size_t>(found - names.begin());
            if (std::ranges::find(table.key, index) != table.key.end())
                refuse(here, fmt::format("{} is in the key twice", text), "Leave one out.");
            const Type type = table.columns[index].type;
            if (type == Type::json || type == Type::decimal)
                refuse(here,
                       fmt::format("{} is {}, which cannot be compared for being the same", text,
                                   name_of(type)),
                       "A key's columns are int64, text, boolean or timestamp.");
            table.key.push_back(index);
        }
    }

    void read_where(JsonValue value, const std::string& place, RuleTable& table) {
        const std::string text = text_of(value, place, "\"status_code = 200\"");
        std::vector<Field> elements;
        if (table.each) {
            for (const RuleColumn& column : table.columns) {
                if (column.path.of == Path::Of::row) continue;
                const bool number = column.type == Type::int64 || column.type == Type::decimal;
                const Kind kind = number                           ? Kind::number
                                  : column.type == Type::timestamp ? Kind::moment
                                                                   : Kind::text;
                elements.push_back({column.path_text, kind});
            }
        }
        try {
            table.where = RowFilter(text, catalog_, elements, zone_);
        } catch (const Error& error) {
            throw error.within(place).within("rule");
        }
    }

    const Catalog& catalog_;
    const std::span<const std::string> taken_;
    const Zone& zone_;
};

}  // namespace

std::span<const Column, kOwnColumns> own_columns() {
    static const std::array<Column, kOwnColumns> columns{{{"_id", Type::text},
                                                          {"account_id", Type::int64},
                                                          {"processor_id", Type::int64},
                                                          {"simple_date", Type::text}}};
    return columns;
}

std::string_view name_of(Type type) {
    return std::ranges::find(kTypes, type, &TypeName::type)->name;
}

Rule read_rule(std::string_view json, const Catalog& catalog, std::span<const std::string> taken,
               const Zone& zone) {
    std::optional<JsonDocument> document;
    try {
        document.emplace(json);
    } catch (const Error& error) {
        throw Error(Fault::config, fmt::format("rule: that is no JSON: {}", error.what()))
            .with_hint("docs/reports.md has examples of rules.");
    }
    return Reader(catalog, taken, zone).read(document->root());
}

}  // namespace ringtail::report
