#pragma once
#include "destination/relational/dialect.hpp"
#include "sql/sqlserver_types.hpp"

namespace ringtail::sqlserver {

// sql/sqlserver_text.hpp in the words of the generic destination.
class Dialect final : public relational::Dialect {
  public:
    std::string quote(std::string_view name) const override;
    std::vector<relational::Wider> wider_types(const relational::StoredColumn& column,
                                               relational::Use use) const override;
    std::string set_column_type(const relational::StoredTable& table,
                                const relational::StoredColumn& column,
                                const relational::Wider& wider) const override;
    std::string stage_name(std::string_view stage) const override;
    std::vector<std::string> create_stage(
        std::string_view stage, const relational::StoredTable& table,
        std::span<const relational::StoredColumn> columns) const override;
    std::string update_from_stage(const relational::Merge& merge) const override;
    std::string insert_from_stage(const relational::Merge& merge) const override;
    std::vector<std::string> create_own_tables() const override;
    std::string now() const override;
    std::string now_plus(int seconds) const override;
    std::string seconds_until(std::string_view time) const override;
    std::string by_bytes(const std::string& name, const reading::Column& column,
                         const std::string& is, const std::string& value) const override;
    bool orders_texts_loosely() const override { return true; }
    std::string shown(const std::string& name, const reading::Column& column) const override;
    std::string sent_time(std::string text, const sql::ColumnType& type) const override {
        return std::string(sql::sqlserver::sent(text, type));
    }
    std::string limit(std::size_t rows) const override;
};

}  // namespace ringtail::sqlserver
