#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "destination/relational/dialect.hpp"

// MySQL's and MariaDB's statements as texts. Pure.
namespace ringtail::mysql {

const sql::NameRules& name_rules();

// The type of a column that Ringtail creates, and how values fit it. `collation` tells texts apart
// by their code points.
std::string type_name(Type type, relational::Use use, std::string_view collation);
sql::ColumnType column_type(Type type, relational::Use use);

// The comments by which columns are known: text that holds JSON, and columns that were added and
// whose values are still in the rest.
inline constexpr std::string_view kJsonComment = "json";
inline constexpr std::string_view kUnfilledComment = "Ringtail: not filled yet";

std::string shown(const sql::TableName& table);
std::string create_table(const relational::NewTable& table, std::string_view collation);
// With a comment that finish_column() takes away, where values are to be moved there.
std::string add_column(const relational::StoredTable& table, const relational::NewColumn& column,
                       std::string_view collation);
std::string finish_column(const relational::StoredTable& table, const relational::NewColumn& column,
                          std::string_view collation);

// The server makes the index's name.
std::string add_index(const relational::StoredTable& table, const relational::NewIndex& index);
std::string make_view(const sql::TableName& place, std::string_view select, bool is_there);

// Rows by `columns` and, where there is one, `changed`, whose literal stands for each row.
std::string load_data(std::string_view table, const std::vector<relational::StoredColumn>& columns,
                      const relational::StoredColumn* changed, std::string_view changed_literal);
// "INSERT INTO … VALUES ", to be followed by the rows.
std::string insert_values(std::string_view table,
                          const std::vector<relational::StoredColumn>& columns,
                          const relational::StoredColumn* changed);

// Behind the rows of insert_values(): rows whose key is there get the values, and `changed` where
// one of them differs.
std::string on_duplicate_key(const std::vector<relational::StoredColumn>& columns,
                             const std::vector<relational::StoredColumn>& key,
                             const relational::StoredColumn* changed, std::string_view collation);

class Dialect final : public relational::Dialect {
  public:
    explicit Dialect(std::string exact_collation) : collation_(std::move(exact_collation)) {}

    std::string quote(std::string_view name) const override;
    // With a text they are compared as numbers of 53 bits.
    bool wants_numbers_bare() const override { return true; }
    std::vector<relational::Wider> wider_types(const relational::StoredColumn& column,
                                               relational::Use use) const override;
    std::optional<relational::Wider> exact_type(
        const relational::StoredColumn& column) const override;
    std::string set_column_type(const relational::StoredTable& table,
                                const relational::StoredColumn& column,
                                const relational::Wider& wider) const override;
    std::string stage_name(std::string_view stage) const override;
    std::vector<std::string> create_stage(
        std::string_view stage, const relational::StoredTable& table,
        std::span<const relational::StoredColumn> columns) const override;
    std::string update_from_stage(const relational::Merge& merge) const override;
    std::vector<std::string> create_own_tables() const override;
    std::string now() const override;
    std::string now_plus(int seconds) const override;
    std::string seconds_until(std::string_view time) const override;
    std::string by_bytes(const std::string& name, const reading::Column& column,
                         const std::string& is, const std::string& value) const override;
    std::string limit(std::size_t rows) const override;

  private:
    std::string collation_;
};

}  // namespace ringtail::mysql
