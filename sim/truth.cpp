#include "truth.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/error.hpp"
#include "base/md5.hpp"
#include "text.hpp"

namespace ringtail::sim {

using Kind = Tree::Kind;

namespace {

// B.8 without $changed, plus wait_time_sec of newer releases.
constexpr KeyId kContacts[] = {key::c_id,
                               key::c_md5,
                               key::c_ref,
                               key::c_version,
                               key::c_campaign_id,
                               key::c_task_id,
                               key::c_task,
                               key::c_status,
                               key::c_status_detail,
                               key::c_created_date,
                               key::c_entry_date,
                               key::c_owner,
                               key::c_follow_up_date,
                               key::c_phone,
                               key::c_timezone,
                               key::c_caller_id,
                               key::c_source,
                               key::c_comment,
                               key::c_error,
                               key::c_recording,
                               key::c_recording_url};
constexpr KeyId kTransactions[] = {key::id,         key::contact_id,  key::task_id,
                                   key::task,       key::status,      key::status_detail,
                                   key::fired,      key::pause_sec,   key::edit_sec,
                                   key::wrapup_sec, key::wait_sec,    key::user,
                                   key::user_login, key::user_branch, key::user_tenant,
                                   key::actor,      key::type,        key::result,
                                   key::trigger,    key::is_hi,       key::revoked};
constexpr KeyId kConnections[] = {key::id,
                                  key::parent_connection_id,
                                  key::transfer_target,
                                  key::call_uuid,
                                  key::global_call_uuid,
                                  key::transaction_id,
                                  key::task_id,
                                  key::contact_id,
                                  key::phone,
                                  key::user,
                                  key::actor,
                                  key::hangup_party,
                                  key::is_third_party,
                                  key::dialerdomain,
                                  key::fired,
                                  key::started,
                                  key::initiated,
                                  key::connected,
                                  key::disconnected,
                                  key::ended,
                                  key::duration,
                                  key::remote_number,
                                  key::line_number,
                                  key::technology,
                                  key::result,
                                  key::code,
                                  key::call_initiated,
                                  key::call_connected,
                                  key::call_disconnected};
constexpr KeyId kRecordings[] = {key::id,      key::contact_id, key::connection_id, key::started,
                                 key::stopped, key::filename,   key::location};

struct Renamed {
    KeyId column, source;
};
constexpr Renamed kInbound[] = {{key::id, key::id},
                                {key::line_id, key::line_id},
                                {key::campaign_id, key::campaign_id},
                                {key::task_id, key::task_id},
                                {key::task_name, key::task_name},
                                {key::contact_id, key::contact_id},
                                {key::remote_number, key::calling_number},
                                {key::line_number, key::called_number},
                                {key::started, key::call_time},
                                {key::connected, key::connect_time},
                                {key::disconnected, key::hangup_time},
                                {key::user, key::user},
                                {key::state, key::state},
                                {key::connectable_time, key::connectable_time},
                                {key::disposition, key::disposition},
                                {key::dispatch_error, key::dispatch_error}};

constexpr std::string_view kTables[] = {"contacts", "transactions", "connections", "recordings",
                                        "inbound_calls"};

bool is_null(std::string_view raw) { return raw.empty() || raw == "null"; }

bool is_usable_text(std::string_view raw) { return raw.size() > 2 && raw.front() == '"'; }

// Ids and names the stand-in makes hold no escapes, so the text is what stands between the quotes.
std::string_view unquoted(std::string_view raw) {
    return raw.size() >= 2 && raw.front() == '"' ? raw.substr(1, raw.size() - 2) : raw;
}

std::string quoted(std::string_view text) { return fmt::format("\"{}\"", text); }

}  // namespace

TruthTable truth_table(std::string_view name) {
    const auto found = std::ranges::find(kTables, name);
    if (found == std::end(kTables))
        throw Error(Fault::config, fmt::format("no table \"{}\"", name))
            .with_hint("contacts, transactions, connections, recordings, inbound_calls");
    return static_cast<TruthTable>(found - std::begin(kTables));
}

std::string transaction_id(std::string_view contact, std::string_view fired) {
    return md5_hex({contact, fired});
}

std::string later_transaction_id(std::string_view contact, std::string_view fired,
                                 std::string_view sequence_nr) {
    return md5_hex({contact, fired, sequence_nr});
}

std::string recording_id(std::string_view connection, std::string_view location_or_started) {
    return md5_hex({connection, location_or_started});
}

Truth::Truth(TruthTable table, TruthOptions options, const std::vector<std::string>& names,
             const std::vector<KeyId>& custom_columns)
    : table_(table), options_(std::move(options)), names_(names), is_column_(names.size(), false) {
    if (!options_.mode.empty() && options_.mode != "updates_only" &&
        options_.mode != "hi_updates_only")
        throw Error(Fault::config, fmt::format("no filter mode \"{}\"", options_.mode))
            .with_hint("updates_only, hi_updates_only");
    const auto add = [&](KeyId column, KeyId source) {
        columns_.push_back({names[column], source});
        is_column_[column] = is_column_[source] = true;
    };
    const auto add_all = [&](const auto& keys) {
        for (const KeyId key : keys) add(key, key);
    };
    switch (table) {
        case TruthTable::contacts:
            add_all(kContacts);
            break;
        case TruthTable::transactions:
            add_all(kTransactions);
            break;
        case TruthTable::connections:
            add_all(kConnections);
            break;
        case TruthTable::recordings:
            add_all(kRecordings);
            break;
        case TruthTable::inbound_calls:
            for (const auto& one : kInbound) add(one.column, one.source);
            break;
    }
    if (table == TruthTable::contacts) {
        is_column_[key::c_changed] = true;  // Ringtail's own; what the API says is ignored (E-44)
        for (std::size_t i = 0; i < std::min(custom_columns.size(), options_.custom_columns); ++i)
            add(custom_columns[i], custom_columns[i]);
    }
    if (!options_.stages) return;
    std::string_view rest = *options_.stages;
    while (true) {
        const auto comma = rest.find(',');
        stages_.emplace_back(rest.substr(0, comma));
        if (comma == std::string_view::npos) break;
        rest.remove_prefix(comma + 1);
    }
}

void Truth::contact(const Tree& tree, const TruthRow& row) {
    tree_ = &tree;
    const auto id = tree.value(0, key::c_id);
    if (!is_usable_text(id))
        return reject(TruthTable::contacts, 0, "", "a contact without $id", row);
    if (table_ == TruthTable::contacts && !options_.rejects) return emit(0, {}, row);
    if (table_ == TruthTable::contacts) return;
    contact_id_ = unquoted(id);
    transactions(0, contact_id_, row);
}

void Truth::transactions(Index contact, std::string_view contact_id, const TruthRow& row) {
    std::map<std::string_view, unsigned> seen;  // by fired, before any filter (G-6)
    for (Index entry = tree_->at(contact).first_child; entry != Tree::kNone;
         entry = tree_->at(entry).next) {
        for (Index at = tree_->at(entry).first_child; at != Tree::kNone; at = tree_->at(at).next) {
            if (tree_->at(at).kind != Kind::transaction) continue;
            const auto fired = tree_->value(at, key::fired);
            const bool usable = is_usable_text(fired);
            const bool first = usable && seen[fired]++ == 0;
            if (!passes(at)) continue;
            if (!usable) {
                reject(TruthTable::transactions, at, contact_id, "a transaction without fired",
                       row);
                continue;
            }
            const std::string id = first ? transaction_id(contact_id, unquoted(fired))
                                         : later_transaction_id(contact_id, unquoted(fired),
                                                                tree_->value(at, key::sequence_nr));
            if (table_ == TruthTable::transactions) {
                if (!options_.rejects)
                    emit(at, {{key::id, quoted(id)}, {key::contact_id, quoted(contact_id)}}, row);
                continue;
            }
            std::string_view previous;
            for (Index call = tree_->at(at).first_child; call != Tree::kNone;
                 call = tree_->at(call).next) {
                if (tree_->at(call).kind != Kind::connection) continue;
                const bool transfer = tree_->value(call, key::technology) == "\"transfer\"";
                connection(call, id, transfer ? previous : std::string_view(), row);
                const auto call_id = tree_->value(call, key::id);
                previous = is_usable_text(call_id) ? unquoted(call_id) : std::string_view();
            }
        }
    }
}

// B.9, the client's side.
bool Truth::passes(Index transaction) const {
    const auto type = tree_->value(transaction, key::type),
               user = tree_->value(transaction, key::user);
    if (!options_.mode.empty() && !is_null(type) && type != "\"update\"") return false;
    if (options_.mode == "hi_updates_only") {
        if (is_null(user) || tree_->value(transaction, key::status_detail) == "\"$assigned\"")
            return false;
    }
    const auto task = tree_->value(transaction, key::task);
    if (stages_.empty() || is_null(task)) return true;
    return std::ranges::any_of(
        stages_, [&](const std::string& stage) { return unquoted(task).starts_with(stage); });
}

void Truth::connection(Index connection_at, std::string_view transaction, std::string_view parent,
                       const TruthRow& row) {
    if (is_null(tree_->value(connection_at, key::disconnected)))
        return;  // not final, with all below it
    const auto raw_id = tree_->value(connection_at, key::id);
    if (!is_usable_text(raw_id))
        return reject(TruthTable::connections, connection_at, transaction,
                      "a connection without an id", row);
    const auto id = unquoted(raw_id);
    for (Index at = tree_->at(connection_at).first_child; at != Tree::kNone;
         at = tree_->at(at).next)
        if (tree_->at(at).kind == Kind::third_party) connection(at, transaction, id, row);
    if (options_.rejects) return;
    if (table_ == TruthTable::recordings) return recordings(connection_at, id, row);
    Derived derived{{key::contact_id, quoted(contact_id_)},
                    {key::transaction_id, quoted(transaction)}};
    if (!parent.empty()) derived.emplace_back(key::parent_connection_id, quoted(parent));
    if (is_null(tree_->value(connection_at, key::is_third_party)))
        derived.emplace_back(key::is_third_party, "false");
    emit(connection_at, derived, row);
}

void Truth::recordings(Index connection_at, std::string_view connection_id, const TruthRow& row) {
    for (Index at = tree_->at(connection_at).first_child; at != Tree::kNone;
         at = tree_->at(at).next) {
        if (tree_->at(at).kind != Kind::recording) continue;
        const auto location = tree_->value(at, key::location),
                   started = tree_->value(at, key::started);
        // Without both there is still a recording: its id is the md5 of the connection's alone.
        const auto part = !is_null(location) ? location
                          : is_null(started) ? std::string_view()
                                             : started;
        emit(at,
             {{key::id, quoted(recording_id(connection_id, unquoted(part)))},
              {key::contact_id, quoted(contact_id_)},
              {key::connection_id, quoted(connection_id)}},
             row);
    }
}

void Truth::inbound_call(const Tree& tree, const TruthRow& row) {
    tree_ = &tree;
    if (!is_usable_text(tree.value(0, key::id)))
        return reject(TruthTable::inbound_calls, 0, "", "an inbound call without an id", row);
    if (!options_.rejects) emit(0, {}, row);
}

void Truth::emit(Index object, const Derived& derived, const TruthRow& row) {
    out_.assign(1, '{');
    for (const auto& column : columns_) {
        const auto own = std::ranges::find(derived, column.key, &Derived::value_type::first);
        std::string_view value =
            own != derived.end() ? std::string_view(own->second) : tree_->value(object, column.key);
        if (value.empty() || value == "\"\"") value = "null";
        out_.append(column.name).append(value).push_back(',');
    }
    const bool rest = table_ == TruthTable::contacts || options_.extra_everywhere;
    if (rest) emit_rest(object, derived);
    out_.back() = '}';
    row(out_);
}

// _extra: every key without a column, with its value as delivered.
void Truth::emit_rest(Index object, const Derived& derived) {
    out_.append("\"_extra\":{");
    for (const auto* field = tree_->begin_of(object); field != tree_->end_of(object); ++field) {
        if (field->size == 0) continue;
        if (field->key < is_column_.size() && is_column_[field->key])
            continue;  // else newer than this
        if (std::ranges::find(derived, field->key, &Derived::value_type::first) != derived.end())
            continue;
        out_.append(names_[field->key]).append(tree_->value(*field)).push_back(',');
    }
    if (out_.back() == '{') {
        out_.pop_back();
        out_.append("null,");
    } else {
        out_.back() = '}';
        out_.push_back(',');
    }
}

void Truth::reject(TruthTable table, Index object, std::string_view key, std::string_view reason,
                   const TruthRow& row) {
    if (!options_.rejects || table != table_) return;
    out_ = fmt::format(R"({{"key":"{}","reason":"{}","raw":)", key, reason);
    render(*tree_, object, names_, out_);
    out_.push_back('}');
    row(out_);
}

}  // namespace ringtail::sim
