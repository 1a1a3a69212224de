#pragma once
#include <map>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "base/error.hpp"
#include "base/log.hpp"
#include "destination/postgres/connection.hpp"
#include "destination/postgres/errors.hpp"
#include "destination/relational/plan.hpp"
#include "destination/relational/prepare.hpp"
#include "model/batch.hpp"

namespace ringtail::postgres {

// The server checks a foreign key by a query for each row, which takes half the time of a first
// load. Tables that a run makes may get theirs when its rows are in, by one query for all rows, and
// the indexes beside the primary key too, which are made quicker at once. Until then the table's
// comment says so (relational::kKeysFollowComment), and loads see to it themselves that no row
// points at nothing.
class FirstFill {
  public:
    FirstFill(Connection& connection, Logger& log) : connection_(connection), log_(log) {}

    // What prepare() found: tables this object's own run makes stay without their keys until
    // finish() where `may_put_off`, all others get them now.
    void begin(std::vector<relational::LateKeys> tables, bool may_put_off);

    // Adds the indexes and keys that are not there yet, proves them and takes the comment back.
    // Whatever happens, nothing is under way then; what is left is for the next prepare().
    void finish(const std::stop_token& stop);

    // Whether the batch may have rows that point at nothing, which only the server can tell for
    // sure. `parents`: the batches of the same load that are stored already.
    bool may_dangle(const relational::Plan& plan, const Batch& batch,
                    std::span<const Batch> parents);
    // Whether rows of a table without its keys point at this one's.
    bool is_pointed_at(const relational::Plan& plan) const;

  private:
    using Keys = std::unordered_set<std::string>;

    const relational::LateKeys* of(std::string_view table) const;
    bool all_there(const relational::ForeignKey& key, const relational::Field& field,
                   std::vector<std::string> values);
    void add_all(std::span<const relational::LateKeys> tables);
    void add(const relational::LateKeys& table);
    Error not_the_owner(const SqlError& error, std::span<const relational::LateKeys> left) const;
    void add_indexes(const relational::LateKeys& table);
    bool add_unproven(const relational::LateKeys& table);
    void prove(const relational::LateKeys& table, const relational::ForeignKey& key);

    Connection& connection_;
    Logger& log_;
    std::vector<relational::LateKeys> late_;
    std::map<std::string, Keys> seen_;  // keys that the database has, by parent
};

}  // namespace ringtail::postgres
