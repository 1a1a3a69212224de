#include "destination/sqlite/known.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "destination/sqlite/shape.hpp"
#include "sql/names.hpp"

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
    lookups_.clear();
    return false;
}

const std::string& KnownSchema::lookup_of(sqlite::Connection& db, const Table& table) {
    look(db);
    const std::string& key = table.key.front();
    const auto is_for = [&](const Lookup& known) {
        return known.fingerprint == table.fingerprint && known.key == key &&
               std::ranges::equal(known.columns, table.columns, {}, {}, &Column::name);
    };
    const auto found = lookups_.find(table.name);
    if (found != lookups_.end() && is_for(found->second)) return found->second.sql;
    Lookup lookup{{}, table.fingerprint, key, {}};
    for (const Column& column : table.columns) lookup.columns.push_back(column.name);
    if (const Shape shape = read_shape(db, table.name); shape.exists()) {
        const auto names = names_in(shape, table);
        const auto name_of = [&](const std::string& column) {
            return sql::quote_identifier(names[place_of(table, column)]);
        };
        lookup.sql = fmt::format("SELECT {} FROM {} WHERE {} = ?1",
                                 table.fingerprint.empty() ? "NULL" : name_of(table.fingerprint),
                                 sql::quote_identifier(shape.name), name_of(key));
    }
    if (lookups_.size() >= kMost) lookups_.clear();
    return lookups_.insert_or_assign(table.name, std::move(lookup)).first->second.sql;
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
