#pragma once
#include <cstdint>

#include "plan.hpp"
#include "tree.hpp"

namespace ringtail::sim {

// The odd things a contact can have; an odd one has three of these.
enum class Odd : std::uint8_t {
    // Values of the contact and its custom fields.
    long_text,
    very_long_text,
    emoji,
    quotes,
    control_characters,
    nul_character,
    lone_surrogate,
    big_integers,
    other_decimals,
    comma_in_number,
    scalars_in_text,
    nested_values,
    nulls,
    empty_texts,
    missing_keys,
    scalar_system_values,
    odd_times,
    unlisted_key,
    unknown_keys,
    mirror_keys,
    no_md5,
    // What makes it no row, or leaves nothing to do.
    no_id,
    task_log_null,
    task_log_missing,
    empty_entries,
    null_elements,
    // Its transactions.
    no_fired,
    fired_number,
    same_fired,
    short_fired,
    no_type,
    null_type,
    no_task,
    user_variants,
    no_seconds,
    odd_seconds,
    odd_flags,
    long_login,
    nested_data,
    connections_null,
    // Its connections.
    connection_without_id,
    connection_number_id,
    connection_null_id,
    open_then_transfer,
    transfer_first,
    odd_numbers,
    long_uuid,
    third_party_flags,
    deep_third_parties,
    // Its recordings.
    recording_without_start,
    recording_extra,
    count
};

constexpr std::uint64_t odd_bit(Odd odd) { return 1ULL << static_cast<unsigned>(odd); }
constexpr bool has(std::uint64_t kinds, Odd odd) { return (kinds & odd_bit(odd)) != 0; }
static_assert(static_cast<unsigned>(Odd::count) <= 64);

// Which odd things contact `index` has. The share of odd contacts is spread evenly and goes through
// all kinds in turn.
std::uint64_t odd_kinds(const Shape& shape, std::uint32_t index);

// Each changes the fields of the object opened last, as the contact's kinds say.
void make_contact_odd(Tree& tree, const Plan& plan);
void make_transaction_odd(Tree& tree, const Plan& plan, std::size_t step);
void make_connection_odd(Tree& tree, const Plan& plan, std::uint64_t chance);
void make_recording_odd(Tree& tree, const Plan& plan, std::uint64_t chance);

}  // namespace ringtail::sim
