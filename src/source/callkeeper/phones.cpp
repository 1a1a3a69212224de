#include "source/callkeeper/phones.hpp"

#include <fmt/core.h>
#include <phonenumbers/phonenumberutil.h>

#include <algorithm>
#include <cctype>
#include <unordered_map>

#include "base/error.hpp"

namespace ringtail::callkeeper {
namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

constexpr std::size_t kRemembered = 20'000;
constexpr std::size_t kLongest = 60;

// "+74951234567 (доб. 12)" and "74951234567^12" without what follows the number.
std::string_view without_extension(std::string_view text) {
    text = text.substr(0, text.find('^'));
    const std::size_t bracket = text.rfind('(');
    const auto digits_before = [&] {
        return std::count_if(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(bracket),
                             [](unsigned char c) { return std::isdigit(c) != 0; });
    };
    if (bracket != std::string_view::npos && digits_before() >= 7) text = text.substr(0, bracket);
    return text;
}

// Nearly all numbers of CallKeeper's accounts: country code 7 and ten digits. What libphonenumber
// would say to them, at a hundredth of its price.
std::optional<std::string> plain_russian(std::string_view text, const std::string& region) {
    text = without_extension(text);
    const bool has_plus = text.starts_with('+');
    if (has_plus) text.remove_prefix(1);
    const bool digits = std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
    if (text.size() != 11 || text[0] != '7' || !digits) return std::nullopt;
    if (!has_plus && region != "RU" && region != "KZ") return std::nullopt;
    return "+" + std::string(text);
}

std::optional<std::string> parse(std::string_view text, const std::string& region) {
    const PhoneNumberUtil& util = *PhoneNumberUtil::GetInstance();
    PhoneNumber number;
    const std::string dialled(without_extension(text));
    if (util.Parse(dialled, region, &number) != PhoneNumberUtil::NO_PARSING_ERROR ||
        !util.IsPossibleNumber(number)) {
        // Countries are often written without the plus.
        const bool has_country = dialled.size() >= 11 && dialled[0] != '+' && dialled[0] != '0';
        if (!has_country ||
            util.Parse("+" + dialled, region, &number) != PhoneNumberUtil::NO_PARSING_ERROR ||
            !util.IsPossibleNumber(number)) {
            return std::nullopt;
        }
    }
    number.clear_extension();
    std::string out;
    util.Format(number, PhoneNumberUtil::E164, &out);
    return out;
}

}  // namespace

void check_phone_region(const std::string& region) {
    if (PhoneNumberUtil::GetInstance()->GetCountryCodeForRegion(region) != 0) return;
    throw Error(Fault::config, fmt::format("\"{}\" is no region of phone numbers", region))
        .with_hint("Regions are two capital letters: RU, KZ, DE, US …");
}

std::optional<std::string> to_e164(std::string_view text, const std::string& region) {
    if (text.size() > kLongest) return std::nullopt;
    if (auto number = plain_russian(text, region)) return number;
    thread_local std::unordered_map<std::string, std::optional<std::string>> known;
    std::string key = region;  // libphonenumber takes tens of microseconds, and many numbers repeat
    key += ' ';
    key += text;
    if (const auto found = known.find(key); found != known.end()) return found->second;
    if (known.size() >= kRemembered) known.clear();
    return known.emplace(std::move(key), parse(text, region)).first->second;
}

}  // namespace ringtail::callkeeper
