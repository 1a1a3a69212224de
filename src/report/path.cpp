#include "report/path.hpp"

namespace ringtail::report {

Path parse_path(std::string_view text) {
    Path path;
    if (text == "#") {
        path.of = Path::Of::position;
        return path;
    }
    if (text.starts_with('.')) {
        path.of = Path::Of::element;
        text.remove_prefix(1);
    }
    while (!text.empty()) {
        const auto dot = std::min(text.find('.'), text.size());
        path.names.emplace_back(text.substr(0, dot));
        text.remove_prefix(std::min(dot + 1, text.size()));
    }
    return path;
}

JsonValue value_at(const Path& path, const Row& row) {
    JsonValue value = path.of == Path::Of::row ? row.row : row.element;
    if (!value.exists()) return value;
    for (const std::string& name : path.names) {
        value = value.find(name);
        if (!value.exists()) break;
    }
    return value;
}

}  // namespace ringtail::report
