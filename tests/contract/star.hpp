#pragma once
#include "contract/fixture.hpp"

// A small star schema: facts that point at rows of two other tables by whole numbers.
namespace ringtail::contract {

inline Table accounts_table() {
    return {.name = "gen_accounts",
            .columns = {{"id", Type::int64}, {"account_id", Type::int64}, {"caption"}, {"_hash"}},
            .key = {"id"},
            .references = {},
            .fingerprint = "_hash",
            .changed = "",
            .rest = "",
            .unique = {{"account_id"}}};
}

inline Table dates_table() {
    return {.name = "gen_dates",
            .columns = {{"id", Type::int64}, {"full_date", Type::timestamp}, {"label"}},
            .key = {"id"},
            .references = {},
            .fingerprint = "",
            .changed = "",
            .rest = ""};
}

inline Table facts_table() {
    return {.name = "ck_facts",
            .columns = {{"id", Type::int64},
                        {"accounts_id", Type::int64},
                        {"dates_id", Type::int64},
                        {"call_id"},
                        {"seconds", Type::int64},
                        {"_raw", Type::json},
                        {"_changed", Type::timestamp}},
            .key = {"id"},
            .references = {{"accounts_id", "gen_accounts"}, {"dates_id", "gen_dates"}},
            .fingerprint = "_raw",
            .changed = "_changed",
            .rest = "",
            .unique = {{"accounts_id", "call_id"}},
            .indexes = {{"seconds", "call_id"}}};
}

inline std::vector<Table> star() { return {accounts_table(), dates_table(), facts_table()}; }

// Keys of 63 bits, as they come from a hash.
inline const std::string kAccount = "9223372036854775807";
inline const std::string kDate = "4611686018427387905";  // no binary number of 64 bits holds it
inline const std::string kRaw =
    R"({"b": 1, "a":1.50,"a":2,"text":"\u00fc\u0000\ud800 ü","z":[1e5, {"q":"}"}]})";

inline std::vector<Batch> star_batches(const std::vector<Table>& tables) {
    std::vector<Batch> batches;
    for (const Table& table : tables) batches.emplace_back(table);
    return batches;
}

inline void put_account(Batch& batch, std::string_view id, std::string_view account) {
    put(batch, {{"id", number(id)},
                {"account_id", number(account)},
                {"caption", text("Кабинет №1")},
                {"_hash", text("hash of it")}});
}

inline void put_fact(Batch& batch, std::string_view id, std::string_view call,
                     std::string_view seconds) {
    put(batch, {{"id", number(id)},
                {"accounts_id", number(kAccount)},
                {"dates_id", number(kDate)},
                {"call_id", text(call)},
                {"seconds", number(seconds)},
                {"_raw", json(kRaw)}});
}

// Beside another writer of the same tables: again, as run_stream() does, where the two met.
inline void load_patiently(Destination& destination, const Load& load) {
    for (int attempt = 0;; ++attempt) {
        try {
            destination.load(load, {});
            return;
        } catch (const Error& error) {
            if (error.fault() != Fault::transient || attempt == 10) throw;
        }
    }
}

// Two facts, one of them without a date, and what they point at.
inline std::vector<Batch> small_star(const std::vector<Table>& tables) {
    auto batches = star_batches(tables);
    put_account(batches[0], kAccount, "77");
    put_account(batches[0], "1", "0");
    put(batches[1], {{"id", number(kDate)},
                     {"full_date", text("2024-03-05T10:03:00.000Z")},
                     {"label", text("вторник")}});
    put_fact(batches[2], "4611686018427387904", "a", "61");
    put(batches[2], {{"id", number("-5")},
                     {"accounts_id", number("1")},
                     {"call_id", text("b")},
                     {"seconds", number("0")}});
    return batches;
}

}  // namespace ringtail::contract
