#include "sql/source_text.hpp"

#include "base/time_text.hpp"
#include "sql/number.hpp"

namespace ringtail::sql {
namespace {

std::string_view number_text(std::string_view stored, std::string& scratch) {
    const auto number = parse_number(stored);
    if (!number) return stored;
    // A user's own floating point column may hold what would be written with endless zeros.
    constexpr std::int64_t kMostDigits = 1'100;
    if (number->highest() > kMostDigits || number->decimals() > kMostDigits) return stored;
    scratch.clear();
    number->write(scratch);
    return scratch;
}

std::string_view boolean_text(std::string_view stored) {
    if (stored == "1" || stored == "t" || stored == "true") return "true";
    if (stored == "0" || stored == "f" || stored == "false") return "false";
    return stored;
}

std::string_view time_text(std::string_view stored, std::string& scratch) {
    const auto time = parse_time(stored);
    if (!time) return stored;
    scratch = format_time(*time);
    return scratch;
}

// What texts of this time begin with, however fine they are. Shorter than each of them, so that
// none is before it.
std::string beginning_of(Instant time) {
    std::string text = format_time(time);
    text.pop_back();
    for (const std::string_view zeros : {".000", "T00:00:00"}) {
        if (text.ends_with(zeros)) text.resize(text.size() - zeros.size());
    }
    return text;
}

}  // namespace

std::string_view source_text(Type type, std::string_view stored, std::string& scratch) {
    switch (type) {
        case Type::boolean:
            return boolean_text(stored);
        case Type::int64:
        case Type::decimal:
            return number_text(stored, scratch);
        case Type::timestamp:
            return time_text(stored, scratch);
        case Type::text:
        case Type::json:
            break;
    }
    return stored;
}

std::optional<TimeBound> time_bound(Instant time, const ColumnType& type) {
    if (type.kind == Kind::text) return TimeBound{beginning_of(time)};
    const std::string text = format_time(time);
    std::string scratch;
    const Fitted fitted = fit({Cell::Kind::text, text}, type, scratch);
    if (fitted.outcome == Fitted::Outcome::value) return TimeBound{std::string(fitted.text)};
    auto earlier = fit_load_time(text, type);
    if (!earlier) return std::nullopt;
    return TimeBound{std::move(*earlier), true};
}

}  // namespace ringtail::sql
