#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "json/document.hpp"
#include "source/callkeeper/intake.hpp"
#include "source/callkeeper/position.hpp"

namespace ringtail::callkeeper {

// Objects that came in together, to be handed on page by page, with the texts they point into.
class Arrivals {
  public:
    // The calls of an API answer. Returns how many. Error(data) when it holds none that could be.
    std::size_t add_answer(std::string body, Instant at);
    // A webhook's call, a JSON text.
    void add_hook(std::string object, Instant received);
    void add_unknown(std::int64_t id, Instant asked);

    // Applied to the position once all of it is handed on.
    std::function<void(Position&)> done;

    std::span<const Incoming> take(std::size_t most);
    bool empty() const { return taken_ == incoming_.size(); }
    const std::vector<Incoming>& all() const { return incoming_; }

  private:
    struct Text {
        explicit Text(std::string body_text) : body(std::move(body_text)), document(body) {}
        const std::string body;
        const JsonDocument document;
    };
    std::deque<Text> texts_;
    std::vector<Incoming> incoming_;
    std::size_t taken_ = 0;
};

}  // namespace ringtail::callkeeper
