#include "jobs/reconcile_totals.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "json/document.hpp"
#include "json/write.hpp"

namespace ringtail::jobs {
namespace {

using Counts = ReconcileTotals::Counts;

std::uint64_t whole(JsonValue value) {
    std::uint64_t number = 0;
    if (value.is(JsonValue::Kind::number)) {
        const std::string_view raw = value.raw();
        std::from_chars(raw.data(), raw.data() + raw.size(), number);
    }
    return number;
}

std::uint64_t number_in(JsonValue object, std::string_view name) {
    return whole(object.find(name));
}

void say(std::string& words, const std::string& more) {
    if (!words.empty()) words += ", ";
    words += more;
}

}  // namespace

void ReconcileTotals::note(const Subject& subject, const Compared& compared) {
    using enum Difference::Kind;
    Counts& counts = found[subject.noun];
    for (const Difference& difference : compared.differences) {
        if (difference.kind == missing) ++counts.missing;
        if (difference.kind == extra) ++counts.extra;
        if (difference.kind != changed) continue;
        ++counts.changed;
        for (const auto& value : difference.values)
            ++counts.fields[subject.captions.at(value.field)];
    }
}

std::uint64_t ReconcileTotals::differences() const {
    std::uint64_t sum = 0;
    for (const auto& [noun, counts] : found) sum += counts.missing + counts.changed + counts.extra;
    return sum;
}

std::string ReconcileTotals::json() const {
    std::string subjects;
    for (const auto& [noun, counts] : found) {
        std::string fields;
        for (const auto& [caption, number] : counts.fields)
            fields +=
                fmt::format("{}{}:{}", fields.empty() ? "" : ",", json_string(caption), number);
        subjects += fmt::format(R"({}{}:{{"missing":{},"changed":{},"extra":{},"fields":{{{}}}}})",
                                subjects.empty() ? "" : ",", json_string(noun), counts.missing,
                                counts.changed, counts.extra, fields);
    }
    return fmt::format(
        R"({{"days_done":{},"days":{},"found":{{{}}},"marked":{},"removed":{},"refused":{},"left":{},"position":{}}})",
        days, days_in_all, subjects, marked, removed, refused, left, json_string(position));
}

std::string ReconcileTotals::words() const {
    if (differences() == 0) return fmt::format("{} days compared: equal", days);
    std::string words;
    for (const auto& [noun, counts] : found) {
        bool is_named = false;
        // " calls" behind the first number.
        const auto name = [&, &plural = noun](std::uint64_t number) {
            const std::string text = is_named ? "" : " " + plural;
            is_named = true;
            return number == 1 ? text.substr(0, text.find_last_not_of('s') + 1) : text;
        };
        if (counts.missing > 0)
            say(words, fmt::format("{}{} missing", counts.missing, name(counts.missing)));
        for (const auto& [caption, number] : counts.fields)
            say(words, fmt::format("{}{} with another {}", number, name(number), caption));
        if (counts.extra > 0)
            say(words, fmt::format("{} extra{}", counts.extra, name(counts.extra)));
    }
    words += ": ";
    if (left == 0) return words + "repaired";
    const std::uint64_t repaired = differences() - std::min(differences(), left);
    if (repaired > 0) words += fmt::format("{} repaired, ", repaired);
    std::string rest;
    if (refused > 0) say(rest, fmt::format("{} extra are too many to be removed unasked", refused));
    if (marked > 0) say(rest, fmt::format("{} extra marked as missing at the source", marked));
    if (unstorable() == 1) say(rest, "1 cannot be stored as it is");
    if (unstorable() > 1) say(rest, fmt::format("{} cannot be stored as they are", unstorable()));
    return words + rest;
}

ReconcileTotals read_totals(std::string_view progress) {
    ReconcileTotals totals;
    const JsonDocument document(progress);
    const JsonValue root = document.root();
    totals.days = number_in(root, "days_done");
    totals.days_in_all = number_in(root, "days");
    totals.marked = number_in(root, "marked");
    totals.removed = number_in(root, "removed");
    totals.refused = number_in(root, "refused");
    totals.left = number_in(root, "left");
    std::string scratch;
    std::string_view position;
    if (root.find("position").text(position, scratch)) totals.position = position;
    for (const auto& [noun, value] : root.find("found").members()) {
        Counts& counts = totals.found[std::string(noun.text_or_raw(scratch))];
        counts.missing = number_in(value, "missing");
        counts.changed = number_in(value, "changed");
        counts.extra = number_in(value, "extra");
        for (const auto& [caption, number] : value.find("fields").members())
            counts.fields[std::string(caption.text_or_raw(scratch))] = whole(number);
    }
    return totals;
}

}  // namespace ringtail::jobs
