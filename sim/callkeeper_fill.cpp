#include <fmt/format.h>

#include <iterator>

#include "callkeeper_odd.hpp"
#include "callkeeper_record.hpp"
#include "dice.hpp"
#include "text.hpp"

namespace ringtail::sim {

namespace {

using K = CallKey;
using Stage = CallPlan::Stage;

struct Place {
    std::string_view country, region, city, district;
};
constexpr Place kPlaces[] = {{"RU", "Москва", "Москва", "Центральный"},
                             {"RU", "Московская область", "Химки", "Центральный"},
                             {"RU", "Санкт-Петербург", "Санкт-Петербург", "Северо-Западный"},
                             {"RU", "Новосибирская область", "Новосибирск", "Сибирский"},
                             {"RU", "Свердловская область", "Екатеринбург", "Уральский"},
                             {"RU", "Республика Саха (Якутия)", "Якутск", "Дальневосточный"},
                             {"KZ", "", "Алматы", ""},
                             {"BY", "Минская область", "Минск", "-"},
                             {"US", "California", "Los Angeles", ""},
                             {"DE", "Baden-Württemberg", "Köngen", ""},
                             {"-", "-", "-", "-"},
                             {"", "", "", ""}};

struct Labels {
    std::string_view typ, src, mdm, cmp, cnt, trm;
};
constexpr Labels kLabels[] = {
    {"typein", "(direct)", "(none)", "(none)", "(none)", "(none)"},
    {"organic", "google", "organic", "(none)", "(none)", "(none)"},
    {"organic", "yandex", "organic", "(none)", "(none)", "купить окна"},
    {"referral", "forum.example.ru", "referral", "(none)", "/viewtopic.php?t=17&p=3", "(none)"},
    {"utm", "yandex", "cpc", "brand_москва", "banner_1", "колл трекинг"},
    {"utm", "google", "cpc", "remarketing 50%", "text+image", "call & keep"},
    {"utm", "vk", "social", "осень/зима", "-", ""},
    {"utm", "newsletter", "email", "2024_\"black\"_friday", "btn\\red", "{keyword}"},
    {"", "", "", "", "", ""}};

constexpr std::string_view kAgents[] = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/120.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    "Gecko) Version/17.2 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0"};
constexpr std::string_view kPages[] = {"/", "/catalog/", "/catalog/okna?id=17&ref=a%20b",
                                       "/контакты", "/price.html#top"};
constexpr std::string_view kTags[] = {" ", "", "-", "новый клиент", "VIP,повтор", "спам"};
constexpr std::string_view kEvents[] = {"widget", "mobile", "api", "lg", "iform",
                                        "form",   "hand",   "fb",  "vk", "ok"};

template <typename List>
const auto& pick(const List& list, std::uint64_t dice) {
    return list[dice % std::size(list)];
}

// A blank is written in all the ways seen.
void text_or_blank(CallRecord& record, K key, std::string_view text, std::uint64_t dice) {
    if (!text.empty()) return record.text(key, text);
    switch (dice % 4) {
        case 0:
            return record.text(key, "");
        case 1:
            return record.raw(key, "null");
        case 2:
            return record.text(key, "-");
        default:
            return record.drop(key);
    }
}

void fill_visit(CallRecord& record, std::uint64_t visitor) {
    Dice dice(visitor);
    const Labels& labels = pick(kLabels, dice.next());
    const std::string site = fmt::format("shop{}.example.ru", dice.below(20));
    const std::string page = fmt::format("https://{}{}", site, pick(kPages, dice.next()));
    text_or_blank(record, K::typ, labels.typ, visitor >> 1U);
    text_or_blank(record, K::src, labels.src, visitor >> 3U);
    text_or_blank(record, K::mdm, labels.mdm, visitor >> 5U);
    text_or_blank(record, K::cmp, labels.cmp, visitor >> 7U);
    text_or_blank(record, K::cnt, labels.cnt, visitor >> 9U);
    text_or_blank(record, K::trm, labels.trm, visitor >> 11U);
    record.text(K::fd, "2024-01-01 10:11:12");
    const bool landed = dice.below(4) > 0;
    text_or_blank(record, K::ep, landed ? std::string_view(page) : std::string_view(),
                  visitor >> 13U);
    record.text(K::rf, "(none)");
    const Labels& first = pick(kLabels, dice.next());
    record.text(K::first_typ, first.typ);
    record.text(K::first_src, first.src);
    record.text(K::first_mdm, first.mdm);
    record.text(K::first_cmp, first.cmp);
    record.text(K::first_ep, "https://" + site + "/first");
    record.number(K::pgs, 1 + dice.below(30));
    record.text(K::cpg, page + fmt::format("?step={}", dice.below(50)));
    record.number(K::vst, 1 + dice.below(9));
    record.text(K::uag, pick(kAgents, dice.next()));
    const std::string ip = fmt::format("{}.{}.{}.{}", 1 + dice.below(220), dice.below(256),
                                       dice.below(256), dice.below(256));
    record.text(K::ip, ip);
    record.text(K::uip, ip);
    const Place& place = pick(kPlaces, dice.next());
    text_or_blank(record, K::country, place.country, visitor >> 15U);
    text_or_blank(record, K::region, place.region, visitor >> 17U);
    text_or_blank(record, K::city, place.city, visitor >> 19U);
    text_or_blank(record, K::district, place.district, visitor >> 21U);
    text_or_blank(record, K::site, dice.below(50) == 0 ? std::string_view() : site, visitor >> 23U);
    const std::string client = fmt::format("{}.{}", 100'000'000 + dice.below(2'000'000'000),
                                           1'577'836'800 + dice.below(999));
    const bool known = dice.below(5) > 0;
    text_or_blank(record, K::ga_clientid, known ? std::string_view(client) : std::string_view(),
                  visitor >> 25U);
    record.text(K::ga_clid, client);
    const bool metrica = dice.below(3) > 0;
    if (metrica)
        record.text(K::ya_clientid,
                    std::to_string(1'600'000'000'000'000'000 + dice.next() % 1'000'000'000));
    if (!metrica) record.raw(K::ya_clientid, "null");
    if (dice.below(3) == 0) record.number(K::roistat_visit, 100'000 + dice.below(900'000));
    record.text(K::phone2, fmt::format("79{:09}", dice.below(1'000'000'000)));
    std::string widget;
    append_hex(widget, mix(visitor % 7, 1));
    append_hex(widget, mix(visitor % 7, 2));
    record.text(K::widget_hash, widget);
    record.text(K::widget_name, fmt::format("Виджет «{}»", visitor % 7));
    record.text(K::event_source, pick(kEvents, visitor >> 27U));
}

void fill_status(CallRecord& record, int first, int second) {
    record.number(K::status_code, first);
    record.number(K::status2_code, second);
    text_or_blank(record, K::status_reason, status_reason(first), static_cast<unsigned>(first));
    text_or_blank(record, K::status2_reason, status_reason(second), static_cast<unsigned>(first));
}

void number_or_blank(CallRecord& record, K key, std::uint64_t dice) {
    if (dice % 3 == 0) record.number(key, 0);
    if (dice % 3 == 1) record.raw(key, "null");
    if (dice % 3 == 2) record.drop(key);
}

void fill_state(CallRecord& record, const CallPlan& plan, Stage stage) {
    const std::int64_t minutes = (plan.duration + 59) / 60, talk_minutes = (plan.talk + 59) / 60;
    switch (stage) {
        case Stage::scheduled:
            fill_status(record, 2, 0);
            break;
        case Stage::processing:
            fill_status(record, 1, 0);
            break;
        case Stage::waiting:
            fill_status(record, 707, 0);
            break;
        case Stage::without_talk:
        case Stage::settled:
            fill_status(record, plan.status, plan.status2);
            break;
    }
    if (stage == Stage::scheduled || stage == Stage::processing) {
        for (const K key : {K::duration_sec, K::duration_min, K::duration2_sec, K::duration2_min})
            number_or_blank(record, key, plan.dice >> 20U);
        text_or_blank(record, K::record_url, "", plan.dice >> 22U);
        return;
    }
    record.number(K::duration_sec, plan.duration + plan.version);
    record.text(K::duration_min, std::to_string(minutes));
    const bool talk = stage == Stage::settled;
    if (talk) record.number(K::duration2_sec, plan.talk);
    if (talk) record.number(K::duration2_min, talk_minutes);
    if (!talk) number_or_blank(record, K::duration2_sec, plan.dice >> 24U);
    if (!talk) number_or_blank(record, K::duration2_min, plan.dice >> 24U);
    if (plan.talk > 0) {
        record.text(K::record_url,
                    fmt::format("https://records.example.ru/{:016x}/{}.mp3", plan.dice, plan.id));
    } else {
        text_or_blank(record, K::record_url, "", plan.dice >> 26U);
    }
}

void fill_hook(CallRecord& record, const CallPlan& plan, CallFeed feed) {
    record.drop(K::duration2_sec);
    record.drop(K::duration2_min);
    record.number(K::date_timestamp, plan.date);
    std::string ordered;
    append_call_date(ordered, plan.date - static_cast<std::int64_t>(plan.dice % 90),
                     CallReadings::Dates::blank, 0);
    record.text(K::order_date, ordered);
    record.text(K::hook_event, feed == CallFeed::over ? "Call is over" : "Call is processing");
}

VisitPlace place_of(std::uint64_t dice, CallReadings::Visit reading) {
    if (reading == CallReadings::Visit::nested) return VisitPlace::nested;
    if (reading == CallReadings::Visit::flat) return VisitPlace::top;
    const auto way = dice % 16;
    if (way < 8) return VisitPlace::nested;
    if (way < 12) return VisitPlace::top;
    if (way < 14) return VisitPlace::loose;
    return way == 14 ? VisitPlace::blank_name : VisitPlace::flat;
}

}  // namespace

void fill_call(CallRecord& record, const CallPlan& plan, CallFeed feed, std::int64_t now,
               const CallReadings& readings, std::int64_t shift) {
    record.clear();
    const std::uint64_t dice = mix(plan.dice, static_cast<std::uint64_t>(feed) + 1);
    using Numbers = CallReadings::Numbers;
    record.numbers_as_text =
        readings.numbers == Numbers::text || (readings.numbers == Numbers::mixed && dice % 4 == 0);
    record.place = place_of(dice >> 3U, readings.visit);
    record.number(K::id, plan.id);
    fill_visit(record, plan.visitor);
    std::string manager = fmt::format("7495{:07}", 1'000'000 + plan.visitor % 40);
    if (plan.visitor % 3 == 0) manager += fmt::format("({})", 100 + plan.visitor % 12);
    record.text(K::phone1, manager);
    std::string date;
    append_call_date(date, plan.date, readings.dates, shift);
    record.text(K::date, date);
    record.number(K::attempt, plan.attempt);
    record.number(K::a_type, static_cast<std::int64_t>(plan.dice >> 30U) % 6);
    record.number(K::playback_tick, static_cast<std::int64_t>(plan.dice >> 33U) % 5 + plan.version);
    record.number(K::asr_attempts, static_cast<std::int64_t>(plan.dice >> 37U) % 3);
    const std::string_view tags = pick(kTags, plan.dice >> 40U);
    if (plan.version == 0) record.text(K::tags, tags);
    if (plan.version > 0) record.text(K::tags, fmt::format("изменено {}", plan.version));
    if (feed == CallFeed::api) {
        fill_state(record, plan, plan.stage(now));
        for (auto i = static_cast<unsigned>(K::date_timestamp);
             i < static_cast<unsigned>(K::unknown1); ++i)
            record.drop(static_cast<K>(i));
    } else {
        fill_state(record, plan,
                   feed == CallFeed::processing ? Stage::processing : plan.stage(plan.over));
        fill_hook(record, plan, feed);
    }
    if (plan.odd != 0) make_call_odd(record, plan, feed);
}

}  // namespace ringtail::sim
