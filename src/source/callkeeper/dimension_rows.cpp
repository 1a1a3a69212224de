#include "source/callkeeper/dimension_rows.hpp"

#include <array>

#include "base/time_text.hpp"

namespace ringtail::callkeeper {
namespace {

using namespace std::chrono;

constexpr std::array<std::string_view, 4> kQuarters{"I", "II", "III", "IV"};
constexpr std::array<std::string_view, 12> kMonths{"Январь",   "Февраль", "Март",   "Апрель",
                                                   "Май",      "Июнь",    "Июль",   "Август",
                                                   "Сентябрь", "Октябрь", "Ноябрь", "Декабрь"};
constexpr std::array<std::string_view, 7> kWeekdays{
    "Понедельник", "Вторник", "Среда", "Четверг", "Пятница", "Суббота", "Воскресенье"};

// Stands for "no date": far away, so that it falls out of every period.
constexpr sys_days kNoDate = sys_days(year(2100) / January / 1);

// ISO 8601: the week of its Thursday.
std::int64_t week_of(sys_days day) {
    const auto thursday = day + days(4 - static_cast<int>(weekday(day).iso_encoding()));
    const auto first = sys_days(year_month_day(thursday).year() / January / 1);
    return (thursday - first).count() / 7 + 1;
}

void date_row(std::int64_t id, Instant at, std::string_view hash, Row& row) {
    const auto day = floor<days>(at);
    const year_month_day date(day);
    const auto month = static_cast<unsigned>(date.month());
    const unsigned week_day = weekday(day).iso_encoding();
    const auto minute = floor<minutes>(at);
    const hh_mm_ss time(minute - day);
    row.number(id);
    row.text(format_time(minute));
    row.number(static_cast<int>(date.year()));
    row.number((month + 2) / 3);
    row.text(kQuarters[(month - 1) / 3]);
    row.number(month);
    row.text(kMonths[month - 1]);
    row.number(week_of(day));
    row.number(week_day);
    row.text(kWeekdays[week_day - 1]);
    row.number(static_cast<unsigned>(date.day()));
    row.number(time.hours().count());
    row.number(time.minutes().count());
    row.text(hash);
    row.text(format_day(at));
    row.number(0);
}

}  // namespace

void make_dimension_row(TableId table, std::int64_t id, std::string_view content,
                        const CallView& call, Row& row) {
    const std::string hash = to_hex(digest_of(content));
    row.start(16);
    if (table == TableId::dates) return date_row(id, date_of(call).value_or(kNoDate), hash, row);
    row.number(id);
    switch (table) {
        case TableId::clientids:
            row.value(call[Field::ga_clientid].exists() ? call[Field::ga_clientid]
                                                        : call[Field::ga_clid]);
            row.null();
            row.value(call[Field::phone2]);
            row.null();
            break;
        case TableId::traffic:
            for (const Field field : {Field::typ, Field::src, Field::mdm, Field::cmp, Field::cnt,
                                      Field::trm, Field::ep})
                row.value(call[field]);
            break;
        case TableId::sites:
            row.value(call[Field::site]);
            row.null();
            break;
        default:
            row.value(call[Field::country]);
            row.null();
            row.null();
            row.value(call[Field::region]);
            row.value(call[Field::city]);
            row.null();
            row.null();
    }
    row.text(hash);
}

void make_stub_row(TableId table, Row& row) {
    const std::string hash = to_hex(stub_digest(table));
    row.start(16);
    if (table == TableId::dates) return date_row(kStub, kNoDate, hash, row);
    row.number(kStub);
    const std::size_t nothings = table == TableId::clientids ? 4
                                 : table == TableId::traffic ? 7
                                 : table == TableId::sites   ? 2
                                                             : 7;
    for (std::size_t i = 0; i < nothings; ++i) {
        if (table == TableId::clientids && i == 0)
            row.text("not available");
        else
            row.null();
    }
    row.text(hash);
}

}  // namespace ringtail::callkeeper
