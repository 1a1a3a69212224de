#include "source/callkeeper/filter_trial.hpp"

#include "json/document.hpp"

namespace ringtail::callkeeper {

FilterTrial::FilterTrial(const Options& options) : zone_(options.zone), filters_(options, zone_) {}

void FilterTrial::add(std::string_view raw, bool has_facts) {
    const CallState state = read_state(raw);
    const JsonDocument api(state.api.exists() ? state.api.object : "{}");
    const JsonDocument hook(state.hook.exists() ? state.hook.object : "{}");
    const CallFields of_api(api.root()), of_hook(hook.root());
    const auto wanted = filters_.judge(CallView(of_api, of_hook, state.over));
    ++counts_.calls;
    if (!wanted.calls) ++counts_.calls_leaving;
    const bool facts = wanted.calls && wanted.facts;
    if (has_facts) ++counts_.facts;
    if (has_facts && !facts) ++counts_.facts_leaving;
    if (!has_facts && facts) ++counts_.facts_coming;
}

}  // namespace ringtail::callkeeper
