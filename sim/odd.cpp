#include "odd.hpp"

#include <algorithm>
#include <cmath>

#include "text.hpp"

namespace ringtail::sim {

namespace {

// The usual custom fields, in the order Form makes them.
enum Custom : KeyId {
    company = kFixedKeys,
    birthday,
    appointment,
    mobile,
    salutation,
    product,
    street,
    opt_in,
    consumption,
    amount,
    note,
    extra
};

std::string quoted_repeat(std::string_view part, std::size_t times) {
    std::string out = "\"";
    for (std::size_t i = 0; i < times; ++i) out.append(part);
    return out.append("\"");
}

const std::string& long_text() {
    static const std::string text = quoted_repeat("Grüße aus Köln, ", 10);  // 160 characters
    return text;
}

const std::string& very_long_text() {
    static const std::string text =
        quoted_repeat(R"(„Äpfel“ 😀 und Birnen,\n)", 520);  // above 10,000 characters
    return text;
}

template <std::size_t N>
std::string_view one_of(const std::string_view (&from)[N], std::uint64_t chance) {
    return from[chance % N];
}

void texts(Tree& tree, std::uint64_t kinds, std::uint64_t chance) {
    if (has(kinds, Odd::long_text)) {
        tree.set(key::c_comment, long_text());
        tree.replace(company, long_text());
        tree.set(key::c_status_detail, long_text());
        tree.set(key::c_source, long_text());
    }
    if (has(kinds, Odd::very_long_text)) tree.replace(note, very_long_text());
    if (has(kinds, Odd::emoji)) {
        tree.set(
            key::c_comment,
            R"("👩‍👩‍👧‍👦 raw, \ud83d\ude00 escaped, é composed, 漢字, עברית")");
        tree.replace(company, R"("\u00c4\u00d6\u00dc \u20ac 🏳️‍🌈")");
    }
    if (has(kinds, Odd::quotes)) {
        tree.set(
            key::c_comment,
            R"("\"double\" 'single' `back` \\ backslash \/ slash\r\nCRLF\ttab, <a href=\"x\">&amp;</a>")");
        tree.replace(note, R"("'); DROP TABLE df_contacts; -- \\N \\. \\\n\\.\n")");
        tree.set(key::c_ref, R"("O'Neill, \"Bob\"; x=1|2,\\t")");
    }
    if (has(kinds, Odd::control_characters)) {
        tree.set(
            key::c_comment,
            R"("bell \u0007 escape \u001b[31m unit \u001f delete \u007f next \u0085 line \u2028 bom \ufeff end")");
        tree.replace(note, R"("\b\f\u0001\u0002\u0003\u000b\u000e")");
    }
    if (has(kinds, Odd::nul_character)) {
        tree.set(key::c_comment, R"("before\u0000after")");
        tree.replace(note, R"("\u0000")");
    }
    if (has(kinds, Odd::lone_surrogate)) {
        tree.set(key::c_comment, R"("half \ud800 of a pair")");
        tree.replace(company, R"("\ude00\ud83d the wrong way round")");
    }
    if (has(kinds, Odd::empty_texts)) {
        for (KeyId at = key::c_ref; at <= key::c_recording_url; ++at) tree.replace(at, "\"\"");
        for (KeyId at = company; at <= extra; ++at) tree.replace(at, "\"\"");
    }
    if (has(kinds, Odd::nulls)) {
        for (KeyId at = key::c_ref; at <= key::c_recording_url; ++at) tree.replace(at, "null");
        for (KeyId at = company; at <= extra; ++at) tree.replace(at, "null");
    }
    if (has(kinds, Odd::missing_keys)) {
        for (KeyId at = key::c_ref; at <= key::c_recording_url; ++at)
            if (((chance >> at) & 1U) != 0) tree.remove(at);
        for (KeyId at = company; at <= extra; at += 2) tree.remove(at);
    }
}

void numbers(Tree& tree, std::uint64_t kinds, std::uint64_t chance) {
    if (has(kinds, Odd::big_integers)) {
        static constexpr std::string_view kBig[] = {"12345678901234567890", "-9223372036854775809",
                                                    "9007199254740993",
                                                    "123456789012345678901234567890"};
        tree.replace(consumption, one_of(kBig, chance));
        tree.replace(amount, one_of(kBig, chance >> 8U));
    }
    if (has(kinds, Odd::other_decimals)) {
        static constexpr std::string_view kDecimals[] = {
            "1e5",  "12.50", "1E-7",    "0.1234567890123456789", "-0",
            "0.30", "-0.0",  "1.50e+3", "100000000000000000.01", "2.5E2"};
        tree.replace(consumption, one_of(kDecimals, chance));
        tree.replace(amount, one_of(kDecimals, chance >> 8U));
    }
    if (has(kinds, Odd::comma_in_number)) {
        static constexpr std::string_view kTexts[] = {R"("12,5")",    R"("1.234,50")", R"(" 7 ")",
                                                      R"("ca. 100")", R"("12.50")",    R"("+3")",
                                                      R"("0x10")",    R"("NaN")",      "true"};
        tree.replace(consumption, one_of(kTexts, chance));
        tree.replace(amount, one_of(kTexts, chance >> 8U));
    }
    if (has(kinds, Odd::scalars_in_text)) {
        tree.replace(company, "4711");
        tree.replace(opt_in, "true");
        tree.replace(mobile, "491701234567");
        tree.replace(product, "false");
        tree.replace(street, "12.50");
        tree.replace(birthday, "19800229");
    }
    if (has(kinds, Odd::nested_values)) {
        tree.replace(
            extra,
            R"({"tief":[[[{"a":[1,2.50,"x\u0000y",null,true,{}]}]]],"ü":"\ud83d\ude00","leer":[]})");
        tree.replace(
            note, R"([{"von":"2024-01-01","text":"erste\nZeile"},[],{},"",12345678901234567890])");
        tree.replace(company, "{}");
        tree.replace(product, "[]");
        tree.replace(consumption, R"({"wert":12.50,"einheit":"kWh"})");
    }
    if (has(kinds, Odd::scalar_system_values)) {
        tree.set(key::c_ref, "4711");
        tree.set(key::c_phone, "493012345678");
        tree.set(key::c_status_detail, R"({"code":7,"text":"ok"})");
        tree.set(key::c_error, "false");
        tree.set(key::c_owner, "12345678901234567890");
        tree.set(key::c_timezone, R"(["Europe/Berlin"])");
    }
    if (has(kinds, Odd::odd_times)) {
        static constexpr std::string_view kTimes[] = {"1709629200000",
                                                      R"("2024-03-05")",
                                                      R"("0000-00-00")",
                                                      R"("morgen")",
                                                      R"("2024-02-30T10:00:00.000Z")",
                                                      R"("2024-03-05T10:03:27.481+01:00")",
                                                      R"("2024-03-05T10:03:27.481512Z")",
                                                      R"("1582-10-10T00:00:00.000Z")",
                                                      R"("9999-12-31T23:59:59.999Z")",
                                                      R"("2024-03-05 10:03:27")"};
        tree.set(key::c_follow_up_date, one_of(kTimes, chance));
        tree.set(key::c_created_date, one_of(kTimes, chance >> 8U));
        tree.replace(appointment, one_of(kTimes, chance >> 16U));
    }
}

}  // namespace

std::uint64_t odd_kinds(const Shape& shape, std::uint32_t index) {
    if (shape.odd <= 0) return 0;
    const auto stride = static_cast<std::uint32_t>(std::max(1.0, std::round(1 / shape.odd)));
    const std::uint32_t block = index / stride;
    Dice dice(mix(shape.seed, block, 0x0DD));
    if (index % stride != dice.below(stride)) return 0;
    constexpr auto kKinds = static_cast<std::uint32_t>(Odd::count);
    std::uint64_t kinds = 1ULL << (block % kKinds);
    for (int more = 0; more < 2; ++more) kinds |= 1ULL << dice.below(kKinds);
    return kinds;
}

void make_contact_odd(Tree& tree, const Plan& plan) {
    const std::uint64_t kinds = plan.odd, chance = mix(plan.dice, 0x0DD);
    texts(tree, kinds, chance);
    numbers(tree, kinds, chance);
    if (has(kinds, Odd::unlisted_key))
        tree.set(key::c_unlisted, R"("12,5 – steht in keinem Formular")");
    if (has(kinds, Odd::unknown_keys))
        tree.set(key::c_unknown, R"({"seit":"v1.19","werte":[1,2.50,null]})");
    if (has(kinds, Odd::mirror_keys)) tree.set(key::c_other_mirror, R"("success")");
    if (has(kinds, Odd::no_md5))
        (chance & 1U) != 0 ? tree.remove(key::c_md5) : tree.set(key::c_md5, "null");
    if (has(kinds, Odd::no_id))
        (chance & 1U) != 0 ? tree.remove(key::c_id) : tree.set(key::c_id, "null");
}

void make_transaction_odd(Tree& tree, const Plan& plan, std::size_t step) {
    const std::uint64_t kinds = plan.odd, chance = mix(plan.steps[step].dice, 0x0DD);
    if (step == 0) {
        if (has(kinds, Odd::no_fired))
            (chance & 1U) != 0 ? tree.remove(key::fired) : tree.set(key::fired, "null");
        if (has(kinds, Odd::fired_number)) tree.set(key::fired, "1709629200000");
    }
    if (has(kinds, Odd::no_type)) tree.remove(key::type);
    if (has(kinds, Odd::null_type)) tree.set(key::type, "null");
    if (has(kinds, Odd::no_task))
        (chance & 1U) != 0 ? tree.remove(key::task) : tree.set(key::task, "null");
    if (has(kinds, Odd::user_variants)) {
        if ((chance & 3U) == 0) tree.remove(key::user);
        if ((chance & 3U) == 1) tree.set(key::user, "\"\"");
        if ((chance & 3U) == 2) tree.set(key::user, "null");
    }
    if (has(kinds, Odd::no_seconds))
        for (const KeyId at : {key::pause_sec, key::edit_sec, key::wrapup_sec, key::wait_sec})
            tree.remove(at);
    if (has(kinds, Odd::odd_seconds)) {
        static constexpr std::string_view kSeconds[] = {
            "1e5",    "12.50", "12345678901234567890", R"("12,5")",
            R"("7")", "\"\"",  "0.333333333333333333"};
        tree.set(key::pause_sec, one_of(kSeconds, chance));
        tree.set(key::edit_sec, one_of(kSeconds, chance >> 8U));
        tree.set(key::wrapup_sec, one_of(kSeconds, chance >> 16U));
    }
    if (has(kinds, Odd::odd_flags)) {
        static constexpr std::string_view kFlags[] = {"1",          "0",    "null",   R"("true")",
                                                      R"("false")", "\"\"", R"("ja")"};
        tree.set(key::is_hi, one_of(kFlags, chance));
        tree.set(key::revoked, one_of(kFlags, chance >> 8U));
    }
    if (has(kinds, Odd::long_login)) {
        tree.set(key::user_login, long_text());
        tree.set(key::status_detail, long_text());
        tree.set(key::user_branch, R"("Außendienst \"Süd\"\n2. Etage")");
    }
    if (has(kinds, Odd::nested_data))
        tree.set(key::data, R"({"Notiz":"neu\n","Extra":{"tags":[[],{}],"n":1e5},"$id":"x"})");
    if (has(kinds, Odd::unknown_keys)) tree.set(key::unknown, R"([12.50,"neu in 2026"])");
}

void make_connection_odd(Tree& tree, const Plan& plan, std::uint64_t chance) {
    const std::uint64_t kinds = plan.odd;
    if (has(kinds, Odd::odd_numbers)) {
        static constexpr std::string_view kCodes[] = {R"("200")", "487.0", "null",
                                                      R"("SIP;cause=200")", "\"\""};
        static constexpr std::string_view kDurations[] = {
            "12345678901234567890", "1e5", "155959.50", R"("66271")", "0", "-1"};
        tree.set(key::code, one_of(kCodes, chance));
        tree.set(key::duration, one_of(kDurations, chance >> 8U));
        tree.set(key::remote_number, (chance & 1U) != 0 ? R"("anonymous")" : "493012345678");
    }
    if (has(kinds, Odd::long_uuid)) tree.set(key::global_call_uuid, long_text());
    if (has(kinds, Odd::third_party_flags)) {
        static constexpr std::string_view kFlags[] = {"1",         "0",     "null",
                                                      R"("true")", "false", "true"};
        tree.set(key::is_third_party, one_of(kFlags, chance));
    }
    if (has(kinds, Odd::unknown_keys))
        tree.set(key::unknown, R"({"mos":4.10,"jitter_ms":[1,2,3]})");
}

void make_recording_odd(Tree& tree, const Plan& plan, std::uint64_t chance) {
    if (has(plan.odd, Odd::recording_extra)) {
        tree.set(key::unknown, R"("transcript://1")");
        tree.set(key::filename, R"("Ärger & \"Zorn\"\\2024.mp3")");
        if ((chance & 1U) != 0) tree.set(key::stopped, "\"\"");
        if ((chance & 2U) != 0) tree.remove(key::callnumber);
    }
    if (has(plan.odd, Odd::recording_without_start)) {
        (chance & 1U) != 0 ? tree.remove(key::started) : tree.set(key::started, "null");
        if ((chance & 2U) != 0) tree.remove(key::location);
    }
}

}  // namespace ringtail::sim
