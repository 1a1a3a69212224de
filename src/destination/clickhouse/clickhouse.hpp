#pragma once
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "destination/destination.hpp"

namespace ringtail {

// ClickHouse, over its HTTP interface. The URL: clickhouse/url.hpp. How rows are stored:
//   a table       ReplacingMergeTree(_version) ordered by the key; of a key's rows the newest
//                 counts, deleted ones are marked. The view <table>_current shows one row per key.
//   unchanged     each row carries a hash of its values; rows with the same hash are not written
//   partition     the month of `fired` or `started` as it was when the row first came: a row never
//                 changes its partition, in which alone old versions are replaced
//   text, json    Nullable(String), any bytes
//   int64         Nullable(Int64); decimal: Nullable(Decimal(38, 10)); boolean: Nullable(UInt8)
//   timestamp     Nullable(DateTime64(6, 'UTC')); before there was such a type Nullable(String),
//                 'YYYY-MM-DD hh:mm:ss.uuuuuu' UTC
// There are no transactions: rows come first, the checkpoint last. Foreign keys do not exist.
// Error(config) for a wrong URL; nothing is connected yet. Pauses between inserts are slept on
// `clock`.
std::unique_ptr<Destination> make_clickhouse(const std::string& url, DestinationOptions options,
                                             Clock& clock, Logger& log);

// What one load should hold: ClickHouse likes few large inserts.
inline constexpr LoadSize kClickHouseLoad{.rows = 100'000, .bytes = 16U << 20U};

}  // namespace ringtail
