#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "model/load.hpp"
#include "source/callkeeper/inbox_reader.hpp"

namespace ringtail::callkeeper {

using Day = std::chrono::local_days;

// A history load: every day from `to` down to, but without, `next` is read.
struct HistoryPosition {
    Day from, to;
    Day next;                 // the next day to read; before `from`: all are read
    std::int64_t number = 0;  // counts up: tells which ones are old
    std::uint64_t calls = 0;  // read so far
    bool done() const { return next < from; }
};

// How far an account has been read: what the checkpoint's text holds.
struct Position {
    InboxPosition inbox;
    std::optional<Day> live_done;    // the newest day that was over when it was read
    std::optional<Day> first, last;  // the days that have been read
    double calls_per_hour = 0;       // lately; 0: not known
    std::string account;             // what the row of general_accounts says
    std::map<std::string, HistoryPosition> history;  // by job

    void read(Day day) {
        first = first ? std::min(*first, day) : day;
        last = last ? std::max(*last, day) : day;
    }
};

// One JSON object; readable, so that a user can look at ringtail_checkpoints.
Checkpoint write_position(const Position& position);
// Error(config) with a hint when the text is of a newer or a broken form.
Position read_position(const Checkpoint& checkpoint);

// "2024-05-01"; nothing when the text is no such day.
std::string day_text(Day day);
std::optional<Day> parse_day(std::string_view text);

}  // namespace ringtail::callkeeper
