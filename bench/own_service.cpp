#include "own_service.hpp"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "json/document.hpp"

namespace ringtail::bench {
namespace {

constexpr const char* kKey = "5e1dcafe0badf00d5e1dcafe0badf00d";  // the stand-in's own

std::string text_of(const JsonValue& value) {
    std::string_view text;
    std::string scratch;
    if (!value.text(text, scratch)) throw std::runtime_error("an answer lacks what it should say");
    return std::string(text);
}

}  // namespace

OwnData::OwnData() {
    ::setenv("RINGTAIL_DATA", path().c_str(), 1);
    ::setenv("RINGTAIL_KEY", kKey, 1);
}

Measured OwnData::run(std::vector<std::string> words) const {
    words.insert(words.begin(), sibling("ringtail"));
    Measured measured = measure(words);
    if (measured.code == 0) return measured;
    throw std::runtime_error(
        fmt::format("ringtail {} ended with {}: {}", words[1], measured.code, measured.out));
}

void OwnData::add_callkeeper(const std::string& name, const Sim& sim,
                             const std::vector<std::string>& further) const {
    std::vector<std::string> words{"source", "add",   "callkeeper",         "--name",
                                   name,     "--api", sim.callkeeper_url(), "--zone",
                                   "UTC"};
    words.insert(words.end(), further.begin(), further.end());
    run(words);
}

std::string OwnData::hook_path(const std::string& source) const {
    const std::string json = run({"source", "show", source, "--output", "json"}).out;
    const JsonDocument document(json);
    const std::string address = text_of(document.root().find("hooks").find("address"));
    return address.substr(address.find("/hooks/"));
}

Serving::Serving(const OwnData& data)
    : process_(std::make_unique<test::Process>(
          std::vector<std::string>{sibling("ringtail"), "serve", "--listen", "127.0.0.1:0",
                                   "--output", "json", "--log-level", "warning"},
          std::map<std::string, std::string>{{"RINGTAIL_DATA", data.path()}})) {
    while (process_->out_so_far().find('\n') == std::string::npos) {
        if (process_->ended_within(std::chrono::milliseconds(20)))
            throw std::runtime_error("ringtail serve did not start: " + process_->err_so_far());
    }
    std::string out = process_->out_so_far();
    out.resize(out.find('\n'));
    const JsonDocument said(out);
    const std::string address = text_of(said.root().find("address"));
    port_ = static_cast<std::uint16_t>(std::stoul(address.substr(address.rfind(':') + 1)));
}

Serving::~Serving() {
    process_->send(SIGTERM);
    process_->ended_within(std::chrono::seconds(15));
}

double Serving::cpu_seconds() const {
    std::ifstream file(fmt::format("/proc/{}/stat", process_->pid()));
    std::string text((std::istreambuf_iterator<char>(file)), {});
    std::istringstream fields(text.substr(text.rfind(')') + 2));
    std::string skipped;
    for (int i = 0; i < 11; ++i) fields >> skipped;
    double user = 0, system = 0;
    fields >> user >> system;
    return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

double Serving::resident_mb() const { return status_mb("VmRSS:"); }
double Serving::peak_mb() const { return status_mb("VmHWM:"); }

double Serving::status_mb(const std::string& name) const {
    std::ifstream status(fmt::format("/proc/{}/status", process_->pid()));
    for (std::string word; status >> word;) {
        double kilobytes = 0;
        if (word == name && status >> kilobytes) return kilobytes / 1024;
    }
    return 0;
}

}  // namespace ringtail::bench
