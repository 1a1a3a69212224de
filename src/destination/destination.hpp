#pragma once
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "destination/joint_loads.hpp"
#include "destination/retention.hpp"
#include "destination/row_reader.hpp"
#include "model/calls_part.hpp"
#include "model/load.hpp"
#include "model/view.hpp"

namespace ringtail {

// What a destination remembers about streams, beside the rows: ringtail_checkpoints and
// ringtail_rechecks. The two tables are created by Destination::prepare(); before that a stream has
// no checkpoint and no lease.
class StreamStore {
  public:
    virtual ~StreamStore() = default;
    virtual std::optional<Checkpoint> checkpoint(std::string_view stream) = 0;
    // The oldest `limit` rechecks with due <= until.
    virtual std::vector<Recheck> rechecks(std::string_view stream, Instant until,
                                          std::size_t limit) = 0;
    // Takes the stream's lease for `holder`, or renews it, for kLeaseSeconds of the database's
    // clock. Error(config) naming the other holder when somebody else's lease has not run out
    // (base/holder.hpp tells when a holder on this machine is dead: its lease is taken over at
    // once).
    virtual void hold(std::string_view stream, std::string_view holder) = 0;
    virtual void release(std::string_view stream, std::string_view holder) = 0;
};
inline constexpr int kLeaseSeconds = 60;

// A database rows go to. One object is one connection and belongs to one thread at a time. Every
// call blocks. After any Error the object stays usable: a lost connection is made again by the next
// call.
class Destination {
  public:
    virtual ~Destination() = default;

    // Creates or extends the tables (parents first) and Ringtail's own; idempotent, safe to run by
    // two processes at once. Returns the tables as they can be filled: only_if_present columns that
    // the table lacks are left out, and Table::created is set. Error(config) with a hint (the GRANT
    // or CREATE to run) when a right or the database is missing.
    virtual std::vector<Table> prepare(std::span<const Table> tables) = 0;

    // prepare() for a run that calls finish() once its rows are in, and when it fails: the tables
    // that are made may get only then what makes a first load slow. Loads keep what it promises
    // meanwhile; should the run be killed, the next prepare() of the tables does what was left.
    virtual std::vector<Table> prepare_to_fill(std::span<const Table> tables) {
        return prepare(tables);
    }
    // Cheap where nothing was put off. Error(data) where rows do not allow what is missing.
    // Error(stopped) when `stop` is requested; where it is already, some seconds are tried.
    virtual void finish(std::stop_token /*stop*/) {}

    // Creates the views, or replaces those whose definition has changed; one that is as it should
    // be is left alone. They read tables of this object's last prepare(). Error(config) naming it
    // where a table has the name of a view, and with a hint where the right to create views is
    // missing.
    virtual void create_views(std::span<const View> views) = 0;

    // Creates or replaces the source's part of the views over the calls of all sources
    // (docs/views.md), and these views over all parts there are. They are for people, and loads go
    // on without them: where a right is missing or something else has one of their names, all of
    // it stays as it is, and a line in the log says why.
    virtual void create_calls(const CallsPart& /*part*/) {}

    // All or nothing, and durable on return: rows upserted by Table::key (of several rows with one
    // key in a batch the last counts), batch.erased() deleted, rejects, rechecks and checkpoint
    // stored. A row whose values are all the same is not written. A value that does not fit its
    // column widens the column or becomes a reject; a row that breaks one of Table::unique is
    // Error(data). A row that another load inserts at the same time is no error. Error(transient)
    // may mean "unknown whether it committed": repeating the load is harmless. Error(stopped) when
    // `stop` is requested; nothing is stored then.
    virtual LoadStats load(const Load& load, std::stop_token stop) = 0;

    // For each key the stored Table::fingerprint, or nothing where there is no such row (an empty
    // text for NULL).
    virtual std::vector<std::optional<std::string>> fingerprints(
        const Table& table, std::span<const std::string> keys) = 0;

    virtual StreamStore& streams() = 0;

    // Nothing where each load is a transaction of its own.
    virtual JointLoads* joint() { return nullptr; }
    // Nothing where rows cannot be deleted for their age (the outbox).
    virtual Retention* retention() { return nullptr; }
    // Nothing where rows cannot be read back (the outbox).
    virtual RowReader* rows() { return nullptr; }
};

// Makes a new, unconnected Destination; the pipeline opens one for loads and one for look-ups.
using DestinationFactory = std::function<std::unique_ptr<Destination>()>;

// When a load is closed, at whichever comes first. Two waiting loads, one under way and one being
// built bound the memory.
struct LoadSize {
    std::size_t rows = 20'000;
    std::size_t bytes = 4U << 20U;
};

// Options that all destinations share.
struct DestinationOptions {
    bool foreign_keys = true;  // --foreign-keys=off
};

}  // namespace ringtail
