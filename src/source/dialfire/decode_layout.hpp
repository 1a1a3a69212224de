#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/table.hpp"

namespace ringtail::dialfire {

// A key that decoding itself looks at, whether or not it has a column.
struct Role {
    std::string_view key;
    bool used_up = false;  // not kept in Table::rest: its content is in rows or columns already
};

// Where the keys of one kind of JSON object go. Every key that means something has a slot: the
// roles come first, in their order, then the table's other columns.
class Layout {
  public:
    static constexpr std::uint32_t kNone = UINT32_MAX;
    static constexpr std::uint32_t kNull = UINT32_MAX - 1;  // a cell that is always null

    // `table` must outlive the layout.
    Layout(const Table& table, std::span<const Role> roles);

    std::uint32_t slot_of(std::string_view key) const {
        const auto found = slots_.find(key);
        return found == slots_.end() ? kNone : found->second;
    }
    std::size_t slots() const { return cell_of_.size(); }
    // Whether a key with this slot belongs into Table::rest. Never without such a column.
    bool in_rest(std::uint32_t slot) const {
        return slot == kNone ? rest_cell_ != kNone : in_rest_[slot];
    }
    // A Batch's cells in order: the slot whose value each gets, kNone for Table::rest, or kNull.
    const std::vector<std::uint32_t>& cells() const { return cells_; }
    std::uint32_t cell_of(std::uint32_t slot) const { return cell_of_[slot]; }  // or kNone
    std::uint32_t rest_cell() const { return rest_cell_; }                      // or kNone

  private:
    std::uint32_t add_slot(std::string_view key);

    std::unordered_map<std::string_view, std::uint32_t> slots_;
    std::vector<std::uint32_t> cells_;
    std::vector<std::uint32_t> cell_of_;
    std::vector<bool> in_rest_;
    std::uint32_t rest_cell_ = kNone;
};

// The slots of the roles, by the kind of object (facts/dialfire.md B.1 to B.6).
struct ContactKeys {
    enum : std::uint32_t { id, task_log };
    static constexpr std::array<Role, 2> kRoles = {{{"$id"}, {"$task_log", true}}};
};
struct TransactionKeys {
    enum : std::uint32_t {
        id,
        contact_id,
        fired,
        sequence_nr,
        connection_list,
        type,
        user,
        status_detail,
        task
    };
    static constexpr std::array<Role, 9> kRoles = {{{"id"},
                                                    {"contact_id"},
                                                    {"fired"},
                                                    {"sequence_nr"},
                                                    {"connections", true},
                                                    {"type"},
                                                    {"user"},
                                                    {"status_detail"},
                                                    {"task"}}};
};
struct ConnectionKeys {
    enum : std::uint32_t {
        id,
        contact_id,
        transaction_id,
        parent,
        technology,
        disconnected,
        third_party,
        recording_list,
        third_party_connections
    };
    static constexpr std::array<Role, 9> kRoles = {{{"id"},
                                                    {"contact_id"},
                                                    {"transaction_id"},
                                                    {"parent_connection_id"},
                                                    {"technology"},
                                                    {"disconnected"},
                                                    {"isThirdPartyConnection"},
                                                    {"recordings", true},
                                                    {"third_party_connections", true}}};
};
struct RecordingKeys {
    enum : std::uint32_t { id, contact_id, connection_id, started, location };
    static constexpr std::array<Role, 5> kRoles = {
        {{"id"}, {"contact_id"}, {"connection_id"}, {"started"}, {"location"}}};
};
struct InboundKeys {
    enum : std::uint32_t {
        id,
        calling_number,
        called_number,
        call_time,
        connect_time,
        hangup_time,
        remote_number,
        line_number,
        started,
        connected,
        disconnected
    };
    static constexpr std::array<Role, 11> kRoles = {{{"id"},
                                                     {"calling_number", true},
                                                     {"called_number", true},
                                                     {"call_time", true},
                                                     {"connect_time", true},
                                                     {"hangup_time", true},
                                                     {"remote_number"},
                                                     {"line_number"},
                                                     {"started"},
                                                     {"connected"},
                                                     {"disconnected"}}};
};

// The layouts of the five tables; made once per set of tables, as making them costs about as much
// as decoding a contact. Read-only after that: may be used by several threads.
class Layouts {
  public:
    // `tables` in the order of TableIndex; they must outlive the layouts.
    explicit Layouts(std::span<const Table> tables);

    const Layout contact, transaction, connection, recording, inbound;
};

}  // namespace ringtail::dialfire
