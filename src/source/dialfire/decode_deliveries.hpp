#pragma once
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "source/dialfire/decode.hpp"

// The same answers in the form a web service gets: whole JSON instead of columns.
namespace ringtail::dialfire {

// Where the columns of make_delivery_tables() stand.
struct DeliveryContact {
    enum : std::size_t { id, md5, body };
};
struct DeliveryTransaction {
    enum : std::size_t { id, contact, fired, body };
};

// contacts ($id; $md5, the fingerprint; body) and transactions (id, contact_id, fired, body).
std::vector<Table> make_delivery_tables();

// decode_contacts() for these tables: one row for every contact, and one for every transaction that
// passes the filter and was fired at `since` or later; its id is the one the database modes give.
// A body is the contact without $task_log, or the transaction with all in it, as
// append_delivery_json() writes it; a contact none of whose transactions passes has an empty one.
// Rechecks and tally as there.
void decode_deliveries(std::string_view body, const DecodeContext& context, Instant since,
                       Decoded& into);

}  // namespace ringtail::dialfire
