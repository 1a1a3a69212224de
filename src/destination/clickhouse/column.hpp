#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/table.hpp"
#include "sql/clickhouse_text.hpp"
#include "sql/value.hpp"

namespace ringtail::clickhouse {

// A column as it stands in the database, and how values of the source's type go into it.
struct StoredColumn {
    enum class Form : std::uint8_t {
        plain,        // the value's own text
        time_text,    // 'YYYY-MM-DD hh:mm:ss.uuuuuu': a String or DateTime64
        unix_seconds  // DateTime, whose text would be read in the server's time zone
    };
    std::string name;
    std::string type;  // as the database writes it
    bool nullable = false;
    sql::ColumnType fits;
    Form form = Form::plain;
    int first_year = 1, last_year = 9999;  // of times
};

// Nothing where Ringtail cannot fill a column of this type.
std::optional<StoredColumn> stored_column(std::string name, std::string type, Type source);

// What is written: `text`, exact, the form that also goes into the row's hash; the same for every
// database type. See sql::fit() for the outcomes. `scratch` as there.
sql::Fitted fit_value(const Cell& cell, const StoredColumn& column, std::string& scratch);

// The field for a text of fit_value(), unescaped.
std::string_view field_of(std::string_view value, const StoredColumn& column, std::string& scratch);

// The types that such a column may be widened to, narrowest first.
std::vector<std::string> wider_types(const StoredColumn& column, Type source,
                                     const sql::clickhouse::Features& features);

}  // namespace ringtail::clickhouse
