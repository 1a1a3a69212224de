#pragma once
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/flags.hpp"
#include "cli/plan.hpp"

namespace ringtail::cli {

// A command line with plain words in front of its flags: `source add callkeeper --name sales`.
struct Words {
    std::vector<std::string> plain;
    Given flags;

    bool has(std::string_view flag) const { return flags.contains(flag); }
    std::string text(std::string_view flag, std::string otherwise = {}) const;
    std::optional<std::string> find(std::string_view flag) const;
    bool on(std::string_view flag) const { return text(flag) == "true"; }
    Output output() const;  // --output; Error(config)
};

// `known` and the flags of every such command: data, output, help. Error(config) as parse_flags().
Words parse_words(std::span<const std::string> words, std::span<const Flag> known);

// Error(config) unless there are so many plain words; `form` says how it is written.
void expect_plain(const Words& words, std::size_t least, std::size_t most, std::string_view form);

}  // namespace ringtail::cli
