#include "callkeeper_odd.hpp"

#include <fmt/format.h>

#include "dice.hpp"

namespace ringtail::sim {

namespace {

using K = CallKey;

constexpr std::size_t kHugeAgent = 70'000, kLong = 4'000;
constexpr K kTexts[] = {K::cmp, K::cnt, K::trm, K::status_reason, K::tags, K::uag};

void all(CallRecord& record, std::string_view text) {
    for (const K key : kTexts) record.text(key, text);
}

void make_unknown(CallRecord& record) {
    record.raw(K::unknown1, R"({"score":1e400,"маркер":[1,2.50,"\u00e4",null,{"deep":[[]]}]})");
    record.raw(K::unknown2, R"(["a","b\\c",true])");
}

void make_one(CallRecord& record, const CallPlan& plan, CallFeed feed, CallOdd kind) {
    switch (kind) {
        case CallOdd::emoji:
            all(record, "скидка 🎉 50 % 👩‍👩‍👧 – naïve");
            record.text(K::city, "🏙️ Город");
            break;
        case CallOdd::quotes:
            all(record, R"(O'Hara "the \ slash" `tick` ; DROP TABLE calls; -- $1 %s {0})");
            break;
        case CallOdd::control_characters:
            all(record,
                "a\tb\nc\rd\x01\x1f"
                "e\x7f");
            break;
        case CallOdd::nul_character:
            record.raw(K::trm, R"("before\u0000after")");
            record.raw(K::tags, R"("x\u0000")");
            break;
        case CallOdd::lone_surrogate:
            record.raw(K::cmp, R"("half \ud83d of a smile")");
            record.raw(K::uag, R"("\ud800")");
            break;
        case CallOdd::long_texts:
            record.text(K::cmp, std::string(kLong, 'c') + fmt::format("{}", plan.id));
            record.text(K::cpg, "https://example.ru/?q=" + std::string(kLong, 'q'));
            record.text(K::site, std::string(300, 's') + ".example.ru");
            record.text(K::tags, std::string(kLong, 't'));
            break;
        case CallOdd::huge_agent:
            record.text(K::uag, std::string(kHugeAgent, 'U'));
            break;
        case CallOdd::huge_integers:
            record.raw(K::playback_tick, "99999999999999999999");
            record.raw(K::asr_attempts, "\"9223372036854775807\"");
            record.raw(K::unknown1, "123456789012345678901234567890");
            break;
        case CallOdd::fractions:
            record.raw(K::playback_tick, "1.5");
            record.raw(K::asr_attempts, "\"2,5\"");
            break;
        case CallOdd::no_numbers:
            record.text(K::playback_tick, "n/a");
            record.text(K::a_type, "smart");
            break;
        case CallOdd::missing_fields:
            for (const K key : {K::src, K::uag, K::site, K::status_reason, K::attempt, K::a_type,
                                K::tags, K::widget_hash, K::phone1})
                record.drop(key);
            break;
        case CallOdd::nulls:
            for (const K key : {K::typ, K::src, K::mdm, K::cmp, K::cnt, K::trm, K::ep, K::phone1,
                                K::attempt, K::playback_tick, K::ip, K::record_url})
                record.raw(key, "null");
            break;
        case CallOdd::dashes:
            for (const K key : {K::typ, K::src, K::mdm, K::cmp, K::cnt, K::trm, K::ep, K::country,
                                K::region, K::city, K::site, K::tags, K::asr_attempts})
                record.text(key, "-");
            break;
        case CallOdd::blanks:
            for (const K key : {K::cmp, K::cnt, K::trm, K::site, K::tags, K::playback_tick})
                record.text(key, "  ");
            break;
        case CallOdd::odd_phones:
            record.text(K::phone1, "+7 (495) 123-45-67 (доб. 12)");
            record.text(K::phone2, plan.dice % 2 == 0 ? "8(912)345-67-89" : "sip:anon@example.ru");
            break;
        case CallOdd::no_client_phone:
            record.text(K::phone2, "");
            record.raw(K::ga_clientid, "null");
            record.text(K::ga_clid, " ");
            if (feed == CallFeed::api) record.drop(K::ga_clid);
            break;
        case CallOdd::unknown_fields:
            make_unknown(record);
            break;
        case CallOdd::numbers_in_text_fields:
            record.raw(K::tags, "12");
            record.raw(K::phone1, "74951234567");
            record.raw(K::phone2, "79261234567");
            record.raw(K::trm, "100500");
            break;
        case CallOdd::other_case:
            record.text(K::src, plan.dice % 2 == 0 ? "Google" : "google ");
            record.text(K::site, plan.dice % 2 == 0 ? "Shop1.Example.ru" : "shop1.example.ru ");
            break;
        case CallOdd::both_places:
            record.place = VisitPlace::nested;
            record.text(K::src, "nested");
            record.text(K::top_src, "not this one");
            break;
        case CallOdd::no_date:
            if (feed != CallFeed::api) record.drop(K::date);
            break;
        case CallOdd::blank_event:
            if (feed == CallFeed::over) record.text(K::hook_event, " Call is over");
            break;
        case CallOdd::count:
            break;
    }
}

}  // namespace

std::uint32_t odd_kinds_of_call(std::uint64_t seed, double share, std::uint64_t index) {
    if (share <= 0) return 0;
    // Evenly spread: the odd ones are those where the running total steps over a whole number.
    const auto before = static_cast<std::uint64_t>(static_cast<double>(index) * share);
    const auto after = static_cast<std::uint64_t>(static_cast<double>(index + 1) * share);
    if (before == after) return 0;
    constexpr auto kKinds = static_cast<std::uint64_t>(CallOdd::count);
    const std::uint64_t turn = before + seed;
    return 1U << (turn % kKinds) | 1U << (mix(turn) % kKinds);
}

void make_call_odd(CallRecord& record, const CallPlan& plan, CallFeed feed) {
    for (unsigned i = 0; i < static_cast<unsigned>(CallOdd::count); ++i)
        if (has(plan.odd, static_cast<CallOdd>(i)))
            make_one(record, plan, feed, static_cast<CallOdd>(i));
}

}  // namespace ringtail::sim
