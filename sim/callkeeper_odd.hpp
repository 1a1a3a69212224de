#pragma once
#include <cstdint>

#include "callkeeper_plan.hpp"
#include "callkeeper_record.hpp"

namespace ringtail::sim {

// The odd things a call can have; an odd one has two of these.
enum class CallOdd : std::uint8_t {
    emoji,
    quotes,
    control_characters,
    nul_character,
    lone_surrogate,
    long_texts,
    huge_agent,  // 70,000 characters
    huge_integers,
    fractions,
    no_numbers,  // words where numbers are expected
    missing_fields,
    nulls,
    dashes,
    blanks,
    odd_phones,
    no_client_phone,
    unknown_fields,
    numbers_in_text_fields,
    other_case,   // texts that differ from others by case or blanks at their end only
    both_places,  // visit labels nested and, with other values, at top level
    no_date,      // hooks only: the moment stands in date_timestamp alone
    blank_event,  // hooks only: a blank before hook_event
    count
};
constexpr std::uint32_t call_odd_bit(CallOdd odd) { return 1U << static_cast<unsigned>(odd); }
constexpr bool has(std::uint32_t kinds, CallOdd odd) { return (kinds & call_odd_bit(odd)) != 0; }
static_assert(static_cast<unsigned>(CallOdd::count) <= 32);

// Which odd things call `index` has: the share is spread evenly and goes through all kinds in turn.
std::uint32_t odd_kinds_of_call(std::uint64_t seed, double share, std::uint64_t index);

void make_call_odd(CallRecord& record, const CallPlan& plan, CallFeed feed);

}  // namespace ringtail::sim
