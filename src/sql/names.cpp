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
    return rules.max_bytes != 0 && name.size() > rules.max_bytes;
}

// Whether the name can stand as it is, were it the only one.
bool usable(const std::string& name, const NameRules& rules) {
    return !name.empty() && !too_long(name, rules) && name.find('\0') == std::string_view::npos &&
           std::find(rules.reserved.begin(), rules.reserved.end(),
                     rules.folds_case ? lower(name) : name) == rules.reserved.end();
}

std::string with_hash(std::string_view name, std::size_t digits, const NameRules& rules) {
    std::string front(name);
    std::replace(front.begin(), front.end(), '\0', '_');
    if (front.empty()) front = "column";
    if (rules.max_bytes != 0) front = clip(front, rules.max_bytes - digits - 1);
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
        if (rules_.folds_case) claim_other_case();
        for_open([&](std::size_t i) {
            if (usable(wanted_[i], rules_)) create(i, wanted_[i]);
        });
        for_open([&](std::size_t i) { create(i, hashed_name(wanted_[i], rules_)); });
        for_open([&](std::size_t i) { create(i, with_hash(wanted_[i], kMoreDigits, rules_)); });
        return std::move(names_);
    }

  private:
    std::string identity(const std::string& name) const {
        return rules_.folds_case ? lower(name) : name;
    }

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
                by_cut[std::string(clip(wanted_[i], rules_.max_bytes))].push_back(i);
        });
        for (const auto& [cut, places] : by_cut) {
            if (places.size() == 1) claim(places.front(), cut);
        }
    }

    void claim_other_case() {
        std::map<std::string, std::string> by_identity;
        for (const std::string& name : existing_) by_identity.emplace(identity(name), name);
        for_open([&](std::size_t i) {
            const auto found = by_identity.find(identity(wanted_[i]));
            if (found != by_identity.end()) claim(i, found->second);
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
