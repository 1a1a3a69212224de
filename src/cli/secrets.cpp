#include "cli/secrets.hpp"

#include <cstring>
#include <string_view>

namespace ringtail::cli {
namespace {

void cover(char* from, const char* end) {
    while (from < end) *from++ = '*';
}

// Everything between "scheme://user:" and the last @: rather too much than too little, as passwords
// come with unescaped characters.
void cover_password(char* word) {
    char* const authority = std::strstr(word, "://");
    if (authority == nullptr) return;
    char* const last_at = std::strrchr(authority, '@');
    char* const colon = std::strchr(authority + 3, ':');
    if (last_at != nullptr && colon != nullptr && colon < last_at) cover(colon + 1, last_at);
    // A web service's address may carry a token anywhere behind the ?, or a user without password.
    const std::string_view text = word;
    if (text.find("http://") != text.npos || text.find("https://") != text.npos) {
        if (last_at != nullptr) cover(authority + 3, last_at);
        if (char* const question = std::strchr(authority, '?'); question != nullptr) {
            cover(question + 1, word + std::strlen(word));
        }
    }
    if (char* const query = std::strstr(authority, "password="); query != nullptr) {
        cover(query + 9, word + std::strlen(word));
    }
}

}  // namespace

void wipe_secrets(int argc, char** argv) {
    for (int i = 1; i < argc; ++i) {
        char* const word = argv[i];
        const std::string_view text = word;
        char* token = nullptr;
        if (text.starts_with("--ct=")) token = word + 5;
        if (text.starts_with("--header=")) token = word + 9;
        if ((text == "--ct" || text == "--header") && i + 1 < argc) token = argv[++i];
        if (token != nullptr) {
            cover(token, token + std::strlen(token));
        } else {
            cover_password(word);
        }
    }
}

}  // namespace ringtail::cli
