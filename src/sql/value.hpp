#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/batch.hpp"

namespace ringtail::sql {

// The type of a column that is there, as far as fitting a value needs it.
enum class Kind : std::uint8_t {
    text,
    boolean,
    integer,
    decimal,
    float64,
    timestamptz,
    timestamp,
    date,
    json,
    other
};

struct ColumnType {
    Kind kind = Kind::text;
    std::optional<std::uint32_t> max_chars = {};  // text: in code points
    std::optional<std::uint64_t> max_bytes = {};  // text: in UTF-8
    char32_t last_char = 0x10FFFF;                // text: the last code point of its character set
    std::uint8_t bytes = 8;                       // integer: 1, 2, 3, 4 or 8; float64: 4 or 8
    bool is_unsigned = false;                     // integer, decimal
    std::optional<int> precision = {};  // decimal(precision, scale); times: digits of the second's
                                        // fraction, -1 for whole minutes; nothing: any
    int scale = 0;
    int first_year = 1, last_year = 9999;  // times
    // Times are written "YYYY-MM-DD hh:mm:ss.fff" instead of "YYYY-MM-DDThh:mm:ss.fffZ".
    bool plain_times = false;
    bool holds_nul = false;     // text may hold U+0000, json the escapes \u0000 and \ud800
    bool counts_utf16 = false;  // max_chars counts UTF-16 units
    bool no_end_blank = false;  // text: a key that the database compares without blanks at its end
};

// What becomes of one value in one column.
struct Fitted {
    enum class Outcome : std::uint8_t {
        null,        // NULL
        value,       // `text`, exact, in the form both PostgreSQL's and SQLite's text input read
        too_narrow,  // the type is right but not wide enough: widen the column, then fit again
        reject,      // cannot be this type without changing the value
    };
    Outcome outcome = Outcome::null;
    std::string_view text;         // points into the cell or into `scratch`
    std::string_view reason = {};  // of too_narrow and reject: a static text
};

// Fits without ever changing a value. The rules (docs/tables.md has them for users):
//   ""                       NULL, whatever the column (the old client's way, facts/dialfire.md
//   B.10) text      <- text        as it is; number: its digits; boolean: 1 or 0 (B.10); json:
//   minified JSON boolean   <- true false, 1 0, "true" "false" "1" "0" in any case integer   <-
//   whole numbers, also as text; a fraction or too large: too_narrow; no booleans decimal   <-
//   numbers, also as text with a decimal point ("12,5" is a reject, G-22) timestamp <- ISO 8601
//   text; whole numbers from 10^11 on are milliseconds since 1970 (E-14) json      <- any value as
//   JSON
// `scratch` holds the text of values that had to be written anew; it is overwritten by each call.
Fitted fit(const Cell& cell, const ColumnType& type, std::string& scratch);

// The time of a load as the column holds it: where that is coarser (a user's own column), the last
// one that it tells apart. Nothing where it holds no such times.
std::optional<std::string> fit_load_time(std::string_view time, const ColumnType& type);

// "text", as JSON has it, behind `out`.
void append_json_string(std::string_view text, std::string& out);

// The cell as JSON text, for `rejects.raw` and JSON columns.
std::string raw_json(const Cell& cell);

}  // namespace ringtail::sql
