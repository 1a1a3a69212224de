#include "source/callkeeper/dimensions.hpp"

#include <fmt/core.h>

#include <span>

#include "base/time_text.hpp"

namespace ringtail::callkeeper {
namespace {

constexpr char kJoin = '\x1f';

// The fields a row consists of; a nameless one is a column that CallKeeper does not know.
constexpr std::array kClientid{Field::ga_clientid, Field::count, Field::phone2, Field::count};
constexpr std::array kTraffic{Field::typ, Field::src, Field::mdm, Field::cmp,
                              Field::cnt, Field::trm, Field::ep};
constexpr std::array kSite{Field::site, Field::count};
constexpr std::array kLocation{Field::country, Field::count, Field::count, Field::region,
                               Field::city};

std::span<const Field> fields_of(TableId table) {
    switch (table) {
        case TableId::clientids:
            return kClientid;
        case TableId::traffic:
            return kTraffic;
        case TableId::sites:
            return kSite;
        default:
            return kLocation;
    }
}

JsonValue value_of(const CallView& call, Field field) {
    if (field == Field::count) return {};
    const JsonValue value = call[field];
    if (field == Field::ga_clientid && !value.exists()) return call[Field::ga_clid];
    return value;
}

}  // namespace

std::optional<Instant> date_of(const CallView& call) {
    std::string scratch;
    std::string_view text;
    if (const JsonValue date = call[Field::date]; date.text(text, scratch)) {
        if (const auto read = parse_time(text)) return read;
    }
    const auto seconds = whole_number(call[Field::date_timestamp]);
    constexpr std::int64_t kYear10000 = 253'402'300'800;
    if (!seconds || *seconds <= 0 || *seconds >= kYear10000) return std::nullopt;
    return Instant(std::chrono::seconds(*seconds));
}

bool append_content(TableId table, const CallView& call, std::string& out) {
    const std::size_t before = out.size();
    out.append(name_of(table));
    bool any = false;
    if (table == TableId::dates) {
        if (const auto date = date_of(call)) {
            const auto minute = std::chrono::floor<std::chrono::minutes>(*date);
            out += kJoin;
            out += format_time(minute).substr(0, 16);
            any = true;
        }
    } else {
        std::string scratch;
        for (const Field field : fields_of(table)) {
            out += kJoin;
            const JsonValue value = value_of(call, field);
            if (!value.exists()) continue;
            any = any || field != Field::phone2;
            out += value.text_or_raw(scratch);
        }
    }
    if (!any) out.resize(before);
    return any;
}

std::int64_t surrogate(const Md5& digest) {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < 8; ++i) bits = bits << 8U | digest[i];
    bits &= UINT64_MAX >> 1U;
    return static_cast<std::int64_t>(bits <= static_cast<std::uint64_t>(kStub) ? bits + 2 : bits);
}

std::int64_t call_surrogate(std::int64_t account, std::int64_t call, unsigned salt) {
    return surrogate(
        digest_of(fmt::format("{}\x1f{}\x1f{}", name_of(TableId::calls), account, call), salt));
}

Md5 digest_of(std::string_view content, unsigned salt) {
    if (salt == 0) return md5({content});
    return md5({content, std::string_view(&kJoin, 1), std::to_string(salt)});
}

Md5 stub_digest(TableId table) { return md5({name_of(table), "\x1fstub"}); }

}  // namespace ringtail::callkeeper
