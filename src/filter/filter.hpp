#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/zone.hpp"

// Which rows of a table are wanted, as the user writes it: `status_code = 200 and status2_code =
// 200`. A language of its own and not the database's, so that it means the same everywhere and
// nothing can be injected.
//
//   expression  = and-term { "or" and-term }          not binds tightest, then and, then or
//   and-term    = not-term { "and" not-term }
//   not-term    = "not" not-term | "(" expression ")" | comparison
//   comparison  = field ( "=" | "!=" | "<" | "<=" | ">" | ">=" ) value
//               | field [ "not" ] "in" "(" value { "," value } ")"
//               | field [ "not" ] "like" text         % any characters, _ one, \ takes the next as
//                                                     it is
//               | field "is" [ "not" ] "null"
//   value       = number | text in '…' ('' inside is one ')
//   field       = letters, digits, _ and dots, or anything in "…"
//
// Words are read in any case; `<>` and `==` are taken too. A comparison with nothing (null) is
// neither true nor false, as in SQL, so such a row is not taken; `is null` asks for it.
namespace ringtail::filter {

enum class Type : std::uint8_t {
    text,    // compared character by character, upper and lower case differ
    number,  // compared by value, to the last digit
    moment,  // a time; 'YYYY-MM-DD' means the whole day, 'YYYY-MM-DD HH:MM' the whole minute,
             // 'YYYY-MM-DD HH:MM:SS' the second
};

struct Field {
    std::string name;
    Type type = Type::text;
};

struct Rules {
    std::span<const Field> fields;  // what can be asked for
    const Zone* zone = nullptr;     // of the moments that are written; nothing: UTC
};

// One row as the filter sees it.
class Record {
  public:
    virtual ~Record() = default;
    // The value of Rules::fields[field]; nothing for null and missing. A number as digits (a text
    // that is none counts as nothing), a moment as 'YYYY-MM-DD HH:MM:SS' in UTC, perhaps with a
    // fraction. The text must live until the next call.
    virtual std::optional<std::string_view> value(std::size_t field) const = 0;
};

struct Node;

// A filter that has been read and checked. Cheap to copy; safe to use from several threads.
class Expression {
  public:
    // Takes everything.
    Expression() = default;
    // An empty text takes everything. Error(config) tells the place (in characters, from 1), what
    // is wrong and what could stand there.
    Expression(std::string_view text, const Rules& rules);

    bool takes(const Record& record) const;
    bool takes_all() const { return root_ == nullptr; }
    // Indexes of the fields it asks for, each once, ascending.
    const std::vector<std::size_t>& fields() const { return fields_; }
    const std::string& text() const { return text_; }

  private:
    std::string text_;
    std::shared_ptr<const Node> root_;
    std::vector<std::size_t> fields_;
};

}  // namespace ringtail::filter
