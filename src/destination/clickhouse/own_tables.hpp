#pragma once
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string_view>
#include <vector>

#include "destination/clickhouse/pace.hpp"
#include "destination/clickhouse/server.hpp"
#include "destination/clickhouse/version.hpp"
#include "model/load.hpp"

// Ringtail's own tables: ringtail_checkpoints, ringtail_leases, ringtail_rejects,
// ringtail_rechecks. Like the others they keep old versions of a row for a while; what counts is in
// the views ringtail_checkpoints_current and so on.
namespace ringtail::clickhouse {

void create_own_tables(Server& server);

// What an insert into one of them needs.
struct Writer {
    Server& server;
    Pace& pace;
    Versions& versions;
    const std::stop_token& stop;
};

// "2024-03-05 10:03:27.481516".
std::string time_field(Instant instant);

// The two below answer "nothing" before the tables are there.
std::optional<Checkpoint> read_checkpoint(Server& server, std::string_view stream);
std::vector<Recheck> read_rechecks(Server& server, std::string_view stream, Instant until,
                                   std::size_t limit);

void store_checkpoint(const Writer& writer, std::string_view stream, const Checkpoint& checkpoint,
                      Instant now);
// Rejects that are there already are left alone, unless `is_new` says otherwise.
void store_rejects(const Writer& writer, std::span<const Reject> rejects, Instant now,
                   const std::function<bool(const Reject&)>& is_new = {});
// Drops what was rejected before of these rows, in the background, and stores the others.
void replace_rejects(const Writer& writer, std::span<const Forgotten> forgotten,
                     std::span<const Reject> rejects, Instant now);
void drop_rejects(Server& server, std::string_view table, std::span<const std::string> keys);
void store_rechecks(const Writer& writer, std::string_view stream,
                    std::span<const Recheck> rechecks);

}  // namespace ringtail::clickhouse
