#pragma once
#include <cstdint>
#include <iterator>
#include <string_view>

// What agents, results and outcomes are called in the stand-in's campaign. No text here needs
// escaping in JSON.
namespace ringtail::sim {

struct Agent {
    std::string_view id, login;
};
inline constexpr Agent kAgents[] = {
    {"5f3a9c0e7b1d4e2f8a6b5c4d3e2f1a0b", "jana.müller"},
    {"0a1b2c3d4e5f60718293a4b5c6d7e8f9", "tom.øster"},
    {"c4ca4238a0b923820dcc509a6f75849b", "a.kowalski"},
    {"eccbc87e4b5ce2fe28308fd9f2a7baf3", "Zoë"},
    {"1679091c5a880faf6fb5e6087eb1b2dc", "agent07@acme"},
};
inline constexpr std::string_view kDialResults[] = {"busy", "noanswer", "failed", "canceled",
                                                    "answering_machine"};
inline constexpr std::string_view kOutcomes[] = {
    "Termin_vereinbart", "kein_Interesse", "$wrong_number", "$follow_up_personal",
    "Angebot senden",    "$do_not_call",   "Verkauf"};
inline constexpr std::string_view kAnyWords[] = {"webrtc",   "ÄNDERUNG", "state 7", "unbekannt/neu",
                                                 "x-custom", "0",        "true",    "null"};

constexpr const Agent& user_of(std::uint64_t dice) {
    return kAgents[(dice >> 12U) % std::size(kAgents)];
}
constexpr std::string_view dial_result(std::uint64_t dice) {
    return kDialResults[(dice >> 16U) % std::size(kDialResults)];
}
constexpr std::string_view outcome(std::uint64_t dice) {
    return kOutcomes[(dice >> 16U) % std::size(kOutcomes)];
}
constexpr std::string_view any_word(std::uint64_t dice) {
    return kAnyWords[(dice >> 16U) % std::size(kAnyWords)];
}

}  // namespace ringtail::sim
