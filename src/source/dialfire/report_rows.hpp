#pragma once
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "json/document.hpp"

// What reports see of a contact. Pure.
namespace ringtail::dialfire {

enum class ReportOf : std::uint8_t { transactions, connections };

struct ReportRow {
    std::string fired;  // of its transaction
    std::string json;
};

// The contact's transactions fired from `from` until `until`, each as it was delivered, with the id
// and contact_id of its row in the transactions table and the contact, without $task_log, under
// "contact". Or the connections of these, third-party ones too, with contact_id, transaction_id,
// parent_connection_id, the transaction under "transaction", and the contact. Transactions without
// a usable time belong to no day.
void append_report_rows(JsonValue contact, ReportOf of, Instant from, Instant until,
                        std::vector<ReportRow>& rows);

}  // namespace ringtail::dialfire
