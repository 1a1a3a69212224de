#include "cursor.hpp"

#include <array>
#include <cstring>

#include "dice.hpp"

namespace ringtail::sim {

namespace {

constexpr std::string_view kDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t kWords = 8, kBytes = kWords * 8, kDigitCount = (kBytes * 8 + 5) / 6;
using Words = std::array<std::uint64_t, kWords>;

std::uint64_t check_of(const Words& words) {
    return mix(words[0], words[1], words[2], words[3], words[4], words[5]);
}

}  // namespace

std::string write_cursor(const Cursor& cursor) {
    Words words{cursor.query,           cursor.page,
                cursor.after ? 1U : 0U, static_cast<std::uint64_t>(cursor.time),
                cursor.first,           cursor.second};
    words[6] = check_of(words);
    words[7] = mix(words[6]);
    for (std::size_t i = 0; i < 6; ++i) words[i] ^= mix(words[7], i);
    std::array<unsigned char, kBytes + 2> bytes{};
    std::memcpy(bytes.data(), words.data(), kBytes);
    std::string text;
    for (std::size_t bit = 0; bit < kBytes * 8; bit += 6) {
        const unsigned two = static_cast<unsigned>(bytes[bit / 8]) << 8U | bytes[bit / 8 + 1];
        text.push_back(kDigits[(two >> (10 - bit % 8)) & 63U]);
    }
    return text;
}

std::optional<Cursor> read_cursor(std::string_view text, std::uint64_t query) {
    if (text.size() != kDigitCount) return std::nullopt;
    std::array<unsigned char, kBytes + 2> bytes{};
    std::size_t bit = 0;
    for (const char c : text) {
        const auto digit = kDigits.find(c);
        if (digit == std::string_view::npos) return std::nullopt;
        const unsigned two = static_cast<unsigned>(digit) << (10 - bit % 8);
        bytes[bit / 8] = static_cast<unsigned char>(bytes[bit / 8] | two >> 8U);
        bytes[bit / 8 + 1] = static_cast<unsigned char>(bytes[bit / 8 + 1] | (two & 255U));
        bit += 6;
    }
    Words words{};
    std::memcpy(words.data(), bytes.data(), kBytes);
    for (std::size_t i = 0; i < 6; ++i) words[i] ^= mix(words[7], i);
    if (words[6] != check_of(words) || words[0] != query) return std::nullopt;
    return Cursor{words[0],      static_cast<std::uint32_t>(words[1]),
                  words[2] == 1, static_cast<std::int64_t>(words[3]),
                  words[4],      words[5]};
}

}  // namespace ringtail::sim
