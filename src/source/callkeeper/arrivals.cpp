#include "source/callkeeper/arrivals.hpp"

#include <algorithm>

#include "source/callkeeper/answer.hpp"

namespace ringtail::callkeeper {

std::size_t Arrivals::add_answer(std::string body, Instant at) {
    const Text& text = texts_.emplace_back(std::move(body));
    const std::vector<JsonValue> calls = calls_of(text.document);
    for (const JsonValue call : calls) incoming_.push_back({Incoming::Feed::api, call, at, 0});
    return calls.size();
}

void Arrivals::add_hook(std::string object, Instant received) {
    const Text& text = texts_.emplace_back(std::move(object));
    incoming_.push_back({Incoming::Feed::hook, text.document.root(), received, 0});
}

void Arrivals::add_unknown(std::int64_t id, Instant asked) {
    incoming_.push_back({Incoming::Feed::unknown_to_api, {}, asked, id});
}

std::span<const Incoming> Arrivals::take(std::size_t most) {
    const std::size_t count = std::min(most, incoming_.size() - taken_);
    const std::span<const Incoming> slice(incoming_.data() + taken_, count);
    taken_ += count;
    return slice;
}

}  // namespace ringtail::callkeeper
