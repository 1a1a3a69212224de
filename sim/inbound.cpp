#include "inbound.hpp"

#include <algorithm>
#include <cmath>

#include "text.hpp"
#include "words.hpp"

namespace ringtail::sim {

namespace {

constexpr std::uint64_t kUse = 0x1B0D;

void make_odd(Tree& tree, std::uint64_t chance) {
    switch (chance % 10) {
        case 0:
            return tree.set(key::connectable_time, "1709629200000");  // E-14
        case 1:
            return tree.set(key::dispatch_error, (chance & 64U) != 0 ? "1" : R"("false")");
        case 2:
            tree.remove(key::state);
            return tree.remove(key::connectable_time);
        case 3:
            return tree.set(key::calling_number, "493012345678");
        case 4:
            tree.raw(key::started, R"("2001-01-01T00:00:00.000Z")");
            return tree.remove(key::connect_time);
        case 5:
            return tree.set(key::disposition, R"("Ärger 😀 \"x\"\n\u0001 \ud83d\ude00")");
        case 6:
            return tree.raw(key::unknown, R"({"warteschlange":[1,2.50],"priorität":1e5})");
        case 7:
            (chance & 64U) != 0 ? tree.remove(key::id) : tree.set(key::id, "null");
            return;
        case 8:
            return tree.set(
                key::task_name,
                R"("inbound_hotline_mit_einem_sehr_langen_namen_der_nicht_in_fünfzig_zeichen_passt_und_auch_nicht_in_hundert_zeichen")");
        default:
            for (const KeyId at : {key::user, key::contact_id, key::state, key::hangup_time})
                tree.set(at, "null");
    }
}

}  // namespace

std::int64_t inbound_time(const Shape& shape, std::uint32_t number, std::uint32_t count) {
    const auto span = static_cast<std::uint64_t>(shape.end_ms() - shape.first_ms);
    const std::uint64_t slot = span / (count == 0 ? 1 : count);
    const std::uint64_t within = slot == 0 ? 0 : mix(shape.seed, number, kUse) % slot;
    return shape.first_ms + static_cast<std::int64_t>(slot * number + within);
}

void write_inbound(const Writing& writing, std::uint32_t number, std::int64_t time, Tree& tree) {
    const Shape& shape = writing.shape;
    const std::uint64_t dice = mix(shape.seed, number, kUse, 1);
    const bool answered = (dice & 3U) != 0;
    tree.open(Tree::Kind::inbound, Tree::kNone);
    auto& id = tree.begin(key::id);
    id.append("\"in-");
    append_day(id, time);
    id.push_back('-');
    append_digits(id, number, 8);
    id.push_back('"');
    tree.end();
    tree.text(key::line_id, "L4NEA7K2");
    tree.text(key::campaign_id, writing.campaign);
    tree.text(key::task_id, "T5NB8W3XKQ7Z2MDR");
    tree.text(key::task_name, "inbound_hotline");
    if (answered && shape.contacts > 0) {
        auto& contact = tree.begin(key::contact_id);
        contact.push_back('"');
        append_contact_id(contact, shape,
                          static_cast<std::uint32_t>((dice >> 32U) % shape.contacts));
        contact.push_back('"');
        tree.end();
    } else {
        tree.null(key::contact_id);
    }
    auto& caller = tree.begin(key::calling_number);
    caller.append("\"+49");
    append_digits(caller, (dice >> 8U) % 10'000'000'000ULL, 10);
    caller.push_back('"');
    tree.end();
    tree.text(key::called_number, "+49309876543");
    tree.time(key::call_time, time);
    if (shape.readings.inbound_numbers) {
        tree.number(key::connectable_time, time + 3300);
    } else {
        tree.time(key::connectable_time, time + 3300);
    }
    if (answered) {
        tree.time(key::connect_time, time + 11'800);
    } else {
        tree.null(key::connect_time);
    }
    tree.time(key::hangup_time, time + 20'000 + static_cast<std::int64_t>((dice >> 20U) % 300'000));
    if (answered) {
        tree.text(key::user, user_of(dice).id);
    } else {
        tree.null(key::user);
    }
    tree.text(key::state, shape.readings.open_sets ? any_word(dice) : "finished");
    tree.text(key::disposition, shape.readings.open_sets ? any_word(dice >> 4U)
                                : answered               ? "answered"
                                                         : "abandoned");
    if (shape.readings.inbound_numbers) {
        tree.number(key::dispatch_error, 0);
        tree.raw(key::duration, "155959.5");
    } else {
        tree.boolean(key::dispatch_error, false);
    }
    const auto stride =
        shape.odd > 0 ? static_cast<std::uint32_t>(std::max(1.0, std::round(1 / shape.odd))) : 0;
    if (stride > 0 && number % stride == 0) make_odd(tree, number / stride + (dice & 64U) * 10);
}

}  // namespace ringtail::sim
