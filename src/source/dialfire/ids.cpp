#include "source/dialfire/ids.hpp"

#include "base/md5.hpp"

namespace ringtail::dialfire {
namespace {

// "" for the first, "#2" for the second …
std::string ordinal(std::size_t n) { return n < 2 ? std::string() : "#" + std::to_string(n); }

}  // namespace

bool usable_id(std::string_view text) {
    return !text.empty() && text.find('\0') == std::string_view::npos;
}

std::string TransactionIds::next(std::string_view fired, std::string_view sequence_nr) {
    std::string id = md5_hex({contact_, fired});
    if (given_.insert(id).second) return id;
    const std::string text = std::string(fired).append(sequence_nr);
    std::size_t& times = times_[text];
    do {
        id = md5_hex({contact_, text, ordinal(++times)});
    } while (!given_.insert(id).second);
    return id;
}

std::string RecordingIds::next(std::string_view connection, std::string_view text, Times& times) {
    return waiting(connection, text, ++times[std::string(text)]);
}

std::string RecordingIds::waiting(std::string_view connection, std::string_view started,
                                  std::size_t n) {
    return md5_hex({connection, started, ordinal(n)});
}

}  // namespace ringtail::dialfire
