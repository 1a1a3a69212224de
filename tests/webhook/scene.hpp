#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/receiver.hpp"
#include "sim/simulation.hpp"
#include "support/process.hpp"

namespace ringtail::webhook {

using Words = std::vector<std::string>;
using Environment = std::map<std::string, std::string>;

// A stand-in campaign, a stand-in receiver, and the real program between them.
class Scene {
  public:
    explicit Scene(std::uint32_t contacts = 50);

    sim::Simulation& campaign() { return *campaign_; }
    sim::Receiver& receiver() { return *receiver_; }
    // The receiver's machine goes away, and comes back at the same address.
    void receiver_down();
    void receiver_up();
    // Live changes, each in a millisecond of its own, as the oracle knows transactions by contact
    // and fired.
    void change(int count, const std::vector<std::string>& kinds = {});
    const std::string& folder() const { return folder_.path(); }
    std::string outbox() const { return outbox_; }
    void move_outbox(std::string path) { outbox_ = std::move(path); }

    // `ringtail sync … --to RECEIVER --state …`, everything since 2000, without a limit of the
    // rate.
    Words words(const Words& further) const;
    std::unique_ptr<test::Process> start(const Words& further = {}, Environment environment = {});
    test::Outcome run(const Words& further = {"--once"}, const Environment& environment = {});
    // Any other command of the program.
    test::Outcome command(const Words& words);

    // What is wrong with what the receiver got: a transaction missing or with another content than
    // its last one, "new" twice under two ids, an id with two bodies, a contact's deliveries out of
    // order. `truth`: which transactions are to be delivered; `since`: fired since then.
    std::vector<std::string> mistakes(const sim::TruthOptions& truth = {},
                                      const std::string& since = "") const;
    std::string outbox_value(const std::string& sql) const;

  private:
    test::TemporaryFolder folder_;
    std::unique_ptr<sim::Simulation> campaign_;
    std::unique_ptr<sim::Receiver> receiver_;
    std::vector<sim::Post> posts_before_;  // of receivers that have gone down
    std::uint16_t port_ = 0;
    std::string url_, outbox_;
};

std::vector<sim::Post> operator+(std::vector<sim::Post> left, std::vector<sim::Post> right);

}  // namespace ringtail::webhook
