#pragma once
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "destination/relational/plan.hpp"
#include "model/batch.hpp"
#include "sql/value.hpp"

namespace ringtail::relational {

struct Wider {
    std::string type_text;
    sql::ColumnType type;
};

// Of `choice`, which goes from the nearest to the widest, the first that holds all values of the
// cell that the column cannot hold but one of them can; nothing where there are no such values.
std::optional<Wider> nearest_wider(const Batch& batch, std::size_t cell,
                                   const sql::ColumnType& type, const std::vector<Wider>& choice);

// How one database widens.
struct Widening {
    std::function<std::vector<Wider>(const Field&)> choice;
    // Gives the column the type, unless it is not what the plan says any more. True when it did.
    // Throws SqlError.
    std::function<bool(const Plan&, const Field&, const Wider&)> alter;
};

// Gives each column of the plan that is too narrow for a value of the batch a type that holds them
// all. Where the database refuses, the column is noted in `not_widened`.
void widen(const Widening& how, const Plan& plan, const Batch& batch, NotWidened& not_widened,
           Logger& log);

}  // namespace ringtail::relational
