#include "cli/words.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "base/error.hpp"

namespace ringtail::cli {

std::optional<std::string> Words::find(std::string_view flag) const {
    const auto place = flags.find(flag);
    return place == flags.end() ? std::nullopt : std::optional(place->second);
}

std::string Words::text(std::string_view flag, std::string otherwise) const {
    return find(flag).value_or(std::move(otherwise));
}

Output Words::output() const {
    const std::string text = this->text("output", "text");
    if (text == "text") return Output::text;
    if (text == "json") return Output::json;
    throw Error(Fault::config, "--output: allowed are text and json");
}

Words parse_words(std::span<const std::string> words, std::span<const Flag> known) {
    std::vector<Flag> flags(known.begin(), known.end());
    flags.push_back({"data"});
    flags.push_back({"output"});
    flags.push_back({"help", Flag::Takes::nothing});
    const auto first = std::ranges::find_if(
        words, [](const std::string& word) { return word.size() > 1 && word.front() == '-'; });
    Words parsed;
    parsed.plain.assign(words.begin(), first);
    parsed.flags = parse_flags({first, words.end()}, flags);
    return parsed;
}

void expect_plain(const Words& words, std::size_t least, std::size_t most, std::string_view form) {
    if (words.plain.size() >= least && words.plain.size() <= most) return;
    throw Error(Fault::config,
                words.plain.size() < least ? "a word is missing" : "there is a word too many")
        .with_hint(fmt::format("Write: {}", form));
}

}  // namespace ringtail::cli
