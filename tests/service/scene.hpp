#pragma once
#include <functional>
#include <memory>
#include <string>

#include "e2e/stage.hpp"
#include "sim/callkeeper.hpp"

namespace ringtail::service {

using e2e::Words;

// A data folder, the program, and a service that may run on it.
class Scene {
  public:
    // Runs a command on the data folder; fails the test unless it ends with `code`.
    std::string run(Words words, int code = 0, const e2e::Variables& variables = {}) const;
    // Both texts of a command that fails.
    std::string refused(const Words& words, const e2e::Variables& variables = {}) const;

    // Connects them; the key is in the variable.
    void add_callkeeper(const sim::CallKeeper& calls, const std::string& name = "office",
                        const Words& further = {}) const;
    void add_dialfire(const sim::Simulation& campaign, const std::string& name = "campaign",
                      const Words& further = {}) const;

    // Starts it and waits until it answers. At the second start on the same port.
    void serve(const Words& further = {}, const e2e::Variables& variables = {});
    // Starts it and does not wait: it may die before it answers. On the same port, too.
    void start(const Words& further = {}, const e2e::Variables& variables = {});
    void kill();                     // as kill -9 does
    int stop(std::chrono::seconds);  // SIGTERM; its exit code
    test::Process& process() { return *process_; }
    std::string address() const { return "http://127.0.0.1:" + std::to_string(port_); }
    std::uint16_t port() const { return port_; }
    std::string hook_address(const std::string& source = "office") const;

    // First value of a query on the default destination; "no row", also where there is no table.
    std::string value(const std::string& sql) const;
    std::uint64_t count(const std::string& table) const;
    // Waits until `done` holds; fails after a minute, or when the service ends.
    void wait(const std::string& what, const std::function<bool()>& done);
    // The newest run of a source, as JSON.
    std::string last_run(const std::string& source, const std::string& kind) const;

    e2e::Stage stage;

  private:
    std::unique_ptr<test::Process> process_;
    std::uint16_t port_ = 0;
};

// A member of a JSON object as text: a string's content, all else raw.
std::string member(const std::string& json, const std::string& name);

// A small account whose calls lie on the last `days` days.
sim::CallKeeperOptions small_account(std::uint32_t days = 3, std::uint32_t calls_per_day = 40);
std::uint64_t true_calls(const sim::CallKeeper& calls, const sim::CallTruthOptions& options = {});

}  // namespace ringtail::service
