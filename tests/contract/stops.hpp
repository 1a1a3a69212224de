#pragma once
#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "contract/handle_test.hpp"

namespace ringtail::test {

// A server and what it holds in the table "t" of rows with a key "id" and a number "n".
struct Stopping {
    std::function<void()> kill, start;
    std::function<std::string(const std::string& sql)> ask;  // the first value of the answer
    std::string shown = "t";                                 // where each row counts once
};

// Loads without a pause while the server is killed and started again: what was loaded stays, what
// failed was a transient fault, and in the end everything is there once.
inline void loads_survive_stops(Destination& destination, const Table& table,
                                const Stopping& server, int stops) {
    destination.prepare(std::vector{table});
    destination.streams().hold(kStream, this_holder());
    constexpr int kRows = 300;
    std::atomic<int> loaded{0}, failed{0};
    std::atomic<bool> enough{false};
    std::jthread loading([&] {
        while (!enough) {
            std::vector<Batch> batches;
            batches.emplace_back(table);
            const std::string digits = std::to_string(loaded);
            for (int row = 0; row < kRows; ++row) {
                const std::string id = digits + "/" + std::to_string(row);
                put(batches[0], {{"id", text(id)}, {"n", number(digits)}});
            }
            const Checkpoint after{digits};
            try {
                destination.load({batches, {}, {}, kStream, this_holder(), &after, kFirst}, {});
                ++loaded;
                loaded.notify_all();
            } catch (const Error& error) {
                EXPECT_EQ(error.fault(), Fault::transient) << error.what();
                ++failed;
            }
        }
    });
    const auto wait_for_loads = [&](int count) {
        for (int seen = loaded; seen < count; seen = loaded) loaded.wait(seen);
    };
    for (int stop = 1; stop <= stops; ++stop) {
        wait_for_loads(10 * stop);
        server.kill();
        const int reported = loaded;
        server.start();
        EXPECT_GE(std::stoi(server.ask("SELECT max(n) + 1 FROM t")), reported);
    }
    wait_for_loads(loaded + 5);
    enough = true;
    loading.join();
    EXPECT_GE(failed, stops);
    EXPECT_EQ(server.ask("SELECT count(*) FROM " + server.shown), std::to_string(loaded * kRows));
    EXPECT_EQ(server.ask("SELECT count(DISTINCT n) FROM " + server.shown), std::to_string(loaded));
    EXPECT_EQ(destination.streams().checkpoint(kStream), Checkpoint{std::to_string(loaded - 1)});
}

}  // namespace ringtail::test
