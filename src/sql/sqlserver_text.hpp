#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/table.hpp"
#include "sql/names.hpp"
#include "sql/sqlserver_types.hpp"
#include "sql/value.hpp"

// T-SQL, as far as both SQL Server and Babelfish have it: statements as texts. Pure; names are
// database names, not the source's.
namespace ringtail::sql::sqlserver {

// Babelfish keeps 63 bytes of a name in its catalog, SQL Server 128 UTF-16 units.
const NameRules& name_rules(bool babelfish);
// [name], or "name" where it holds a ], which Babelfish does not read doubled.
std::string quote(std::string_view name);
std::string quote(const TableName& table);
// N'text', or an expression of its parts; of any length.
std::string literal(std::string_view text);

struct ColumnText {
    std::string name;
    std::string type;        // as SQL
    std::string attributes;  // "COLLATE … NOT NULL"
    ColumnType fits = {};
    bool compare_as_text = false;  // = overlooks changes, or does not exist
};

// Its primary key is called "ringtail_…", by which a table of ours is known.
std::string create_table(const TableName& table, std::span<const ColumnText> columns,
                         std::span<const std::string> key);
std::string add_column(const TableName& table, const ColumnText& column);
std::string alter_column(const TableName& table, const ColumnText& column, const std::string& type);
// "ringtail_" and digits that are others for another table or other columns. A unique one is of the
// rows without a null in these columns.
std::string create_index(const TableName& table, std::span<const std::string> columns,
                         bool is_unique);
// Each for a batch of its own. Babelfish cannot alter a view.
std::vector<std::string> make_view(const TableName& view, std::string_view select, bool is_there,
                                   bool babelfish);
// Rows of `table` go with the row of `parent` they point at.
std::string add_foreign_key(const TableName& table, std::string_view column,
                            const TableName& parent, std::string_view parent_key);

// Two statements; the stage has the columns' types and collations. `stage` is "#name".
std::vector<std::string> create_stage(std::string_view stage, const TableName& table,
                                      std::span<const ColumnText> columns);

// The name of a column's value in the JSON objects of fill_from_json().
std::string json_name(std::size_t column);
// Rows into `stage` from the only parameter, a JSON array of objects that have every column's name,
// with texts and nulls. OPENJSON needs compatibility level 130. Where there are more columns than
// `at_once` they come by several OPENJSONs, joined by a number "n" that each object then has too.
std::string fill_from_json(std::string_view stage, std::span<const ColumnText> columns,
                           std::size_t at_once);
inline constexpr std::size_t kAnyNumber = 100'000;
// Babelfish makes a function call with an argument for each column, and takes 100.
inline constexpr std::size_t kJsonColumnsOfBabelfish = 90;
// Tell whether the server reads JSON so: statements that give json_probe_answer() for
// json_probe_document() where it does, by one OPENJSON and by two.
std::string json_probe();
std::string json_join_probe();
std::string json_probe_document();
std::vector<std::vector<std::optional<std::string>>> json_probe_answer();
// The same for rows that stand behind the statement: (literal, …), (literal, …); 1,000 at most.
std::string fill_from_values(std::string_view stage, std::span<const ColumnText> columns);

struct Merge {
    std::string table, stage;  // as SQL
    std::vector<ColumnText> columns, key;
    std::optional<ColumnText> changed;  // gets the only parameter
};
// Empty where there is nothing but the key.
std::string update_from_stage(const Merge& merge);
std::string insert_from_stage(const Merge& merge);
// Keys of the stage that the database takes for the key of another row, of the stage or the table,
// though they are not the same. Empty where the key tells all apart.
std::string find_twins(const Merge& merge);

// The comparison of a value with a text: = overlooks nothing, < and its like go by code points but
// overlook blanks at the end.
std::string compare_texts(const std::string& value, const std::string& is, const std::string& text,
                          bool is_text);
// A datetimeoffset as the same time in UTC.
std::string in_utc(const std::string& time);

// ringtail_checkpoints, ringtail_rejects and ringtail_rechecks where they are missing.
std::vector<std::string> create_own_tables();

}  // namespace ringtail::sql::sqlserver
