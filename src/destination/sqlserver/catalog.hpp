#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "destination/relational/prepare.hpp"
#include "destination/relational/stored.hpp"
#include "destination/sqlserver/session.hpp"
#include "sql/sqlserver_text.hpp"

namespace ringtail::sqlserver {

// Where a table of this name is or will be: "schema.name" in that schema where there is one,
// others in the user's default schema. Error(config) for names that no table can have.
sql::TableName place_of(Session& session, std::string_view name);

// Nothing when there is no such table or view.
std::optional<relational::StoredTable> read_table(Session& session, const sql::TableName& place);

std::vector<relational::ForeignKey> foreign_keys(Session& session,
                                                 const relational::StoredTable& table);

// As the texts want it.
sql::sqlserver::ColumnText as_text(const relational::StoredColumn& column);
std::vector<sql::sqlserver::ColumnText> as_texts(
    const std::vector<relational::StoredColumn>& columns);

}  // namespace ringtail::sqlserver
