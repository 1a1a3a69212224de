#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/holder.hpp"
#include "control/outbox.hpp"
#include "control/outbox_destination.hpp"
#include "support/process.hpp"

namespace ringtail::delivery {

// Stands still until it is moved.
class FakeClock final : public Clock {
  public:
    Instant now() const override { return now_; }
    void sleep(std::chrono::milliseconds pause, std::stop_token) override { now_ += pause; }
    void set(Instant now) { now_ = now; }

  private:
    Instant now_{std::chrono::sys_days(std::chrono::year(2024) / 3 / 5)};
};

// 32 hex digits for a transaction.
inline std::string key_of(int number) {
    std::string text = std::to_string(number);
    return std::string(32 - text.size(), '0') + text;
}

class OutboxFixture {
  public:
    OutboxFixture() = default;
    explicit OutboxFixture(std::string path) : path_(std::move(path)) {}
    const std::string& path() const { return path_; }
    control::Outbox& outbox() {
        if (!outbox_) outbox_ = std::make_unique<control::Outbox>(path(), "a stream");
        return *outbox_;
    }
    void reopen() { outbox_.reset(); }
    control::Outbox::Queued queue(int key, const std::string& contact, const std::string& json,
                                  Instant now = {}) {
        sqlite::Transaction transaction(outbox().db(), sqlite::Transaction::Kind::write);
        const auto queued = outbox().enqueue(key_of(key), contact, "2024-03-05", "{}", json, now);
        transaction.commit();
        return queued;
    }

  private:
    test::TemporaryFolder folder_;
    std::string path_ = folder_.path() + "/outbox.db";
    std::unique_ptr<control::Outbox> outbox_;
};

}  // namespace ringtail::delivery
