#include <fmt/format.h>

#include <charconv>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <thread>

#include "base/error.hpp"
#include "base/time_text.hpp"
#include "callkeeper.hpp"
#include "simulation.hpp"

namespace {

using namespace ringtail;

constexpr const char* kHelp =
    R"(ringtail-sim: stand-ins for the APIs of Dialfire and CallKeeper, for demos and tests.

  ringtail-sim [OPTION VALUE | OPTION=VALUE]...

Serving
  --port N                 port on 127.0.0.1; 0 (default) takes any free one
  --address A              listen on another address (IPv4)
  --ready-file FILE        write the port there as soon as requests are answered
  --threads N              I/O threads (default 1)
  --gzip on|off            compress answers for clients that offer it (default on)
  --campaign ID            default ZX5CAMP9W2K7RTLB
  --token TEXT             what the client must send as Bearer token (default sim-token)
  --latency-ms N           delay of every API answer (default 0)

Data
  --contacts N             default 1000; any number up to 100,000,000 in bounded memory
  --seed N                 same seed, same data (default 1)
  --inbound N              inbound calls (default: a tenth of the contacts)
  --rows-per-contact R     transactions + connections + recordings, on average (default 11)
  --odd SHARE              contacts with odd values, 0 to 1 (default 0.05)
  --gone SHARE             contacts that are listed but not delivered (default 0.001)
  --fields N               custom fields (default: about 40 with odd ones, 12 without)
  --first-day YYYY-MM-DD   first day of the data (default 2024-01-01)
  --days N                 days it is spread over (default 400)
  --changes-per-second R   live changes (default 0)
  --now TIME               a clock that stands still, for repeatable live changes

CallKeeper, served when one of these is given
  --callkeeper-port N      port on the same address; 0 takes any free one
  --callkeeper-ready-file FILE  the same for this port
  --callkeeper-key KEY     16 or 32 characters (default 5e1dcafe0badf00d, twice)
  --calls-per-day N        1 to 65000 (default 200)
  --calls-from DAY         YYYY-MM-DD, or as today-30 (default 2024-01-01)
  --call-days N            days of calls (default 30); those after now come with time
  --call-odd SHARE         calls with odd values (default 0.05)
  --call-assume to=exclusive    may be given again; list prints all switches
  --hooks-to URL           sends each call's two webhooks there as they become due
  --hooks-format F         json (default), text, form, query or array

Assumptions (facts about the real service that nobody knows; sim/README.md)
  --assume G-1=changed     may be given again; --assume list prints all switches

Instead of serving
  --print-truth TABLE      the true rows of contacts, transactions, connections, recordings
                           or inbound_calls, one JSON object a line
    --fm MODE              only what updates_only or hi_updates_only leaves
    --fp STAGES            only what these stages leave, as fc_,qc_
    --columns N            custom fields that are columns, the rest is in _extra (default 150)
    --rejects              what cannot be a row instead
  --help                   this text

While it runs, POST /sim/faults, /sim/change, /sim/assume, /sim/rate, /sim/latency, /sim/fields and
GET /sim/stats, /sim/requests, /sim/truth/TABLE steer and show it. It ends on SIGTERM or SIGINT.
)";

struct Arguments {
    sim::Options options;
    sim::CallKeeperOptions calls;
    sim::HookOptions hooks;
    bool callkeeper = false;  // asked for
    std::string callkeeper_ready_file;
    sim::TruthOptions truth;
    std::string ready_file, print_truth;
    bool help = false, list_switches = false, list_call_switches = false;
};

[[noreturn]] void usage(const std::string& message) {
    throw Error(Fault::config, message).with_hint("ringtail-sim --help");
}

template <typename Number>
void read_number(const std::string& name, const std::string& text, Number& into) {
    const auto end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, into);
    if (error != std::errc() || at != end || text.empty())
        usage(fmt::format("{}: \"{}\" is no number that fits", name, text));
}

// today-30
std::string day_of(const std::string& text) {
    if (!text.starts_with("today")) return text;
    unsigned before = 0;
    if (text.size() > 6 && text[5] == '-') read_number("--calls-from", text.substr(6), before);
    return format_day(SystemClock().now() - std::chrono::days(before));
}

// False when it is none of CallKeeper's.
bool read_call_option(Arguments& into, const std::string& name, const std::string& value) {
    if (name == "--callkeeper-port") {
        read_number(name, value, into.calls.port);
    } else if (name == "--callkeeper-ready-file") {
        into.callkeeper_ready_file = value;
    } else if (name == "--callkeeper-key") {
        into.calls.key = value;
    } else if (name == "--calls-per-day") {
        read_number(name, value, into.calls.calls_per_day);
    } else if (name == "--calls-from") {
        into.calls.first_day = day_of(value);
    } else if (name == "--call-days") {
        read_number(name, value, into.calls.days);
    } else if (name == "--call-odd") {
        read_number(name, value, into.calls.odd);
    } else if (name == "--hooks-to") {
        into.hooks.url = value;
    } else if (name == "--hooks-format") {
        into.hooks.format = value;
    } else if (name == "--call-assume") {
        const auto equals = value.find('=');
        into.list_call_switches = value == "list";
        if (!into.list_call_switches && equals == std::string::npos)
            usage(fmt::format("--call-assume: \"{}\" is not as in to=exclusive", value));
        if (!into.list_call_switches)
            into.calls.assume[value.substr(0, equals)] = value.substr(equals + 1);
    } else {
        return false;
    }
    return into.callkeeper = true;
}

void read_option(Arguments& into, const std::string& name, const std::string& value) {
    if (read_call_option(into, name, value)) return;
    auto& options = into.options;
    std::int64_t latency = 0;
    std::uint32_t inbound = 0;
    if (name == "--port") return read_number(name, value, options.port);
    if (name == "--address") return void(options.address = value);
    if (name == "--ready-file") return void(into.ready_file = value);
    if (name == "--threads") return read_number(name, value, options.threads);
    if (name == "--campaign") return void(options.campaign = value);
    if (name == "--token") return void(options.token = value);
    if (name == "--contacts") return read_number(name, value, options.contacts);
    if (name == "--seed") return read_number(name, value, options.seed);
    if (name == "--rows-per-contact") return read_number(name, value, options.rows_per_contact);
    if (name == "--odd") return read_number(name, value, options.odd);
    if (name == "--gone") return read_number(name, value, options.gone);
    if (name == "--fields") return read_number(name, value, options.fields);
    if (name == "--first-day") return void(options.first_day = value);
    if (name == "--days") return read_number(name, value, options.days);
    if (name == "--changes-per-second") return read_number(name, value, options.changes_per_second);
    if (name == "--print-truth") return void(into.print_truth = value);
    if (name == "--fm") return void(into.truth.mode = value);
    if (name == "--fp") return void(into.truth.stages = value);
    if (name == "--columns") return read_number(name, value, into.truth.custom_columns);
    if (name == "--latency-ms") {
        read_number(name, value, latency);
        options.latency = std::chrono::milliseconds(latency);
    } else if (name == "--inbound") {
        read_number(name, value, inbound);
        options.inbound_calls = inbound;
    } else if (name == "--gzip") {
        if (value != "on" && value != "off")
            usage(fmt::format("--gzip: \"{}\" is neither on nor off", value));
        options.gzip = value == "on";
    } else if (name == "--now") {
        options.now = parse_time(value);
        if (!options.now) usage(fmt::format("--now: \"{}\" is no time", value));
    } else if (name == "--assume") {
        const auto equals = value.find('=');
        into.list_switches = value == "list";
        if (!into.list_switches && equals == std::string::npos)
            usage(fmt::format("--assume: \"{}\" is not as in G-1=changed", value));
        if (!into.list_switches) options.assume[value.substr(0, equals)] = value.substr(equals + 1);
    } else {
        usage(fmt::format("no option {}", name));
    }
}

Arguments read_arguments(int count, char** words) {
    Arguments arguments;
    for (int i = 1; i < count; ++i) {
        const std::string word = words[i];
        if (word == "--help" || word == "-h") {
            arguments.help = true;
        } else if (word == "--rejects") {
            arguments.truth.rejects = true;
        } else if (const auto equals = word.find('=');
                   word.starts_with("--") && equals != std::string::npos) {
            read_option(arguments, word.substr(0, equals), word.substr(equals + 1));
        } else if (i + 1 < count) {
            read_option(arguments, word, words[++i]);
        } else {
            usage(fmt::format("{} needs a value", word));
        }
    }
    return arguments;
}

void print_switches(const std::vector<sim::Switch>& switches) {
    for (const auto& one : switches) {
        std::string readings;
        for (const auto& reading : one.readings)
            readings.append(readings.empty() ? "" : " | ").append(reading);
        fmt::print("{:5} {}\n      {}\n", one.name, readings, one.meaning);
    }
}

// Whole or not at all, so that who waits for the file never reads half a number.
void write_ready_file(const std::string& path, std::uint16_t port) {
    const std::string draft = path + ".new";
    std::ofstream(draft) << port << '\n';
    if (std::rename(draft.c_str(), path.c_str()) != 0)
        throw Error(Fault::config, fmt::format("cannot write {}", path))
            .with_hint("is the folder there and writable?");
}

int run(const Arguments& arguments) {
    if (arguments.help) return std::fputs(kHelp, stdout) < 0 ? 1 : 0;
    if (arguments.list_switches) return print_switches(sim::switches()), 0;
    if (arguments.list_call_switches) return print_switches(sim::call_switches()), 0;
    // Blocked before any thread starts, so that only sigwait() below sees them.
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    const bool prints = !arguments.print_truth.empty();
    if (!prints) pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    sim::Options options = arguments.options;
    if (prints) options.port = 0;
    const sim::Simulation simulation(options);
    if (prints) {
        simulation.truth(arguments.print_truth, arguments.truth,
                         [](std::string_view row) { std::cout << row << '\n'; });
        return std::cout.flush() ? 0 : 1;
    }
    std::unique_ptr<sim::CallKeeper> callkeeper;
    if (arguments.callkeeper) {
        sim::CallKeeperOptions calls = arguments.calls;
        calls.address = options.address;
        calls.seed = options.seed;
        calls.latency = options.latency;
        callkeeper = std::make_unique<sim::CallKeeper>(calls);
        if (!arguments.hooks.url.empty()) callkeeper->follow_with_hooks(arguments.hooks);
        fmt::print("ringtail-sim: CallKeeper with {} calls a day on {}\n", calls.calls_per_day,
                   callkeeper->base_url());
        if (!arguments.callkeeper_ready_file.empty())
            write_ready_file(arguments.callkeeper_ready_file, callkeeper->port());
    }
    if (!arguments.ready_file.empty()) write_ready_file(arguments.ready_file, simulation.port());
    fmt::print("ringtail-sim: campaign {} with {} contacts on {}\n", options.campaign,
               options.contacts, simulation.base_url());
    std::fflush(stdout);
    int signal = 0;
    sigwait(&signals, &signal);
    return 0;
}

}  // namespace

int main(int count, char** words) try {
    return run(read_arguments(count, words));
} catch (const ringtail::Error& error) {
    fmt::print(stderr, "ringtail-sim: {}\n", error.what());
    if (!error.hint().empty()) fmt::print(stderr, "  {}\n", error.hint());
    return error.fault() == ringtail::Fault::config ? 2 : 1;
} catch (const std::exception& error) {
    fmt::print(stderr, "ringtail-sim: {}\n", error.what());
    return 1;
}
