#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "simulation.hpp"
#include "tree.hpp"

// What the tables must hold: facts/dialfire.md B.4 to B.9 once more, in their own words, over the
// stand-in's own trees.
namespace ringtail::sim {

enum class TruthTable : std::uint8_t {
    contacts,
    transactions,
    connections,
    recordings,
    inbound_calls
};

// Error(config) names the tables.
TruthTable truth_table(std::string_view name);

// The derived ids of B.7.
std::string transaction_id(std::string_view contact, std::string_view fired);
std::string later_transaction_id(std::string_view contact, std::string_view fired,
                                 std::string_view sequence_nr);  // G-6
std::string recording_id(std::string_view connection, std::string_view location_or_started);

using TruthRow = std::function<void(std::string_view row)>;

// Rows of one table; one object for as many trees as wanted.
class Truth {
  public:
    // `names` and `custom_columns` are Form::names() and Form::columns(); both must outlive this.
    Truth(TruthTable table, TruthOptions options, const std::vector<std::string>& names,
          const std::vector<KeyId>& custom_columns);
    // The rows a contact (or an inbound call) stands for.
    void contact(const Tree& tree, const TruthRow& row);
    void inbound_call(const Tree& tree, const TruthRow& row);

  private:
    struct Column {
        std::string name;  // as in the row: escaped, with quotes and colon
        KeyId key;
    };
    using Index = Tree::Index;
    void transactions(Index contact, std::string_view contact_id, const TruthRow& row);
    void connection(Index connection, std::string_view transaction, std::string_view parent,
                    const TruthRow& row);
    void recordings(Index connection, std::string_view connection_id, const TruthRow& row);
    bool passes(Index transaction) const;
    // The row of `object`; `derived` replaces what the object says.
    using Derived = std::vector<std::pair<KeyId, std::string>>;
    void emit(Index object, const Derived& derived, const TruthRow& row);
    void emit_rest(Index object, const Derived& derived);
    void reject(TruthTable table, Index object, std::string_view key, std::string_view reason,
                const TruthRow& row);

    const TruthTable table_;
    const TruthOptions options_;
    const std::vector<std::string>& names_;
    std::vector<std::string> stages_;
    std::vector<Column> columns_;
    std::vector<bool> is_column_;  // by KeyId: stands in columns_, or is a renamed one's source
    const Tree* tree_ = nullptr;
    std::string contact_id_, out_;
};

}  // namespace ringtail::sim
