#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/holder.hpp"
#include "base/time_text.hpp"
#include "contract/plain.hpp"
#include "contract/subject.hpp"

namespace ringtail::contract {

inline const std::string kStream = "dialfire/TEST/df_";
inline const std::string kOtherHolder =
    "elsewhere/boot/pid:[1]/4711/99";  // on another host: never known to be dead

inline Instant at(std::string_view time) { return parse_time(time).value(); }
inline const Instant kFirst = at("2024-03-05T10:00:00.000Z");
inline const Instant kSecond = at("2024-03-05T11:00:00.000Z");

inline Cell text(std::string_view value) { return {Cell::Kind::text, value}; }
inline Cell number(std::string_view value) { return {Cell::Kind::number, value}; }
inline Cell boolean(bool value) { return {Cell::Kind::boolean, value ? "true" : "false"}; }
inline Cell json(std::string_view value) { return {Cell::Kind::json, value}; }
inline Cell broken(std::string_view raw) { return {Cell::Kind::broken_text, raw}; }

inline Table contacts_table() {
    return {.name = "df_contacts",
            .columns = {{"$id"},
                        {"$md5"},
                        {"name"},
                        {"amount", Type::decimal},
                        {"count", Type::int64},
                        {"active", Type::boolean},
                        {"seen", Type::timestamp},
                        {"data", Type::json},
                        {"$changed", Type::timestamp},
                        {"_extra", Type::json}},
            .key = {"$id"},
            .references = {},
            .fingerprint = "$md5",
            .changed = "$changed",
            .rest = "_extra"};
}

inline Table calls_table() {
    return {.name = "df_calls",
            .columns = {{"id"}, {"contact_id"}, {"note"}, {"$changed", Type::timestamp}},
            .key = {"id"},
            .references = {{"contact_id", "df_contacts"}},
            .fingerprint = "",
            .changed = "$changed",
            .rest = ""};
}

// Appends a row; columns that are not named are null.
inline void put(Batch& batch, std::initializer_list<std::pair<std::string_view, Cell>> cells) {
    batch.add_null_row();
    for (const auto& [name, cell] : cells) {
        const auto& columns = batch.cell_columns();
        const auto found = std::find_if(
            columns.begin(), columns.end(),
            [&, wanted = name](std::size_t i) { return batch.table().columns[i].name == wanted; });
        ASSERT_NE(found, columns.end()) << "no column " << name;
        batch.set(static_cast<std::size_t>(found - columns.begin()), cell);
    }
    batch.end_row();
}

// One batch with one row.
inline std::vector<Batch> one(const Table& table,
                              std::initializer_list<std::pair<std::string_view, Cell>> cells) {
    std::vector<Batch> batches;
    batches.emplace_back(table);
    put(batches.back(), cells);
    return batches;
}

// The Error that `action` throws; a failed expectation when it throws none.
inline Error error_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error;
    }
    ADD_FAILURE() << "no error";
    return {Fault::bug, "no error"};
}

inline bool operator==(const Dump& a, const Dump& b) {
    return a.columns == b.columns && a.rows == b.rows;
}

// Every test has its own empty database and one handle to it.
class DestinationSuite : public ::testing::TestWithParam<SubjectKind> {
  protected:
    DestinationSuite() : subject_(GetParam().make()), destination_(open()) {}

    std::unique_ptr<Destination> open(const DestinationOptions& options = {}) {
        return subject_->open(options);
    }

    // Prepares with the given handle and takes the lease.
    std::vector<Table> start(std::vector<Table> tables) {
        auto prepared = destination_->prepare(tables);
        destination_->streams().hold(kStream, this_holder());
        return prepared;
    }

    // A load as the pipeline makes it, with a checkpoint.
    LoadStats load(std::span<const Batch> batches, Instant now = kFirst,
                   const std::string& checkpoint = "one", std::span<const Reject> rejects = {},
                   std::span<const Recheck> rechecks = {}) {
        const Checkpoint after{checkpoint};
        return destination_->load({.batches = batches,
                                   .rejects = rejects,
                                   .rechecks = rechecks,
                                   .stream = kStream,
                                   .holder = holder_,
                                   .checkpoint = &after,
                                   .now = now},
                                  {});
    }

    // Rows by the text of their first column, which is the key in all tables of this suite.
    Dump dump(const Table& table) {
        Dump dump = subject_->dump(table.name);
        std::sort(dump.rows.begin(), dump.rows.end());
        return dump;
    }

    // The value in the column that stands at the place of `column` in `table`, in a form that is
    // the same in every database (plain.hpp). Fails when there is no such row.
    std::optional<std::string> value(const Table& table, std::string_view key,
                                     std::string_view column) {
        const auto place = static_cast<std::size_t>(
            std::find_if(table.columns.begin(), table.columns.end(),
                         [&](const Column& c) { return c.name == column; }) -
            table.columns.begin());
        if (place == table.columns.size())
            throw std::logic_error("no such column in the test's table");
        for (const auto& row : subject_->dump(table.name).rows) {
            if (row.at(0) == key) return plain(table.columns[place].type, row.at(place));
        }
        ADD_FAILURE() << table.name << " has no row " << key;
        return "no such row";
    }

    std::vector<std::string> keys(const Table& table) {
        std::vector<std::string> keys;
        for (const auto& row : dump(table).rows) keys.push_back(row.at(0).value_or("NULL"));
        return keys;
    }

    // ringtail_rejects, each row by column name.
    std::vector<std::map<std::string, std::string>> rejects() {
        std::vector<std::map<std::string, std::string>> rejects;
        const Dump dump = subject_->dump("ringtail_rejects");
        for (const auto& row : dump.rows) {
            auto& reject = rejects.emplace_back();
            for (std::size_t i = 0; i < row.size(); ++i)
                reject[dump.columns[i]] = row[i].value_or("");
        }
        return rejects;
    }

    bool rejected(std::string_view table, std::string_view key, std::string_view column,
                  std::string_view raw) {
        for (auto& reject : rejects()) {
            if (reject["table_name"] == table && reject["row_key"] == key &&
                reject["column_name"] == column && reject["raw"] == raw &&
                !reject["reason"].empty() && !reject["rejected_at"].empty()) {
                return true;
            }
        }
        return false;
    }

    std::unique_ptr<Subject> subject_;
    std::unique_ptr<Destination> destination_;
    std::string holder_ = this_holder();
};

}  // namespace ringtail::contract
