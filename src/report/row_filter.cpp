#include "report/row_filter.hpp"

#include <set>

#include "base/time_text.hpp"

namespace ringtail::report {
namespace {

filter::Type type_of(Kind kind) {
    if (kind == Kind::number) return filter::Type::number;
    return kind == Kind::moment ? filter::Type::moment : filter::Type::text;
}

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '$' || static_cast<unsigned char>(c) >= 0x80;
}

// The names in a filter that begin with "contact.": fields that only the filter knows of.
std::vector<std::string> names_in(std::string_view text, const std::string& object) {
    std::vector<std::string> names;
    const std::string begin = object + ".";
    for (auto at = text.find(begin); at != text.npos; at = text.find(begin, at + 1)) {
        if (at > 0 && is_word(text[at - 1])) continue;
        std::size_t end = at;
        if (at > 0 && text[at - 1] == '"') {
            end = std::min(text.find('"', at), text.size());
        } else {
            while (end < text.size() && is_word(text[end])) ++end;
        }
        names.emplace_back(text.substr(at, end - at));
    }
    return names;
}

// "2024-05-01T21:30:15.000Z" as "2024-05-01 21:30:15.000".
std::string moment_text(Instant at) {
    std::string text = format_time(at);
    text[10] = ' ';
    text.pop_back();
    return text;
}

}  // namespace

class RowFilter::Record final : public filter::Record {
  public:
    Record(const Asked& asked, const Row& row) : asked_(asked), row_(row) {}

    std::optional<std::string_view> value(std::size_t index) const override {
        const Path& path = asked_.paths[index];
        std::string_view text;
        if (path.of == Path::Of::position) {
            scratch_ = std::to_string(row_.position);
            text = scratch_;
        } else if (path.of == Path::Of::element && row_.is_part && path.names.empty()) {
            text = row_.part;
        } else {
            const JsonValue value = value_at(path, row_);
            if (value.is_null()) return std::nullopt;
            text = value.text_or_raw(scratch_);
        }
        if (text.empty()) return std::nullopt;
        if (asked_.types[index] != filter::Type::moment) return text;
        const auto at = parse_time(text);
        if (!at) return std::nullopt;
        scratch_ = moment_text(*at);
        return scratch_;
    }

  private:
    const Asked& asked_;
    const Row& row_;
    mutable std::string scratch_;
};

RowFilter::RowFilter(std::string_view text, const Catalog& catalog, std::span<const Field> further,
                     const Zone& zone) {
    Asked asked;
    std::vector<filter::Field> fields;
    std::set<std::string> known;
    const auto add = [&](const std::string& name, const std::string& path, Kind kind) {
        if (kind == Kind::object || kind == Kind::list || !known.insert(name).second) return;
        fields.push_back({name, type_of(kind)});
        asked.types.push_back(type_of(kind));
        asked.paths.push_back(parse_path(path));
    };
    for (const Field& field : catalog.fields) add(field.path, field.path, field.kind);
    const std::string implied = catalog.implied + ".";
    for (const Field& field : catalog.fields) {
        if (field.path.starts_with(implied))
            add(field.path.substr(implied.size()), field.path, field.kind);
    }
    for (const Field& field : further) add(field.path, field.path, field.kind);
    for (const std::string& object : catalog.open) {
        for (const std::string& name : names_in(text, object)) add(name, name, Kind::any);
    }
    expression_ = filter::Expression(text, {fields, &zone});
    asked_ = std::make_shared<const Asked>(std::move(asked));
}

bool RowFilter::takes(const Row& row) const {
    return expression_.takes_all() || expression_.takes(Record(*asked_, row));
}

}  // namespace ringtail::report
