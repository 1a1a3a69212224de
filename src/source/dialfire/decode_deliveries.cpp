#include "source/dialfire/decode_deliveries.hpp"

#include <fmt/core.h>

#include "base/error.hpp"
#include "base/time_text.hpp"
#include "source/dialfire/decode_pages.hpp"
#include "source/dialfire/delivery_json.hpp"
#include "source/dialfire/filter.hpp"
#include "source/dialfire/json_values.hpp"

namespace ringtail::dialfire {
namespace {

using Kind = JsonValue::Kind;

Cell text_cell(std::string_view text) { return {Cell::Kind::text, text}; }

class DeliveryWalk {
  public:
    DeliveryWalk(const Filter& filter, Instant since, Decoded& into)
        : filter_(filter), since_(since), since_text_(format_time(since)), into_(into) {}

    void element(JsonValue value, std::size_t position) {
        if (value.is_null()) return;  // G-7: perhaps the answer for a contact that is gone
        const auto id = usable_text(value.find("$id"));
        if (!id) {
            ++unusable_;
            return reject(TableIndex::contacts, fmt::format("element {} of the answer", position),
                          "", value, "a contact without a usable $id");
        }
        decoded_.insert(*id);
        const std::size_t before = into_.batches[TableIndex::transactions].rows();
        const std::uint64_t open_before = into_.tally.open;
        task_log(*id, value.find("$task_log"));
        if (into_.tally.open > open_before && open_.insert(*id).second) {
            into_.rechecks.push_back({*id, 0, {}});
        }
        text_.clear();
        if (into_.batches[TableIndex::transactions].rows() > before) {
            append_delivery_json(value, text_, "$task_log");
        }
        std::string scratch;
        std::string_view md5;
        Batch& contacts = into_.batches[TableIndex::contacts];
        contacts.add(text_cell(*id));
        contacts.add(value.find("$md5").text(md5, scratch) ? text_cell(md5) : Cell{});
        contacts.add(text_cell(text_));
        contacts.end_row();
    }

    const std::unordered_set<std::string>& decoded() const { return decoded_; }
    std::size_t unusable() const { return unusable_; }

  private:
    void task_log(const std::string& contact, JsonValue log) {
        TransactionIds ids(contact);
        std::size_t entry_position = 0;
        for (const JsonValue entry : list(log, contact, "$task_log")) {
            const std::string key = fmt::format("{}/{}", contact, entry_position++);
            std::size_t position = 0;
            for (const JsonValue value : list(entry.find("transactions"), key, "transactions")) {
                transaction(contact, ids, value, fmt::format("{},{}", key, position++));
            }
        }
    }

    void transaction(const std::string& contact, TransactionIds& ids, JsonValue value,
                     const std::string& key) {
        if (!value.is(Kind::object)) {
            return reject(TableIndex::transactions, key, "", value, "a JSON object was expected");
        }
        const auto fired = usable_text(value.find("fired"));
        std::string id;  // before the filter: it must not decide who gets which id
        if (fired) id = ids.next(*fired, hashed(value.find("sequence_nr")));
        std::string type, user, status_detail, task;
        if (!filter_.passes({compared(value.find("type"), type), compared(value.find("user"), user),
                             compared(value.find("status_detail"), status_detail),
                             compared(value.find("task"), task)})) {
            return;
        }
        if (!fired) {
            return reject(TableIndex::transactions, key, "", value,
                          "a transaction without a usable time (fired)");
        }
        if (is_before(*fired)) return;
        for (const JsonValue connection : value.find("connections").elements()) {
            count_open(connection);
        }
        text_.clear();
        append_delivery_json(value, text_);
        Batch& batch = into_.batches[TableIndex::transactions];
        for (const std::string_view cell : {std::string_view(id), std::string_view(contact),
                                            std::string_view(*fired), std::string_view(text_)}) {
            batch.add(text_cell(cell));
        }
        batch.end_row();
    }

    bool is_before(const std::string& fired) const {
        const auto at = parse_time(fired);
        return at ? *at < since_ : fired < since_text_;
    }

    void count_open(JsonValue connection) {
        if (!connection.is(Kind::object)) return;
        if (is_unset(connection.find("disconnected"))) {
            ++into_.tally.open;
            return;
        }
        for (const JsonValue child : connection.find("third_party_connections").elements()) {
            count_open(child);
        }
    }

    JsonValue::Elements list(JsonValue value, std::string_view key, std::string_view name) {
        if (!is_unset(value) && !value.is(Kind::array)) {
            reject(TableIndex::transactions, key, name, value, "a list was expected");
        }
        return value.elements();
    }

    void reject(TableIndex table, std::string_view key, std::string_view column, JsonValue value,
                std::string_view reason) {
        into_.rejects.push_back({into_.batches[table].table().name, std::string(key),
                                 std::string(column), std::string(value.raw()),
                                 std::string(reason)});
    }

    TransactionFilter filter_;
    const Instant since_;
    const std::string since_text_;
    Decoded& into_;
    std::unordered_set<std::string> decoded_, open_;
    std::size_t unusable_ = 0;
    std::string text_;
};

}  // namespace

std::vector<Table> make_delivery_tables() {
    Table contacts;
    contacts.name = "contacts";
    contacts.columns = {{"$id"}, {"$md5"}, {"body", Type::json}};
    contacts.key = {"$id"};
    contacts.fingerprint = "$md5";
    Table transactions;
    transactions.name = "transactions";
    transactions.columns = {{"id"}, {"contact_id"}, {"fired"}, {"body", Type::json}};
    transactions.key = {"id"};
    return {contacts, transactions};
}

void decode_deliveries(std::string_view body, const DecodeContext& context, Instant since,
                       Decoded& into) try {
    const JsonDocument document(body);
    if (!document.root().is(Kind::array)) {
        throw Error(Fault::data, "the answer is no JSON array");
    }
    DeliveryWalk walk(context.filter, since, into);
    std::size_t position = 0;
    for (const JsonValue value : document.root().elements()) walk.element(value, position++);
    count_asked(context.asked, walk.decoded(), walk.unusable(), into.tally);
} catch (const Error& error) {
    throw error.within("contacts");
}

}  // namespace ringtail::dialfire
