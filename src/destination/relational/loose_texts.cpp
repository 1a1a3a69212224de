#include "destination/relational/loose_texts.hpp"

#include <algorithm>
#include <string>

namespace ringtail::relational {
namespace {

// The first byte of U+E000 and all that follows: what is below stands the same way in UTF-8 and
// UTF-16, among itself and before these.
bool is_other(char c) { return static_cast<unsigned char>(c) >= 0xEE; }
bool is_control(char c) { return static_cast<unsigned char>(c) < ' '; }
bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// A text that goes on behind `from` with a character below the blank stands before it, as it counts
// as if it ended with blanks. So the last character above the blank goes, and what a text has in
// its place, or behind blanks there, is above the blank too.
std::string earlier(std::string from) {
    from.erase(std::find_if(from.begin(), from.end(), is_other), from.end());
    while (!from.empty() && static_cast<unsigned char>(from.back()) <= ' ') from.pop_back();
    while (!from.empty() && continues(from.back())) from.pop_back();
    if (!from.empty()) from.pop_back();
    while (from.ends_with(' ')) from.pop_back();
    return from;
}

}  // namespace

std::optional<RowQuery::Texts> loosened(const RowQuery::Texts& texts) {
    if (std::any_of(texts.to.begin(), texts.to.end(), is_other)) return std::nullopt;
    const auto end = std::find_if(texts.to.begin(), texts.to.end(), is_control);
    return RowQuery::Texts{texts.column, earlier(texts.from),
                           std::string(texts.to.begin(), end) + '!'};
}

}  // namespace ringtail::relational
