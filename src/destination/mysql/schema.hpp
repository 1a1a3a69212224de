#pragma once
#include "destination/mysql/connection.hpp"
#include "destination/relational/dialect.hpp"
#include "destination/relational/prepare.hpp"

namespace ringtail::mysql {

// Each statement of DDL commits by itself, so each leaves the tables in a state that the next
// prepare() goes on from.
class Schema final : public relational::Schema {
  public:
    explicit Schema(Connection& connection) : connection_(connection) {}

    const sql::NameRules& name_rules() const override;
    sql::TableName place_of(std::string_view name) override;
    // Error(config) for a table without transactions.
    std::optional<relational::StoredTable> read_table(std::string_view name) override;
    relational::StoredTable create_table(relational::NewTable& table) override;
    bool add_column(const relational::StoredTable& table,
                    const relational::NewColumn& column) override;
    void add_index(const relational::StoredTable& table,
                   const relational::NewIndex& index) override;
    std::optional<relational::StoredView> read_view(const sql::TableName& place) override;
    void make_view(const sql::TableName& place, const std::string& select, bool is_there) override;
    std::vector<std::string> views_named(const std::string& schema,
                                         std::string_view beginning) override;
    std::unique_ptr<sql::CallWords> call_words() const override;
    std::size_t backfill(const Table& table, const relational::StoredTable& stored,
                         const relational::Names& names,
                         const std::vector<std::size_t>& added) override;

  private:
    Connection& connection_;
};

}  // namespace ringtail::mysql
