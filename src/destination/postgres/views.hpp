#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "destination/postgres/connection.hpp"
#include "destination/relational/prepare.hpp"

// Views, within a transaction. Rights that were granted on one are granted again on the one that
// takes its place.
namespace ringtail::postgres {

std::optional<relational::StoredView> read_view(Connection& connection,
                                                const sql::TableName& place);
std::vector<std::string> views_named(Connection& connection, const std::string& schema,
                                     std::string_view beginning);
// Throws relational::ViewIsUsed, after which the transaction is gone.
void make_view(Connection& connection, const sql::TableName& place, const std::string& select,
               bool is_there);

// PostgreSQL changes no column that a view shows: Ringtail's own views are taken down for that, and
// put up again as they were.
class ViewsDown {
  public:
    ViewsDown(Connection& connection, const sql::TableName& table);
    void put_up();

  private:
    struct Kept {
        std::string shown, definition;
        std::vector<std::string> grants;
    };
    Connection& connection_;
    std::vector<Kept> views_;
};

}  // namespace ringtail::postgres
