#include "jobs/part_reader.hpp"

#include <algorithm>
#include <iterator>
#include <unordered_set>

#include "base/error.hpp"

namespace ringtail::jobs {
namespace {

constexpr std::size_t kKeysAtOnce = 200;

RowReader& rows_of(Destination& destination) {
    if (RowReader* const rows = destination.rows()) return *rows;
    throw Error(Fault::config, "rows that went to this destination cannot be read back")
        .with_hint("Databases can be compared with their source, web services cannot.");
}

}  // namespace

PartReader::PartReader(ComparisonPlan& plan, Destination& destination,
                       std::span<const Table> tables, std::string_view position)
    : plan_(plan), rows_(rows_of(destination)), stored_(destination, plan.stream) {
    plan_.comparison->open(tables, destination.streams().checkpoint(plan.stream), stored_,
                           position);
}

std::optional<Facing> PartReader::next(const Doubt& doubt, const std::stop_token& stop) {
    auto part = plan_.comparison->next(stop);
    if (!part) return std::nullopt;
    Facing facing;
    facing.part = std::move(*part);
    read_here(facing, stop);
    std::vector<std::string> keys;
    for (const Difference& difference : facing.compared.differences)
        if (difference.kind != Difference::Kind::again) keys.push_back(difference.key);
    if (keys.empty()) return facing;
    facing.again = plan_.comparison->load_again(facing.part, keys, doubt(facing), stop);
    facing.absent.insert(facing.again.absent.begin(), facing.again.absent.end());
    replace_rows(facing.part.rows, keys, std::move(facing.again.rows));
    std::ranges::move(facing.again.beyond, std::back_inserter(facing.part.beyond));
    facing.compared = compare_rows(facing.part.rows, facing.here, facing.part.beyond);
    return facing;
}

void PartReader::read_here(Facing& facing, const std::stop_token& stop) {
    facing.here.clear();
    const auto take = [&](std::span<const std::optional<std::string_view>> values) {
        if (auto row = plan_.comparison->stored_row(facing.part, values))
            facing.here.push_back(std::move(*row));
    };
    rows_.read(facing.part.here, take, stop);
    std::unordered_set<std::string> found;
    if (!facing.part.also.empty())
        for (const StoredRow& row : facing.here) found.insert(row.row);
    std::span<const std::string> left(facing.part.also);
    while (!left.empty()) {
        const auto some = left.first(std::min(kKeysAtOnce, left.size()));
        left = left.subspan(some.size());
        RowQuery query = facing.part.here;
        query.times.reset();
        for (const std::string& key : some)
            if (!found.contains(key)) query.keys.push_back(key);
        if (!query.keys.empty()) rows_.read(query, take, stop);
    }
    facing.compared = compare_rows(facing.part.rows, facing.here, facing.part.beyond);
}

}  // namespace ringtail::jobs
