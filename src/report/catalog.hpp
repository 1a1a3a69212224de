#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ringtail::report {

// What a field of the source holds; `any` is not known beforehand.
enum class Kind : std::uint8_t { number, text, moment, boolean, list, object, any };

struct Field {
    std::string path;  // "visit_info.current.src"
    Kind kind = Kind::text;
};

// What the rows of one type of report have.
struct Catalog {
    std::string type;           // "calls"
    std::vector<Field> fields;  // the objects they stand in are fields too and need not be named
    std::vector<std::string> open = {};  // objects that may hold any further fields: "contact"
    std::string implied = {};            // an object whose name may be left out: "visit_info"

    // The field that is meant, by its full path; nothing where there is none.
    std::optional<Field> find(std::string_view path) const;
    // The full path of a field that may have been meant; "" where none is like it.
    std::string near(std::string_view path) const;
    // With nothing but these fields and what stands in them.
    Catalog only(std::span<const std::string> paths) const;
};

std::string_view name_of(Kind kind);

}  // namespace ringtail::report
