#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "dice.hpp"
#include "readings.hpp"

// What a contact is made of, before any text is written: cheap enough to be worked out anew for
// every request, so that a campaign of any size needs no memory for its contacts.
namespace ringtail::sim {

// What all contacts follow from.
struct Shape {
    std::uint64_t seed = 1;
    std::uint32_t contacts =
        0;                    // of the data set; those live changes add have numbers from here on
    double transactions = 5;  // per contact, on average
    double odd = 0, gone = 0;
    std::int64_t first_ms = 0;  // the first day's midnight
    std::uint32_t days = 1;
    Readings readings;

    std::int64_t end_ms() const { return first_ms + static_cast<std::int64_t>(days) * 86'400'000; }
};

// A live change of one contact.
struct Op {
    enum class Kind : std::uint8_t {
        created,
        transaction,
        call_ends,
        recording,
        revoke,
        edit,
        removed
    };
    Kind kind;
    std::uint16_t step = 0;    // of call_ends, recording, revoke
    std::int64_t at = 0;       // ms
    std::uint64_t number = 0;  // of the live change, from 1
};

// One transaction.
struct Step {
    enum class Kind : std::uint8_t { dial, workflow, assigned, human };
    std::int64_t fired = 0;
    std::uint64_t dice = 0;
    Kind kind = Kind::dial;
    std::uint8_t stage = 0;
    std::uint16_t entry = 0, place = 0;  // where it stands in $task_log
    bool connection = false, third_party = false, deep = false, transfer = false,
         second_transfer = false;
    std::uint8_t recordings = 0;  // of the first connection
    bool open = false;            // a last connection that has or had no end
    std::int64_t ended = 0;       // … until then
    bool unlocated = false;       // the last recording has or had no location
    std::int64_t located = 0;     // … until then
    bool revoked = false;
    std::uint32_t version = 0;     // how many live changes it saw
    std::uint64_t changed_by = 0;  // the last one's number, its making included; 0: none
};

struct Plan {
    std::uint32_t index = 0;
    std::uint64_t dice = 0;
    std::uint64_t odd = 0;       // bits of Odd (odd.hpp)
    std::uint32_t revision = 0;  // live changes so far
    std::uint32_t edits = 0;
    std::uint32_t md5_revision = 0;  // as revision, less what G-8 leaves out
    std::uint64_t last_change = 0;   // number of the last live change
    std::int64_t created = 0, changed = 0;
    bool removed = false;
    std::vector<Step> steps;
};

struct Stage {
    std::string_view name, id, title;
};
inline constexpr Stage kStages[] = {
    {"fc_anruf", "M4T9K7F2CW8XZ3QA", "Erstanruf"},
    {"fc_wiedervorlage", "W2D7KQ5XB9TNZ4LR", "Wiedervorlage"},
    {"anrufen_stufe", "A6N8RTQ2X4WZK7BM", "Anrufen"},
    {"qc_pruefung", "Q9T2K5QC7WXN8ZLB", "Prüfung"},
    {"qc_nachfass", "N5F3HQ8TKW2XZ7RD", "Nachfassen"},
    {"vl_vertrag", "V7L4TRG9K2WXQ5ZN", "Vertrag"},
};

// When the contact's last transaction of the data set was (live changes aside).
std::int64_t base_change(const Shape& shape, std::uint32_t index);
// Listed, but no longer delivered.
bool is_gone(const Shape& shape, std::uint32_t index);

// The contact after the live changes `ops`. `plan` is reused.
void make_plan(const Shape& shape, std::uint32_t index, std::span<const Op> ops, Plan& plan);

// The contact's $md5 as 128 bits.
std::pair<std::uint64_t, std::uint64_t> contact_md5(const Shape& shape, std::uint32_t index,
                                                    std::uint32_t md5_revision);
std::pair<std::uint64_t, std::uint64_t> event_md5(const Shape& shape, const Plan& plan,
                                                  std::size_t step);

// Contact ids hold the contact's number, so that an id that is asked for needs no look-up table.
void append_contact_id(std::string& out, const Shape& shape, std::uint32_t index);
// False when no contact, present or future, has that id.
bool read_contact_id(const Shape& shape, std::string_view id, std::uint32_t& index);

}  // namespace ringtail::sim
