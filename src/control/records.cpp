#include "control/records.hpp"

#include <array>

namespace ringtail::control {
namespace {

constexpr std::array kSourceKinds{"callkeeper", "dialfire"};
constexpr std::array kJobKinds{"load",      "hooks", "history", "report",
                               "reconcile", "prune", "received"};
constexpr std::array kRunStates{"queued", "running",   "paused", "done",
                                "failed", "cancelled", "crashed"};
constexpr std::array kScopes{"read", "manage"};

template <class Enum, std::size_t Size>
std::optional<Enum> of_name(const std::array<const char*, Size>& names, std::string_view name) {
    for (std::size_t i = 0; i < Size; ++i) {
        if (names[i] == name) return static_cast<Enum>(i);
    }
    return std::nullopt;
}

}  // namespace

std::string_view name_of(SourceKind kind) { return kSourceKinds[static_cast<std::size_t>(kind)]; }
std::string_view name_of(JobKind kind) { return kJobKinds[static_cast<std::size_t>(kind)]; }
std::string_view name_of(RunState state) { return kRunStates[static_cast<std::size_t>(state)]; }
std::string_view name_of(Scope scope) { return kScopes[static_cast<std::size_t>(scope)]; }

std::optional<SourceKind> source_kind_of(std::string_view name) {
    return of_name<SourceKind>(kSourceKinds, name);
}
std::optional<JobKind> job_kind_of(std::string_view name) {
    return of_name<JobKind>(kJobKinds, name);
}
std::optional<RunState> run_state_of(std::string_view name) {
    return of_name<RunState>(kRunStates, name);
}
std::optional<Scope> scope_of(std::string_view name) { return of_name<Scope>(kScopes, name); }

bool is_open(RunState state) {
    return state != RunState::done && state != RunState::failed && state != RunState::cancelled;
}

}  // namespace ringtail::control
