#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "base/error.hpp"
#include "destination/relational/plan.hpp"
#include "destination/relational/rows.hpp"
#include "destination/relational/session.hpp"
#include "model/batch.hpp"

namespace ringtail::relational {

// Rows of one batch that are to be written: a RowWriter<Sink>(plan, batch, rejecter, sink) does
// that row by row.
struct SomeRows {
    const Plan& plan;
    const Batch& batch;
    const std::vector<std::size_t>& rows;
    Rejecter& rejecter;
};

// A database's fastest way in. Within the load's transaction. Both return how many rows arrived,
// and throw TooNarrow and SqlError.
class Bulk {
  public:
    virtual ~Bulk() = default;
    // Into the stage table, whose columns are Plan::columns().
    virtual std::uint64_t to_stage(const SomeRows& rows) = 0;

    // Whether to_table() is there. Then rows that are not in their table yet go straight into it,
    // the others to the stage; otherwise all go to the stage.
    virtual bool has_way_to_table() const { return false; }
    // Straight into the table, with `changed` in Plan::changed. SqlError(duplicate_key) where one
    // of the rows is there already.
    virtual std::uint64_t to_table(const SomeRows& /*rows*/, const Param& /*changed*/) {
        throw Error(Fault::bug, "this database has no direct way into a table");
    }

    struct Upserted {
        std::uint64_t inserted = 0, updated = 0, unchanged = 0;
    };
    // Into the table in one step, whether rows are there or not. Nothing, and nothing done, where
    // that is not possible or not the fastest way.
    virtual std::optional<Upserted> upsert(const SomeRows& /*rows*/, const Param& /*changed*/) {
        return std::nullopt;
    }
};

}  // namespace ringtail::relational
