#include "source/dialfire/decode_contacts.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <unordered_map>
#include <utility>

#include "base/error.hpp"
#include "source/dialfire/decode_pages.hpp"
#include "source/dialfire/floors.hpp"
#include "source/dialfire/json_values.hpp"

namespace ringtail::dialfire {
namespace {

using Kind = JsonValue::Kind;

Cell text_cell(std::string_view text) { return {Cell::Kind::text, text}; }

std::string child_key(std::string_view parent, std::size_t position) {
    return fmt::format("{}/{}", parent, position);
}

}  // namespace

void ContactsWalk::element(JsonValue value, std::size_t position) {
    if (value.is_null()) return;  // G-7: perhaps the answer for a contact that is gone
    const std::string place = fmt::format("element {} of the answer", position);
    if (!is_object(value, TableIndex::contacts, place)) {
        ++unusable_;
        return;
    }
    const Row row(value, layouts_.contact);
    const auto id = usable_text(row.at(ContactKeys::id));
    if (!id) {
        ++unusable_;
        return reject(TableIndex::contacts, place, "", value, "a contact without a usable $id");
    }
    decoded_.insert(*id);
    const std::size_t before = into_.batches[TableIndex::transactions].rows();
    Contact contact{*id, TransactionIds(*id)};
    task_log(contact, row.at(ContactKeys::task_log));
    const bool has_rows = into_.batches[TableIndex::transactions].rows() > before;
    if (has_rows || !is_below(floors_.contacts, value.find("$created_date"))) {
        Batch& batch = into_.batches[TableIndex::contacts];
        row.begin(batch);
        batch.end_row();
    }
    erase_outdated(contact);
    if (contact.has_open_call && open_.insert(*id).second) into_.rechecks.push_back({*id, 0, {}});
}

void ContactsWalk::task_log(Contact& contact, JsonValue log) {
    std::size_t entry_position = 0;
    for (const JsonValue entry : list(log, TableIndex::transactions, contact.id, "$task_log")) {
        // As the API's own pointers: index in $task_log, index in transactions (A.2 no. 4).
        const std::string entry_key = child_key(contact.id, entry_position++);
        if (!is_object(entry, TableIndex::transactions, entry_key)) continue;
        std::size_t position = 0;
        for (const JsonValue value : list(entry.find("transactions"), TableIndex::transactions,
                                          entry_key, "transactions")) {
            transaction(contact, value, fmt::format("{},{}", entry_key, position++));
        }
    }
}

void ContactsWalk::transaction(Contact& contact, JsonValue value, const std::string& key) {
    if (!is_object(value, TableIndex::transactions, key)) return;
    const Row row(value, layouts_.transaction);
    const auto fired = usable_text(row.at(TransactionKeys::fired));
    std::string id;  // before the filter: it must not decide who gets which id
    if (fired)
        id = contact.transaction_ids.next(*fired, hashed(row.at(TransactionKeys::sequence_nr)));

    std::string type, user, status_detail, task;
    const FilterInput input{compared(row.at(TransactionKeys::type), type),
                            compared(row.at(TransactionKeys::user), user),
                            compared(row.at(TransactionKeys::status_detail), status_detail),
                            compared(row.at(TransactionKeys::task), task)};
    if (!filter_.passes(input)) return;
    if (is_below(floors_.transactions, row.at(TransactionKeys::fired))) return;
    if (!fired) {
        return reject(TableIndex::transactions, key, "", value,
                      "a transaction without a usable time (fired)");
    }
    Batch& batch = into_.batches[TableIndex::transactions];
    row.begin(batch);
    row.set(batch, TransactionKeys::id, text_cell(id));
    row.set(batch, TransactionKeys::contact_id, text_cell(contact.id));
    batch.end_row();
    connections(contact, id, row.at(TransactionKeys::connection_list));
}

void ContactsWalk::connections(Contact& contact, std::string_view transaction, JsonValue values) {
    std::size_t position = 0;
    std::optional<std::string> previous;
    for (const JsonValue value :
         list(values, TableIndex::connections, transaction, "connections")) {
        std::string technology;
        const bool is_transfer =
            value.find("technology").text_or_raw(technology) == "transfer" && previous;
        connection(contact, value,
                   {transaction, child_key(transaction, position++),
                    is_transfer ? std::string_view(*previous) : std::string_view()});
        // The element before, even where it was left out: it is still open, or a reject (B.4).
        previous = usable_text(value.find("id"));
    }
}

void ContactsWalk::connection(Contact& contact, JsonValue value, const Place& place) {
    if (!is_object(value, TableIndex::connections, place.key)) return;
    const Row row(value, layouts_.connection);
    if (is_unset(row.at(ConnectionKeys::disconnected))) {
        ++into_.tally.open;
        contact.has_open_call = true;
        return;
    }
    if (is_below(floors_.connections, value.find("fired"))) return;
    const auto id = usable_text(row.at(ConnectionKeys::id));
    if (!id) {
        return reject(TableIndex::connections, place.key, "", value,
                      "a connection without a usable id");
    }
    std::size_t position = 0;
    for (const JsonValue child : list(row.at(ConnectionKeys::third_party_connections),
                                      TableIndex::connections, *id, "third_party_connections")) {
        connection(contact, child, {place.transaction, child_key(*id, position++), *id});
    }
    Batch& batch = into_.batches[TableIndex::connections];
    row.begin(batch);
    row.set(batch, ConnectionKeys::contact_id, text_cell(contact.id));
    row.set(batch, ConnectionKeys::transaction_id, text_cell(place.transaction));
    if (!place.parent.empty()) {
        row.set(batch, ConnectionKeys::parent, text_cell(place.parent));
    }
    if (row.at(ConnectionKeys::third_party).is_null()) {
        row.set(batch, ConnectionKeys::third_party, {Cell::Kind::boolean, "false"});
    }
    batch.end_row();
    recordings(contact, *id, row.at(ConnectionKeys::recording_list));
}

void ContactsWalk::recordings(Contact& contact, std::string_view connection, JsonValue values) {
    RecordingIds ids(connection);
    std::unordered_set<std::string_view> seen;
    std::unordered_map<std::string, std::size_t> starts;  // how many recordings begin then
    std::unordered_set<std::string> uploaded;             // starts of those with a location
    std::size_t position = 0;
    for (const JsonValue value : list(values, TableIndex::recordings, connection, "recordings")) {
        const std::string key = child_key(connection, position++);
        if (!is_object(value, TableIndex::recordings, key)) continue;
        if (!seen.insert(value.raw()).second) continue;  // the very same once more
        if (is_below(floors_.recordings, value.find("started"))) continue;
        const Row row(value, layouts_.recording);
        const std::string started = hashed(row.at(RecordingKeys::started));
        const JsonValue location = row.at(RecordingKeys::location);
        ++starts[started];
        if (is_unset(location)) {
            recording(contact, connection, row, ids.of_started(started));
        } else {
            recording(contact, connection, row, ids.of_location(hashed(location)));
            uploaded.insert(started);
        }
    }
    // Before its upload a recording was stored under an id that nobody gives any more (E-24).
    for (const std::string& started : uploaded) {
        for (std::size_t n = 1; n <= starts[started]; ++n) {
            contact.outdated.push_back(RecordingIds::waiting(connection, started, n));
        }
    }
}

void ContactsWalk::recording(Contact& contact, std::string_view connection, const Row& row,
                             std::string_view id) {
    Batch& batch = into_.batches[TableIndex::recordings];
    row.begin(batch);
    row.set(batch, RecordingKeys::id, text_cell(id));
    row.set(batch, RecordingKeys::contact_id, text_cell(contact.id));
    row.set(batch, RecordingKeys::connection_id, text_cell(connection));
    batch.end_row();
    contact.recordings.emplace_back(id);
}

void ContactsWalk::erase_outdated(Contact& contact) {
    std::sort(contact.recordings.begin(), contact.recordings.end());
    std::sort(contact.outdated.begin(), contact.outdated.end());
    const auto end = std::unique(contact.outdated.begin(), contact.outdated.end());
    for (auto id = contact.outdated.begin(); id != end; ++id) {
        if (std::binary_search(contact.recordings.begin(), contact.recordings.end(), *id)) continue;
        into_.batches[TableIndex::recordings].erase(*id);
    }
}

JsonValue::Elements ContactsWalk::list(JsonValue value, TableIndex table, std::string_view key,
                                       std::string_view name) {
    if (!is_unset(value) && !value.is(Kind::array)) {
        reject(table, key, name, value, "a list was expected");
    }
    return value.elements();
}

bool ContactsWalk::is_object(JsonValue value, TableIndex table, std::string_view key) {
    if (value.is(Kind::object)) return true;
    reject(table, key, "", value, "a JSON object was expected");
    return false;
}

void ContactsWalk::reject(TableIndex table, std::string_view key, std::string_view column,
                          JsonValue value, std::string_view reason) {
    into_.rejects.push_back({into_.batches[table].table().name, std::string(key),
                             std::string(column), std::string(value.raw()), std::string(reason)});
}

void decode_contacts(std::string_view body, const DecodeContext& context, Decoded& into) try {
    const JsonDocument document(body);
    if (!document.root().is(Kind::array)) {
        throw Error(Fault::data, "the answer is no JSON array");
    }
    std::optional<Layouts> own;
    ContactsWalk walk(
        context, context.layouts != nullptr ? *context.layouts : own.emplace(context.tables), into);
    std::size_t position = 0;
    for (const JsonValue value : document.root().elements()) walk.element(value, position++);

    count_asked(context.asked, walk.decoded(), walk.unusable(), into.tally);
} catch (const Error& error) {
    throw error.within("contacts");
}

}  // namespace ringtail::dialfire
