#include "cli/flags.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "base/error.hpp"

namespace ringtail::cli {
namespace {

// A word as it may be shown: a mistyped command line can carry a token or password anywhere.
std::string shown(std::string_view word) {
    word = word.substr(0, word.find('='));
    const bool plain = word.size() <= 20 && std::ranges::all_of(word, [](char c) {
                           return (c >= 'a' && c <= 'z') || c == '-' || c == '_';
                       });
    return plain ? std::string(word) : "(not shown)";
}

const Flag* find(std::span<const Flag> flags, std::string_view name) {
    const auto place = std::ranges::find(flags, name, &Flag::name);
    return place == flags.end() ? nullptr : &*place;
}

bool is_flag(std::string_view word, std::span<const Flag> flags) {
    return word.starts_with("--") && find(flags, word.substr(2, word.find('=') - 2)) != nullptr;
}

Error usage(const std::string& message) { return {Fault::config, message}; }

[[noreturn]] void refuse(const std::string& word, std::size_t place, std::span<const Flag> flags) {
    if (word.starts_with("--")) throw usage(fmt::format("unknown flag {}", shown(word)));
    if (word.size() > 1 && word.front() == '-') {
        const auto name = std::string_view(word).substr(1, word.find('=') - 1);
        if (find(flags, name) != nullptr) {
            throw usage(fmt::format("-{} has one dash", name))
                .with_hint(fmt::format("Flags have two dashes: --{}", name));
        }
        throw usage(fmt::format("unknown flag {}", shown(word)))
            .with_hint("Flags have two dashes.");
    }
    throw usage(
        fmt::format("word {} of the command line belongs to no flag: {}", place + 1, shown(word)))
        .with_hint("Values follow their flag: --flag value or --flag=value.");
}

void put(Given& given, const Flag& flag, const std::string& value) {
    std::string& text = given[std::string(flag.name)];
    const bool further = flag.takes == Flag::Takes::values && !text.empty();
    text = further ? text + "\n" + value : value;
}

}  // namespace

Given parse_flags(std::span<const std::string> words, std::span<const Flag> flags) {
    Given given;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string& word = words[i];
        if (!is_flag(word, flags)) refuse(word, i, flags);
        const auto equals = word.find('=');
        const std::string name = word.substr(2, equals == word.npos ? word.npos : equals - 2);
        if (find(flags, name)->takes == Flag::Takes::nothing) {
            const std::string value = equals == word.npos ? "true" : word.substr(equals + 1);
            if (value != "true" && value != "false") {
                throw usage(fmt::format("--{} takes no value", name))
                    .with_hint(fmt::format("Write --{0}, or --{0}=false to switch it off.", name));
            }
            given[name] = value;
        } else if (equals != word.npos) {
            put(given, *find(flags, name), word.substr(equals + 1));
        } else if (i + 1 < words.size() && !is_flag(words[i + 1], flags)) {
            put(given, *find(flags, name), words[++i]);
        } else {
            throw usage(fmt::format("--{} needs a value", name))
                .with_hint(fmt::format("Write --{0} value or --{0}=value.", name));
        }
    }
    return given;
}

}  // namespace ringtail::cli
