#include "fault/following.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace ringtail::fault {
namespace {

using namespace std::chrono_literals;

constexpr int kLooks = 300;

Words with(Words words, const Words& further) {
    words.insert(words.end(), further.begin(), further.end());
    return words;
}

}  // namespace

Following::Following(Scene& scene, const Words& further)
    : scene_(scene),
      process_(scene.start(with({"--every", "200ms", "--compare-every", "1s"}, further))) {}

template <typename Condition>
bool Following::reaches(Condition condition) {
    for (int i = 0; i < kLooks; ++i) {
        if (process_->ended_within(100ms)) return false;
        try {
            if (condition()) return true;
        } catch (const std::exception&) {  // a table is not there yet
        }
    }
    return false;
}

bool Following::reaches_truth() {
    return reaches([this] { return scene_.differences().empty(); });
}

bool Following::stores_all_contacts() {
    return reaches([this] {
        std::size_t contacts = 0;
        scene_.campaign().truth("contacts", {}, [&](std::string_view) { ++contacts; });
        return scene_.database().dump("df_contacts").rows.size() == contacts;
    });
}

std::string Following::state() {
    std::string found;
    try {
        found = ::testing::PrintToString(scene_.differences());
    } catch (const std::exception&) {
        found = "a table is missing";
    }
    return process_->err_so_far() + found;
}

test::Outcome Following::wait() { return process_->wait(30s); }

test::Outcome Following::stop() {
    process_->send(SIGTERM);
    return process_->wait(10s);
}

}  // namespace ringtail::fault
