#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// ClickHouse's TabSeparated format: a row a line, fields between tabs, special bytes escaped, NULL
// is \N.
namespace ringtail::clickhouse {

inline constexpr std::string_view kNull = "\\N";

void append_escaped(std::string_view value, std::string& out);
std::string unescaped(std::string_view field);

// The rows of an answer, one after the other.
class TsvRows {
  public:
    explicit TsvRows(std::string text) : text_(std::move(text)) {}

    // Goes to the next row; false at the end.
    bool next();
    // Begins again.
    void rewind() { at_ = 0; }
    std::size_t bytes() const { return text_.size(); }
    std::size_t width() const { return fields_.size(); }
    // As it stands there; until the next call of next().
    std::string_view raw(std::size_t field) const { return fields_.at(field); }
    bool is_null(std::size_t field) const { return raw(field) == kNull; }
    std::string text(std::size_t field) const { return unescaped(raw(field)); }
    // Error(data) when it is no whole number.
    std::uint64_t number(std::size_t field) const;

  private:
    std::string text_;
    std::size_t at_ = 0;
    std::vector<std::string_view> fields_;
};

}  // namespace ringtail::clickhouse
