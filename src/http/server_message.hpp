#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http/server.hpp"

// What the server says, as text; no sockets here.
namespace ringtail::http {

std::string_view reason_phrase(int status);

// "a=b&c=%20": decoded pairs in order; a broken escape stays as it is.
std::vector<std::pair<std::string, std::string>> parse_query(std::string_view query);

// Whether an Accept-Encoding header takes gzip.
bool offers_gzip(std::string_view accept_encoding);

// The text as one gzip member. Error(bug) when zlib fails.
std::string gzip(std::string_view text, int level);

// How the body's end is told to the client.
enum class Framing : std::uint8_t { length, chunked, until_close };

struct Head {
    Framing framing = Framing::length;
    std::size_t length = 0;
    bool gzipped = false;
    bool varies = false;  // the answer would differ for clients that do (not) offer gzip
    bool close = false;
};

// Status line and headers, with the empty line.
std::string head_text(const Answer& answer, const Head& head);

// One piece of a chunked body, framed.
std::string chunk_text(std::string_view piece);
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

// A plain-text answer for what went wrong before a handler was asked.
Answer error_answer(int status);

}  // namespace ringtail::http
