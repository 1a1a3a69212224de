#include "scene.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace ringtail::callkeeper::testing {

std::vector<std::optional<std::string>> Shelf::fingerprints(const Table& table,
                                                            std::span<const std::string> keys) {
    ++questions;
    std::vector<std::optional<std::string>> found;
    for (const std::string& key : keys) {
        const auto& rows = tables[table.name];
        const auto row = rows.find(key);
        if (row == rows.end())
            found.emplace_back();
        else
            found.push_back(row->second.at(table.fingerprint));
    }
    return found;
}

std::vector<Recheck> Shelf::rechecks(Instant until, std::size_t limit) {
    std::vector<Recheck> found;
    for (const auto& [key, recheck] : due)
        if (recheck.due <= until && found.size() < limit) found.push_back(recheck);
    return found;
}

void Shelf::load(const Decoded& decoded) {
    for (const Batch& batch : decoded.batches) {
        Rows& rows = tables[batch.table().name];
        for (const std::string& key : batch.erased()) rows.erase(key);
        const std::vector<bool> last = batch.last_of_key();
        for (std::size_t r = 0; r < batch.rows(); ++r) {
            if (!last[r]) continue;
            auto& row = rows[batch.key_of(r)];
            row.clear();
            for (std::size_t c = 0; c < batch.width(); ++c) {
                const Cell cell = batch.at(r, c);
                if (cell.kind != Cell::Kind::null)
                    row[batch.table().columns[batch.cell_columns()[c]].name] = cell.text;
            }
        }
    }
    for (const Recheck& recheck : decoded.rechecks) {
        if (recheck.step < 0)
            due.erase(recheck.key);
        else
            due[recheck.key] = recheck;
    }
    rejects.insert(rejects.end(), decoded.rejects.begin(), decoded.rejects.end());
}

Scene::Scene(Options wanted) : options(std::move(wanted)) { reopen(); }

void Scene::reopen() {
    tables_ = make_tables(options);
    for (Table& table : tables_) table.created = tables_are_new || table.name == new_table;
    tables_are_new = false;
    new_table.clear();
    filters_.emplace(options, zone_);
    rows_ = {options.account_id, options.prefix, options.phone_region,
             TablePlaces(tables_, options)};
    intake_.emplace(options, *filters_, tables_, rows_.places, shelf);
}

void Scene::take(const std::vector<std::string>& objects, Incoming::Feed feed, Instant when,
                 std::int64_t id) {
    std::vector<std::unique_ptr<JsonDocument>> documents;
    std::vector<Incoming> incoming;
    for (const std::string& object : objects) {
        documents.push_back(std::make_unique<JsonDocument>(object));
        incoming.push_back({feed, documents.back()->root(), when, 0});
    }
    if (objects.empty()) incoming.push_back({feed, {}, when, id});
    auto taken = intake_->take(incoming, when);
    Page page;
    page.kind = kCallsPage;
    page.body = std::move(taken.body);
    Decoded decoded;
    for (const Table& table : tables_) decoded.batches.emplace_back(table);
    decode_page(page, rows_, decoded);
    shelf.load(decoded);
    tally += taken.tally;
    tally += decoded.tally;
}

void Scene::api(const std::vector<std::string>& objects, Instant when) {
    take(objects, Incoming::Feed::api, when, 0);
}
void Scene::hook(const std::string& object, Instant received) {
    take({object}, Incoming::Feed::hook, received, 0);
}
void Scene::unknown(std::int64_t id, Instant asked) {
    take({}, Incoming::Feed::unknown_to_api, asked, id);
}

std::map<std::string, std::string> Scene::call(std::int64_t id) const {
    const auto rows = shelf.tables.find(options.prefix + "callkeeper_calls");
    if (rows == shelf.tables.end()) return {};
    const auto row = rows->second.find(std::to_string(call_surrogate(options.account_id, id)));
    return row == rows->second.end() ? std::map<std::string, std::string>() : row->second;
}

std::map<std::string, std::string> Scene::facts(std::int64_t id) const {
    const auto rows = shelf.tables.find(options.prefix + "callkeeper_calls_facts");
    if (rows == shelf.tables.end()) return {};
    const auto row = rows->second.find(std::to_string(call_surrogate(options.account_id, id)));
    return row == rows->second.end() ? std::map<std::string, std::string>() : row->second;
}

std::string Scene::dump() const {
    std::string out;
    for (const auto& [table, rows] : shelf.tables) {
        for (const auto& [key, row] : rows) {
            out += fmt::format("{} {}\n", table, key);
            for (const auto& [column, value] : row) out += fmt::format("  {}: {}\n", column, value);
        }
    }
    return out;
}

std::string api_call(int id, int status, int status2, const std::string& more) {
    return fmt::format(
        R"({{"id":{},"status_code":{},"status2_code":{},"date":"2024-05-01 21:30:15","phone1":"74951234567","phone2":"79261234567"{}}})",
        id, status, status2, more);
}

std::string hook_call(int id, const std::string& event, int status, int status2) {
    return fmt::format(
        R"({{"id":{},"hook_event":"{}","status_code":{},"status2_code":{},"date":"2024-05-01 21:30:15","phone2":"79261234567","widget_name":"W"}})",
        id, event, status, status2);
}

}  // namespace ringtail::callkeeper::testing
