#include <fmt/core.h>

#include <array>
#include <map>

#include "base/error.hpp"
#include "base/time_text.hpp"
#include "cli/commands.hpp"
#include "cli/service_parts.hpp"
#include "cli/summary.hpp"
#include "json/write.hpp"

namespace ringtail::cli {
namespace {

using jobs::LedgerRow;
using jobs::LedgerVerdict;
using Day = std::chrono::sys_days;

struct Mark {
    LedgerVerdict verdict;
    std::string_view mark, colour, meaning;
};
// From good to bad: of several tables a day shows the worst.
constexpr std::array<Mark, 4> kMarks{{{LedgerVerdict::equal, "=", "32", "equal"},
                                      {LedgerVerdict::healed, "+", "36", "repaired, then equal"},
                                      {LedgerVerdict::unproven, "?", "33", "more may come"},
                                      {LedgerVerdict::different, "!", "31", "different"}}};
constexpr std::string_view kNever = ".";

std::size_t place_of(LedgerVerdict verdict) {
    std::size_t place = 0;
    while (place + 1 < kMarks.size() && kMarks[place].verdict != verdict) ++place;
    return place;
}

class Calendar {
  public:
    explicit Calendar(Console& console) : console_(console) {}

    void add(const LedgerRow& row) {
        const auto time = parse_time(row.day);
        if (!time) return;
        const Day day = std::chrono::floor<std::chrono::days>(*time);
        const auto [place, is_new] = days_.emplace(day, place_of(row.verdict));
        if (!is_new) place->second = std::max(place->second, place_of(row.verdict));
    }

    void show() const {
        console_.out("week of      Mo Tu We Th Fr Sa Su");
        const auto monday = [](Day day) {
            return day - (std::chrono::weekday(day) - std::chrono::Monday);
        };
        std::array<std::size_t, kMarks.size()> counts{};
        for (const auto& [day, mark] : days_) ++counts.at(mark);
        const Day last = days_.rbegin()->first;
        for (Day week = monday(days_.begin()->first); week <= last; week += std::chrono::days(7)) {
            std::string line = format_day(week) + "   ";
            for (Day day = week; day < week + std::chrono::days(7); day += std::chrono::days(1)) {
                const auto found = days_.find(day);
                line += found == days_.end() ? std::string(kNever) : mark(found->second);
                line += "  ";
            }
            console_.out(line.substr(0, line.find_last_not_of(' ') + 1));
        }
        console_.out("");
        for (std::size_t i = 0; i < kMarks.size(); ++i) {
            if (counts.at(i) == 0) continue;
            console_.out(fmt::format("{} {} ({} {})", mark(i), kMarks.at(i).meaning, counts.at(i),
                                     counts.at(i) == 1 ? "day" : "days"));
        }
        console_.out(fmt::format("{} not compared", kNever));
    }

  private:
    std::string mark(std::size_t place) const {
        const Mark& of = kMarks.at(place);
        if (!console_.is_terminal()) return std::string(of.mark);
        return fmt::format("\x1b[{}m{}\x1b[0m", of.colour, of.mark);
    }

    Console& console_;
    std::map<Day, std::size_t> days_;  // → kMarks
};

std::string json_of(const LedgerRow& row) {
    return fmt::format(
        R"({{"source":{},"table":{},"day":"{}","rows_at_source":{},"rows_here":{},"hash_at_source":"{}","hash_here":"{}","open":{},"compared":"{}","proven":{},"verdict":"{}"}})",
        json_string(row.source), json_string(row.table), row.day, row.there, row.here,
        row.hash_there, row.hash_here, row.open, format_time(row.compared),
        row.proven ? '"' + format_time(*row.proven) + '"' : "null", name_of(row.verdict));
}

void expect_day(const Words& words, const char* name) {
    const std::string day = words.text(name);
    if (day.empty() || (day.size() == 10 && parse_time(day))) return;
    throw Error(Fault::config, fmt::format("--{}: that is no day", name))
        .with_hint("Write days as YYYY-MM-DD, such as 2023-01-31.");
}

int ledger(const Words& words, ServiceParts& parts, Context& context) {
    expect_plain(words, 1, 1, "ringtail ledger SOURCE [--from DAY] [--to DAY]");
    const auto source = parts.source(words.plain.front());
    expect_day(words, "from");
    expect_day(words, "to");
    const auto rows =
        parts.accounts.ledger(source, words.text("from"), words.text("to"), std::stop_token());
    if (words.output() == Output::json) {
        for (const LedgerRow& row : rows) context.console.out(json_of(row));
        return exit_done;
    }
    if (rows.empty()) {
        context.console.out(
            fmt::format("No days were compared yet. `ringtail reconcile {} --last "
                        "30` compares the last month.",
                        source.name));
        return exit_done;
    }
    Calendar calendar(context.console);
    for (const LedgerRow& row : rows) calendar.add(row);
    calendar.show();
    for (const LedgerRow& row : rows) {
        if (row.verdict != LedgerVerdict::different) continue;
        context.console.out(fmt::format("{} {}: {} rows at the source, {} here", row.day, row.table,
                                        grouped(row.there), grouped(row.here)));
    }
    return exit_done;
}

}  // namespace

int run_ledger(std::span<const std::string> words, Context& context) {
    constexpr std::array<Flag, 2> kFlags{{{"from"}, {"to"}}};
    return run_service_command(
        "ledger", words, kFlags, context,
        [&](const Words& parsed, ServiceParts& parts) { return ledger(parsed, parts, context); });
}

}  // namespace ringtail::cli
