#pragma once
#include <map>
#include <string>

#include "destination/relational/dialect.hpp"
#include "destination/relational/prepare.hpp"
#include "destination/sqlserver/session.hpp"

namespace ringtail::sqlserver {

class Schema final : public relational::Schema {
  public:
    Schema(Session& session, const relational::Dialect& dialect)
        : session_(session), dialect_(dialect) {}

    const sql::NameRules& name_rules() const override;
    sql::TableName place_of(std::string_view name) override;
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
    // The old client declared some texts as nvarchar without a length, which is one character.
    bool mend_column(const relational::StoredTable& table, const relational::StoredColumn& column,
                     relational::Use use) override;
    std::size_t backfill(const Table& table, const relational::StoredTable& stored,
                         const relational::Names& names,
                         const std::vector<std::size_t>& added) override;

  private:
    Session& session_;
    const relational::Dialect& dialect_;
    // What was added to a table since it was read: columns, and bytes of its rows.
    struct Added {
        std::size_t columns = 0, bytes = 0;
    };
    std::map<std::string, Added> added_;
};

}  // namespace ringtail::sqlserver
