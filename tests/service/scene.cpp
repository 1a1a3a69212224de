#include "service/scene.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <stdexcept>

#include "base/error.hpp"
#include "base/time_text.hpp"
#include "json/document.hpp"
#include "sqlite/connection.hpp"

namespace ringtail::service {
namespace {

e2e::Variables with_data(const e2e::Stage& stage, e2e::Variables variables) {
    variables["RINGTAIL_DATA"] = stage.path("data");
    return variables;
}

}  // namespace

std::string Scene::run(Words words, int code, const e2e::Variables& variables) const {
    const auto outcome = stage.run(words, with_data(stage, variables));
    EXPECT_EQ(outcome.code, code) << testing::PrintToString(words) << outcome.out << outcome.err;
    return outcome.out;
}

std::string Scene::refused(const Words& words, const e2e::Variables& variables) const {
    const auto outcome = stage.run(words, with_data(stage, variables));
    EXPECT_NE(outcome.code, 0) << testing::PrintToString(words) << outcome.out;
    return outcome.out + outcome.err;
}

void Scene::add_callkeeper(const sim::CallKeeper& calls, const std::string& name,
                           const Words& further) const {
    Words words{"source", "add",   "callkeeper",     "--name",        name,  "--zone",
                "UTC",    "--api", calls.base_url(), "--retry-pause", "20ms"};
    words.insert(words.end(), further.begin(), further.end());
    run(words, 0, {{"RINGTAIL_KEY", calls.options().key}});
}

void Scene::add_dialfire(const sim::Simulation& campaign, const std::string& name,
                         const Words& further) const {
    Words words{"source",
                "add",
                "dialfire",
                "--name",
                name,
                "--campaign",
                campaign.options().campaign,
                "--api",
                campaign.base_url(),
                "--retry-pause",
                "20ms"};
    words.insert(words.end(), further.begin(), further.end());
    run(words, 0, {{"RINGTAIL_KEY", campaign.options().token}});
}

void Scene::start(const Words& further, const e2e::Variables& variables) {
    Words words{"serve", "--output", "json", "--listen", "127.0.0.1:" + std::to_string(port_)};
    words.insert(words.end(), further.begin(), further.end());
    process_ = stage.start(words, with_data(stage, variables));
}

void Scene::serve(const Words& further, const e2e::Variables& variables) {
    start(further, variables);
    e2e::wait_for_output(*process_, "\"serving\"");
    const std::string address = member(process_->out_so_far(), "address");
    port_ = static_cast<std::uint16_t>(std::stoul(address.substr(address.rfind(':') + 1)));
}

void Scene::kill() {
    process_->send(SIGKILL);
    process_->wait();
    process_.reset();
}

int Scene::stop(std::chrono::seconds patience) {
    process_->send(SIGTERM);
    const int code = process_->wait(patience).code;
    process_.reset();
    return code;
}

std::string Scene::hook_address(const std::string& source) const {
    const std::string json = run({"source", "show", source, "--output", "json"});
    const JsonDocument document(json);
    return member(std::string(document.root().find("hooks").raw()), "address");
}

std::string Scene::value(const std::string& sql) const {
    const std::string file = stage.path("data/calls.db");
    if (!std::filesystem::exists(file)) return "no row";
    try {
        return stage.value("data/calls.db", sql);
    } catch (const Error&) {
        return "no row";  // not made yet
    }
}

std::uint64_t Scene::count(const std::string& table) const {
    const std::string text = value("SELECT count(*) FROM \"" + table + "\"");
    return text == "no row" ? 0 : std::stoull(text);
}

void Scene::wait(const std::string& what, const std::function<bool()>& done) {
    for (int tries = 0; tries < 3'000; ++tries) {
        if (done()) return;
        if (process_ && process_->ended_within(std::chrono::milliseconds(20))) break;
    }
    throw std::runtime_error("it did not happen: " + what + "\n" +
                             (process_ ? process_->err_so_far() : "") +
                             run({"journal", "--limit", "5"}));
}

std::string Scene::last_run(const std::string& source, const std::string& kind) const {
    return run({"journal", "--source", source, "--kind", kind, "--limit", "1", "--output", "json"});
}

std::string member(const std::string& json, const std::string& name) {
    if (json.empty()) return {};
    const JsonDocument document(json);
    const JsonValue value = document.root().find(name);
    std::string_view text;
    std::string scratch;
    if (value.text(text, scratch)) return std::string(text);
    return value.exists() ? std::string(value.raw()) : std::string();
}

sim::CallKeeperOptions small_account(std::uint32_t days, std::uint32_t calls_per_day) {
    sim::CallKeeperOptions options;
    options.calls_per_day = calls_per_day;
    options.days = days;
    options.odd = 0;
    options.first_day = format_day(SystemClock().now() - std::chrono::days(days));
    return options;
}

std::uint64_t true_calls(const sim::CallKeeper& calls, const sim::CallTruthOptions& options) {
    std::uint64_t rows = 0;
    calls.truth("callkeeper_calls", options, [&](std::string_view) { ++rows; });
    return rows;
}

}  // namespace ringtail::service
