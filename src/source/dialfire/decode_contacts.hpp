#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "source/dialfire/decode.hpp"
#include "source/dialfire/decode_layout.hpp"
#include "source/dialfire/decode_row.hpp"
#include "source/dialfire/filter.hpp"
#include "source/dialfire/ids.hpp"

namespace ringtail::dialfire {

// Walks contacts down to their recordings (facts/dialfire.md B.4) and appends their rows, parents
// and children together or not at all.
class ContactsWalk {
  public:
    ContactsWalk(const DecodeContext& context, const Layouts& layouts, Decoded& into)
        : filter_(context.filter), floors_(context.floors), layouts_(layouts), into_(into) {}

    // One element of the answer; `position` counts from 0.
    void element(JsonValue value, std::size_t position);

    const std::unordered_set<std::string>& decoded() const { return decoded_; }  // contact ids
    std::size_t unusable() const { return unusable_; }  // elements that became no row

  private:
    // What belongs to the contact being walked.
    struct Contact {
        std::string_view id;
        TransactionIds transaction_ids;
        bool has_open_call = false;
        std::vector<std::string> recordings = {};  // ids of the rows emitted
        std::vector<std::string> outdated = {};    // ids that recordings had before their upload
    };
    // Where a connection stands.
    struct Place {
        std::string_view transaction;  // its id
        std::string key;               // names the connection where it has no id
        std::string_view parent;       // id of the connection it came from; may be empty
    };

    void task_log(Contact& contact, JsonValue log);
    void transaction(Contact& contact, JsonValue value, const std::string& key);
    void connections(Contact& contact, std::string_view transaction, JsonValue list);
    void connection(Contact& contact, JsonValue value, const Place& place);
    void recordings(Contact& contact, std::string_view connection, JsonValue list);
    void recording(Contact& contact, std::string_view connection, const Row& row,
                   std::string_view id);
    void erase_outdated(Contact& contact);

    // The elements of a list that may be missing; anything else becomes a reject and is read as
    // empty.
    JsonValue::Elements list(JsonValue value, TableIndex table, std::string_view key,
                             std::string_view name);
    // True for an object; anything else becomes a reject.
    bool is_object(JsonValue value, TableIndex table, std::string_view key);
    void reject(TableIndex table, std::string_view key, std::string_view column, JsonValue value,
                std::string_view reason);

    TransactionFilter filter_;
    const Floors floors_;
    const Layouts& layouts_;
    Decoded& into_;
    std::unordered_set<std::string> decoded_;
    std::unordered_set<std::string> open_;  // contacts that have their recheck already
    std::size_t unusable_ = 0;
};

}  // namespace ringtail::dialfire
