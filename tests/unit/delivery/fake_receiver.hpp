#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "delivery/sender.hpp"

namespace ringtail::delivery {

// A receiver without a network: answers with what the test says, at once.
class FakeReceiver final : public Sender {
  public:
    using Says = std::function<int(const control::Delivery& delivery, Instant now)>;
    explicit FakeReceiver(Says says) : says_(std::move(says)) {}

    void send(const control::Delivery& delivery, Instant now) override {
        const int status = says_(delivery, now);
        ++attempts;
        if (status == 200) received[delivery.contact].push_back(delivery.body);
        ids[delivery.number].push_back(delivery.message);
        Answered answered;
        answered.number = delivery.number;
        answered.attempt.at = now;
        answered.attempt.status = status;
        if (status == 429) answered.retry_after = std::chrono::seconds(30);
        answers_.push_back(answered);
    }
    std::vector<Answered> answers() override { return std::exchange(answers_, {}); }

    bool has_answers() const { return !answers_.empty(); }

    std::map<std::string, std::vector<std::string>> received;  // by contact
    std::map<std::int64_t, std::vector<std::string>> ids;
    int attempts = 0;

  private:
    Says says_;
    std::vector<Answered> answers_;
};

}  // namespace ringtail::delivery
