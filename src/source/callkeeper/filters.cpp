#include "source/callkeeper/filters.hpp"

#include <fmt/core.h>

#include <optional>
#include <vector>

#include "base/error.hpp"
#include "base/time_text.hpp"
#include "source/callkeeper/dimensions.hpp"
#include "source/callkeeper/tables.hpp"

namespace ringtail::callkeeper {
namespace {

// Visit information has two names each, with visit_info in front and without.
constexpr auto kFirstOfVisit = static_cast<std::size_t>(Field::typ);

filter::Type type_of(Field field) {
    switch (field) {
        case Field::id:
        case Field::status_code:
        case Field::status2_code:
        case Field::date_timestamp:
        case Field::duration_sec:
        case Field::duration_min:
        case Field::duration2_sec:
        case Field::duration2_min:
        case Field::attempt:
        case Field::a_type:
        case Field::playback_tick:
        case Field::asr_attempts:
        case Field::pgs:
        case Field::vst:
            return filter::Type::number;
        case Field::date:
        case Field::order_date:
            return filter::Type::moment;
        default:
            return filter::Type::text;
    }
}

// "2024-05-01T21:30:15.000Z" as "2024-05-01 21:30:15".
std::string moment_text(Instant at) {
    std::string text = format_time(std::chrono::floor<std::chrono::seconds>(at)).substr(0, 19);
    text[10] = ' ';
    return text;
}

class CallRecord final : public filter::Record {
  public:
    explicit CallRecord(const CallView& call) : call_(call) {}

    std::optional<std::string_view> value(std::size_t index) const override {
        const auto field =
            static_cast<Field>(index < kFields ? index : index - kFields + kFirstOfVisit);
        if (field == Field::date) return moment(date_of(call_));
        const JsonValue value = call_[field];
        if (!value.exists()) return std::nullopt;
        const std::string_view text = value.text_or_raw(scratch_);
        if (field == Field::order_date) return moment(parse_time(text));
        return text;
    }

  private:
    std::optional<std::string_view> moment(const std::optional<Instant>& at) const {
        if (!at) return std::nullopt;
        scratch_ = moment_text(*at);
        return scratch_;
    }

    const CallView& call_;
    mutable std::string scratch_;
};

}  // namespace

std::span<const filter::Field> filter_fields() {
    static const std::vector<filter::Field> fields = [] {
        std::vector<filter::Field> made;
        for (std::size_t i = 0; i < kFields; ++i) {
            const auto field = static_cast<Field>(i);
            const std::string name(name_of(field));
            made.push_back({field < Field::typ ? name : "visit_info." + name, type_of(field)});
        }
        for (std::size_t i = kFirstOfVisit; i < kFields; ++i) {
            const auto field = static_cast<Field>(i);
            made.push_back({std::string(name_of(field)), type_of(field)});
        }
        return made;
    }();
    return fields;
}

filter::Expression read_filter(std::string_view table, std::string_view text, const Zone& zone) {
    if (table != name_of(TableId::calls) && table != name_of(TableId::facts)) {
        throw Error(Fault::config, fmt::format("table \"{}\" takes no filter", table))
            .with_hint(
                "Filter callkeeper_calls or callkeeper_calls_facts; the shared tables hold what "
                "their rows point at.");
    }
    try {
        return filter::Expression(text, {filter_fields(), &zone});
    } catch (const Error& error) {
        throw error.within(table);
    }
}

RowFilters::RowFilters(const Options& options, const Zone& zone) {
    for (const auto& [table, text] : options.filters) {
        filter::Expression read = read_filter(table, text, zone);
        (table == name_of(TableId::calls) ? calls_ : facts_) = std::move(read);
    }
}

RowFilters::Wanted RowFilters::judge(const CallView& call) const {
    if (calls_.takes_all() && facts_.takes_all()) return {};
    const CallRecord record(call);
    const bool calls = calls_.takes(record);
    return {calls, calls && facts_.takes(record)};
}

}  // namespace ringtail::callkeeper
