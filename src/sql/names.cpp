#include "sql/names.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "base/md5.hpp"
#include "sql/utf8.hpp"

namespace ringtail::sql {
namespace {

std::string lower(std::string folded) {
    for (char& c : folded) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return folded;
}

bool too_long(std::string_view name, const NameRules& rules) {
    return (rules.max_bytes != 0 && name.size() > rules.max_bytes) ||
           (rules.max_chars != 0 && count_chars(name) > rules.max_chars);
}

// The longest front part that leaves `room` of what the rules allow.
std::string_view front_of(std::string_view name, std::size_t room, const NameRules& rules) {
    if (rules.max_bytes != 0) name = clip(name, rules.max_bytes - room);
    while (rules.max_chars != 0 && count_chars(name) > rules.max_chars - room)
        name = clip(name, name.size() - 1);
    return name;
}

bool is_plain(std::string_view name) {
    return !name.ends_with(' ') && std::none_of(name.begin(), name.end(), [](char byte) {
        return static_cast<unsigned char>(byte) >= 0xF0;
    });
}

// The small letter of a capital one, for the scripts that names are written in.
unsigned small_letter(unsigned letter) {
    if ((letter >= 0xC0 && letter <= 0xDE && letter != 0xD7) ||     // Latin-1
        (letter >= 0x391 && letter <= 0x3A9 && letter != 0x3A2) ||  // Greek
        (letter >= 0x410 && letter <= 0x42F)) {                     // Cyrillic
        return letter + 0x20;
    }
    if (letter >= 0x400 && letter <= 0x40F) return letter + 0x50;
    const bool capital_is_odd =
        (letter >= 0x139 && letter <= 0x148) || (letter >= 0x179 && letter <= 0x17E);
    const bool in_pairs =
        (letter >= 0x100 && letter <= 0x17E && letter != 0x130 && letter != 0x131 &&
         letter != 0x138 && letter != 0x149 && letter != 0x178) ||
        (letter >= 0x460 && letter <= 0x4FF && letter != 0x482);
    if (in_pairs && (letter % 2 == 1) == capital_is_odd) return letter + 1;
    return letter;
}

// Letters of two bytes in UTF-8; longer ones have no case that matters here.
std::string lower_all(std::string folded) {
    folded = lower(std::move(folded));
    for (std::size_t i = 0; i + 1 < folded.size(); ++i) {
        const auto first = static_cast<unsigned char>(folded[i]);
        if ((first & 0xE0U) != 0xC0U) continue;
        const auto second = static_cast<unsigned char>(folded[i + 1]);
        const unsigned letter = small_letter((first & 0x1FU) << 6U | (second & 0x3FU));
        folded[i] = static_cast<char>(0xC0U | letter >> 6U);
        folded[i + 1] = static_cast<char>(0x80U | (letter & 0x3FU));
        ++i;
    }
    return folded;
}

// Coarser than any collation: which letters beyond ASCII are one is not asked, any two are. Two
// names that are one this way need not be one for the database; then one of them gets a hash
// without need.
std::string fold_as_text(const std::string& name) {
    static const std::map<std::string_view, std::string_view> ligatures{
        {"ß", "ss"}, {"ẞ", "ss"}, {"æ", "ae"}, {"Æ", "ae"},
        {"œ", "oe"}, {"Œ", "oe"}, {"þ", "th"}, {"Þ", "th"}};
    std::string folded;
    const std::string small = lower(name);
    for (std::string_view rest = small; !rest.empty();) {
        std::size_t length = 1;
        while (length < rest.size() && (static_cast<unsigned char>(rest[length]) & 0xC0U) == 0x80U)
            ++length;
        const std::string_view letter = rest.substr(0, length);
        rest.remove_prefix(length);
        const auto ligature = ligatures.find(letter);
        if (ligature != ligatures.end()) {
            folded += ligature->second;
        } else {
            folded += length == 1 ? letter : "?";
        }
    }
    return folded;
}

std::string folded(const std::string& name, const NameRules& rules) {
    if (rules.folds_as_text) return fold_as_text(name);
    if (rules.folds_all_case) return lower_all(name);
    return rules.folds_case ? lower(name) : name;
}

// Whether the name can stand as it is, were it the only one.
bool usable(const std::string& name, const NameRules& rules) {
    return !name.empty() && !too_long(name, rules) && name.find('\0') == std::string_view::npos &&
           (!rules.only_plain_chars || is_plain(name)) &&
           std::find(rules.reserved.begin(), rules.reserved.end(), folded(name, rules)) ==
               rules.reserved.end();
}

// With "_" for each code point above U+FFFF.
std::string plain(std::string_view name) {
    std::string text;
    for (std::size_t i = 0; i < name.size(); ++i) {
        const bool is_long = static_cast<unsigned char>(name[i]) >= 0xF0;
        text += is_long ? '_' : name[i];
        if (is_long) i += 3;
    }
    return text;
}

std::string with_hash(std::string_view name, std::size_t digits, const NameRules& rules) {
    std::string front(name);
    std::replace(front.begin(), front.end(), '\0', '_');
    if (front.empty()) front = "column";
    if (rules.only_plain_chars) front = plain(front);
    front = front_of(front, digits + 1, rules);
    return front + "_" + md5_hex({name}).substr(0, digits);
}

constexpr std::size_t kDigits = 8;
constexpr std::size_t kMoreDigits = 32;  // where 8 are taken by another name

// The names given so far.
class Mapping {
  public:
    Mapping(std::span<const std::string> wanted, std::span<const std::string> existing,
            const NameRules& rules)
        : wanted_(wanted),
          existing_(existing.begin(), existing.end()),
          rules_(rules),
          names_(wanted.size()) {
        for (const std::string& name : existing) occupied_.insert(identity(name));
    }

    std::vector<std::string> run() {
        for_open([&](std::size_t i) {
            if (usable(wanted_[i], rules_)) claim(i, wanted_[i]);
        });
        for_open([&](std::size_t i) { claim(i, hashed_name(wanted_[i], rules_)); });
        for_open([&](std::size_t i) { claim(i, with_hash(wanted_[i], kMoreDigits, rules_)); });
        claim_cut_names();
        if (rules_.folds_case || rules_.folds_all_case) claim_other_case();
        for_open([&](std::size_t i) {
            if (usable(wanted_[i], rules_)) create(i, wanted_[i]);
        });
        for_open([&](std::size_t i) { create(i, hashed_name(wanted_[i], rules_)); });
        for_open([&](std::size_t i) { create(i, with_hash(wanted_[i], kMoreDigits, rules_)); });
        return std::move(names_);
    }

  private:
    std::string identity(const std::string& name) const { return folded(name, rules_); }

    template <typename Step>
    void for_open(Step step) {
        for (std::size_t i = 0; i < wanted_.size(); ++i) {
            if (names_[i].empty()) step(i);
        }
    }

    // Takes the existing column `name`, where there is one and nobody has it.
    void claim(std::size_t i, const std::string& name) {
        if (existing_.count(name) != 0 && given_.insert(name).second) names_[i] = name;
    }

    // A new column.
    void create(std::size_t i, const std::string& name) {
        if (!occupied_.insert(identity(name)).second) return;
        given_.insert(name);
        names_[i] = name;
    }

    // Where two names were cut to one, nobody knows whose values the column holds.
    void claim_cut_names() {
        std::map<std::string, std::vector<std::size_t>> by_cut;
        for_open([&](std::size_t i) {
            if (too_long(wanted_[i], rules_))
                by_cut[std::string(front_of(wanted_[i], 0, rules_))].push_back(i);
        });
        for (const auto& [cut, places] : by_cut) {
            if (places.size() == 1) claim(places.front(), cut);
        }
    }

    void claim_other_case() {
        const auto same = [&](const std::string& name) {
            return rules_.folds_as_text ? lower_all(name) : identity(name);
        };
        std::map<std::string, std::string> by_name;
        for (const std::string& name : existing_) by_name.emplace(same(name), name);
        for_open([&](std::size_t i) {
            const auto found = by_name.find(same(wanted_[i]));
            if (found != by_name.end()) claim(i, found->second);
        });
    }

    std::span<const std::string> wanted_;
    std::set<std::string> existing_;
    const NameRules& rules_;
    std::vector<std::string> names_;  // empty: still open
    std::set<std::string> given_;     // what names_ holds
    std::set<std::string> occupied_;  // identities of existing and new columns
};

}  // namespace

std::string hashed_name(std::string_view name, const NameRules& rules) {
    return with_hash(name, kDigits, rules);
}

std::vector<std::string> map_names(std::span<const std::string> wanted,
                                   std::span<const std::string> existing, const NameRules& rules) {
    return Mapping(wanted, existing, rules).run();
}

std::string quote_identifier(std::string_view name) {
    std::string quoted = "\"";
    for (const char c : name) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + "\"";
}

}  // namespace ringtail::sql
