#include "destination/sqlite/known.hpp"

#include <algorithm>

namespace ringtail {
namespace {

// Of so many sources whose tables differ, some 20 KB each; then it begins anew.
constexpr std::size_t kMost = 256;

}  // namespace

bool KnownSchema::look(sqlite::Connection& db) {
    auto select = db.prepare("PRAGMA schema_version", "reading the schema's version");
    const std::int64_t version = select.step() ? select.integer(0) : -1;
    if (version_ == version) return true;
    version_ = version;
    all_.clear();
    shapes_.clear();
    return false;
}

const Shape& KnownSchema::shape_of(sqlite::Connection& db, const std::string& table) {
    look(db);
    if (shapes_.size() >= kMost) shapes_.clear();
    const auto found = shapes_.find(table);
    if (found != shapes_.end()) return found->second;
    return shapes_.emplace(table, read_shape(db, table)).first->second;
}

KnownSchema::Prepared* KnownSchema::find(std::span<const Table> tables) {
    const auto found = std::ranges::find_if(
        all_, [&](const Prepared& one) { return std::ranges::equal(one.wanted, tables); });
    return found == all_.end() ? nullptr : &*found;
}

std::optional<std::vector<Table>> KnownSchema::prepared(std::span<const Table> tables) {
    const Prepared* const found = find(tables);
    if (found == nullptr) return std::nullopt;
    return found->fillable;
}

bool KnownSchema::has(std::span<const Table> tables, std::span<const View> views) {
    const Prepared* const found = find(tables);
    return found != nullptr && std::ranges::any_of(found->views, [&](const auto& one) {
               return std::ranges::equal(one, views);
           });
}

bool KnownSchema::has(std::span<const Table> tables, const CallsPart& part) {
    const Prepared* const found = find(tables);
    return found != nullptr && std::ranges::find(found->parts, part) != found->parts.end();
}

void KnownSchema::add(std::span<const Table> tables, std::span<const Table> prepared) {
    if (all_.size() >= kMost) all_.clear();
    Prepared one{{tables.begin(), tables.end()}, {prepared.begin(), prepared.end()}, {}, {}};
    for (Table& table : one.fillable) table.created = false;
    all_.push_back(std::move(one));
}

void KnownSchema::add(std::span<const Table> tables, std::span<const View> views) {
    if (Prepared* const found = find(tables)) found->views.emplace_back(views.begin(), views.end());
}

void KnownSchema::add(std::span<const Table> tables, const CallsPart& part) {
    if (Prepared* const found = find(tables)) found->parts.push_back(part);
}

}  // namespace ringtail
