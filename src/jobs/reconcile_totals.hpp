#pragma once
#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "jobs/compare_rows.hpp"

namespace ringtail::jobs {

// What all takings of a reconciliation have found and done, and where it goes on: the run's
// progress.
struct ReconcileTotals {
    struct Counts {  // of one kind of rows
        std::uint64_t missing = 0, changed = 0, extra = 0;
        std::map<std::string, std::uint64_t> fields =
            {};  // caption → rows with another value there
    };
    std::uint64_t days = 0, days_in_all = 0;
    std::map<std::string, Counts> found;  // by Subject::noun
    std::uint64_t marked = 0;             // extra rows that stay for now
    std::uint64_t removed = 0;
    std::uint64_t refused = 0;  // extra rows that are too many to be removed unasked
    std::uint64_t left = 0;     // differences that are still there
    std::string position;       // of the part to go on with; "": the beginning

    void note(const Subject& subject, const Compared& compared);
    std::uint64_t differences() const;
    // Loaded, and still not as the source has it: a column does not take it.
    std::uint64_t unstorable() const { return left - std::min(left, marked + refused); }
    std::string json() const;
    // "12 calls missing, 3 with another talk time, 1 extra: repaired".
    std::string words() const;
};

// The totals that json() wrote; new ones of anything else.
ReconcileTotals read_totals(std::string_view progress);

}  // namespace ringtail::jobs
