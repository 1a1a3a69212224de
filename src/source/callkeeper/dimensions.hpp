#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/md5.hpp"
#include "source/callkeeper/merge.hpp"
#include "source/callkeeper/tables.hpp"

// The shared tables a call points at. Pure.
namespace ringtail::callkeeper {

// TableId::dates to TableId::locations.
inline constexpr std::array<TableId, 5> kDimensions{
    TableId::dates, TableId::clientids, TableId::traffic, TableId::sites, TableId::locations};

// When the call was: `date`, else date_timestamp; nothing when neither can be read.
std::optional<Instant> date_of(const CallView& call);

// Appends what makes a row of `table` the one it is: the table's name and the row's values, joined
// by U+001F. False, and `out` is left as it was, when the call says nothing there: the stub row.
bool append_content(TableId table, const CallView& call, std::string& out);

// A row's id is derived from its content: 63 bits of the MD5, never 0 or the stub's.
std::int64_t surrogate(const Md5& digest);

// callkeeper_calls: `salt` counts up from 0 for as long as the id belongs to another call.
std::int64_t call_surrogate(std::int64_t account, std::int64_t call, unsigned salt = 0);

// The MD5 of `content`, salted from 1 on: for an id that belongs to another row.
Md5 digest_of(std::string_view content, unsigned salt = 0);
Md5 stub_digest(TableId table);

}  // namespace ringtail::callkeeper
