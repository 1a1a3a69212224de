#include "source/callkeeper/merge.hpp"

#include <array>
#include <charconv>
#include <cstring>

#include "base/error.hpp"
#include "json/text.hpp"
#include "json/write.hpp"

namespace ringtail::callkeeper {
namespace {

using namespace std::chrono_literals;

// Of a call that is not settled, since it is known or, better, since its hook said that it is over.
constexpr std::array<std::chrono::minutes, 5> kLadder{1min, 5min, 30min, 120min, 1440min};

std::int64_t to_number(Instant at) { return at.time_since_epoch().count(); }

void member(std::string& out, std::string_view name, std::string_view json) {
    if (out.back() != '{') out += ',';
    out.append("\"").append(name).append("\":").append(json);
}

void number(std::string& out, std::string_view name, std::int64_t value) {
    std::array<char, 24> digits{};
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    member(out, name, {digits.data(), end});
}

void feed(std::string& out, std::string_view name, const FeedState& state) {
    if (!state.exists()) return;
    number(out, std::string(name) + "_at", to_number(state.at));
    number(out, std::string(name) + "_hash", static_cast<std::int64_t>(state.hash));
}

[[noreturn]] void broken() {
    throw Error(Fault::data, "a stored _raw of callkeeper_calls is not what Ringtail writes there")
        .with_hint("Delete that row; the call is then read again with its day.");
}

std::optional<Instant> instant(JsonValue value) {
    if (!value.exists()) return std::nullopt;
    const auto number = whole_number(value);
    if (!number) broken();
    return Instant(std::chrono::microseconds(*number));
}

FeedState read_feed(JsonValue at, JsonValue hash) {
    FeedState state;
    state.at = instant(at).value_or(Instant());
    state.hash = static_cast<std::uint64_t>(whole_number(hash).value_or(0));
    return state;
}

CallState read_members(JsonValue meta) {
    CallState state;
    state.api = read_feed(meta.find("api_at"), meta.find("api_hash"));
    state.hook = read_feed(meta.find("hook_at"), meta.find("hook_hash"));
    state.over = meta.find("over").exists();
    state.first = instant(meta.find("first")).value_or(Instant());
    state.settled = instant(meta.find("settled"));
    state.gave_up = instant(meta.find("gave_up"));
    std::string scratch;
    if (meta.find("of").exists()) state.of = meta.find("of").text_or_raw(scratch);
    if (meta.find("fit").exists()) state.fit = meta.find("fit").text_or_raw(scratch);
    return state;
}

// What write_state() wrote, without a look at every value of the feeds' objects: their hashes tell
// whether they are what was found. Nothing when it is in another form, as some databases store JSON
// in their own.
std::optional<CallState> read_as_written(std::string_view text) try {
    constexpr std::string_view kApi = "\"api\":", kHook = "\"hook\":", kMeta = ",\"meta\":";
    const std::size_t end = text.rfind(kMeta);
    if (end == std::string_view::npos || !text.starts_with('{') || !text.ends_with("}}"))
        return std::nullopt;
    const JsonDocument meta(text.substr(end + kMeta.size(), text.size() - 1 - end - kMeta.size()));
    CallState state = read_members(meta.root());
    std::string_view feeds = text.substr(1, end - 1);
    if (feeds.starts_with(kApi)) {
        feeds.remove_prefix(kApi.size());
        const std::size_t hook = state.hook.hash != 0 ? feeds.find(",\"hook\":") : feeds.npos;
        state.api.object = feeds.substr(0, hook);
        feeds.remove_prefix(hook == feeds.npos ? feeds.size() : hook + 1);
    }
    if (feeds.starts_with(kHook)) {
        state.hook.object = feeds.substr(kHook.size());
        feeds = {};
    }
    const auto is_whole = [](const FeedState& feed) {
        return feed.exists() ? hash_of(feed.object) == feed.hash : feed.hash == 0;
    };
    const bool any = state.api.exists() || state.hook.exists();
    if (!any || !feeds.empty() || !is_whole(state.api) || !is_whole(state.hook))
        return std::nullopt;
    return state;
} catch (const Error&) {
    return std::nullopt;
}

bool talked_about(const CallFields& api) {
    const auto talk = whole_number(api[Field::duration2_sec]);
    return talk && *talk > 0;
}

// Whether an answer of the API is the last word (facts/callkeeper.md A7: 1/0, 2/0 and 707/0 are
// not; the talk time of a successful call may follow).
bool is_final(const CallFields& api) {
    const auto first = whole_number(api[Field::status_code]);
    const auto second = whole_number(api[Field::status2_code]);
    if (!first || !second) return false;
    if (*second == 0) return *first != 1 && *first != 2 && *first != 707;
    return *first != 200 || *second != 200 || talked_about(api);
}

bool is_going_on(const CallFields& api) {
    const auto first = whole_number(api[Field::status_code]);
    return !first || *first == 1 || *first == 2;
}

}  // namespace

std::uint64_t hash_of(std::string_view object) {
    // Eight bytes at a time, as every call is hashed whenever it is read.
    std::uint64_t hash = 0x9E3779B97F4A7C15U ^ object.size();
    const auto mix = [&hash](std::uint64_t word) {
        hash = (hash ^ word) * 0xff51afd7ed558ccdU;
        hash ^= hash >> 32U;
    };
    for (; object.size() >= 8; object.remove_prefix(8)) {
        std::uint64_t word = 0;
        std::memcpy(&word, object.data(), 8);
        mix(word);
    }
    std::uint64_t word = 0;
    if (!object.empty()) std::memcpy(&word, object.data(), object.size());
    mix(word);
    mix(object.size());
    return hash;
}

CallState read_state(std::string_view text) {
    if (text.empty()) return {};
    if (auto state = read_as_written(text)) return std::move(*state);
    const JsonDocument document(text);
    CallState state = read_meta(document.root());
    const JsonValue api = document.root().find("api"), hook = document.root().find("hook");
    if (api.is(JsonValue::Kind::object)) append_minified(api.raw(), state.api.object);
    if (hook.is(JsonValue::Kind::object)) append_minified(hook.raw(), state.hook.object);
    return state;
}

CallState read_meta(JsonValue value) {
    const JsonValue meta = value.find("meta");
    if (!meta.is(JsonValue::Kind::object)) broken();
    return read_members(meta);
}

std::string write_state(const CallState& state) {
    std::string out;
    out.reserve(state.api.object.size() + state.hook.object.size() + 256);
    out = "{";
    if (state.api.exists()) member(out, "api", state.api.object);
    if (state.hook.exists()) member(out, "hook", state.hook.object);
    member(out, "meta", "{");
    member(out, "of", json_string(state.of));
    feed(out, "api", state.api);
    feed(out, "hook", state.hook);
    if (state.over) member(out, "over", "true");
    number(out, "first", to_number(state.first));
    if (state.settled) number(out, "settled", to_number(*state.settled));
    if (state.gave_up) number(out, "gave_up", to_number(*state.gave_up));
    member(out, "fit", json_string(state.fit));
    return out += "}}";
}

bool merge_api(CallState& state, std::string_view object, Instant answered) {
    const bool anything = state.api.exists() || state.hook.exists();
    state.first = anything ? std::min(state.first, answered) : answered;
    if (state.api.exists() && state.api.at > answered) return false;
    const std::uint64_t hash = hash_of(object);
    if (state.api.exists() && state.api.hash == hash) return false;
    state.api = {std::string(object), answered, hash};
    return true;
}

bool merge_hook(CallState& state, std::string_view object, Instant received, bool over) {
    const bool anything = state.api.exists() || state.hook.exists();
    const Instant before = state.first;
    state.first = anything ? std::min(state.first, received) : received;
    const std::uint64_t hash = hash_of(object);
    if (state.hook.exists()) {
        const FeedState& known = state.hook;
        const bool same_rank = over == state.over;
        const bool newer = received != known.at ? received > known.at : hash > known.hash;
        if (same_rank ? !newer : state.over) return state.first != before;
    }
    state.hook = {std::string(object), received, hash};
    state.over = over;
    return true;
}

bool says_over(const CallFields& hook) {
    std::string scratch;
    std::string_view event;
    if (!hook[Field::hook_event].text(event, scratch)) return false;
    const std::size_t first = event.find_first_not_of(" \t\r\n");
    return first != std::string_view::npos && event.substr(first).starts_with("Call is over");
}

CallView::CallView(const CallFields& api, const CallFields& hook, bool over)
    : api_(api),
      hook_(hook),
      hook_leads_(over && is_going_on(api)),
      settled_(!hook_leads_ && is_final(api)) {}

bool CallView::prefers_hook(Field field) const {
    // A reason belongs to its code.
    if (field == Field::status_reason) return of_hook(Field::status_code);
    if (field == Field::status2_reason) return of_hook(Field::status2_code);
    return hook_leads_;
}

bool CallView::of_hook(Field field) const {
    const bool prefers = prefers_hook(field);
    const bool blank = is_blank(prefers ? hook_[field] : api_[field]);
    if (!blank) return prefers;
    const Field code = field == Field::status_reason    ? Field::status_code
                       : field == Field::status2_reason ? Field::status2_code
                                                        : Field::count;
    if (code != Field::count && whole_number(api_[code]) != whole_number(hook_[code]))
        return prefers;
    return !prefers;
}

std::optional<NextAsk> settle(CallState& state, bool is_settled, Instant now, bool asked,
                              std::chrono::seconds ask_after_hook) {
    if (is_settled) {
        if (!state.settled) state.settled = state.api.at;
        state.gave_up.reset();
        return std::nullopt;
    }
    state.settled.reset();
    const Instant since = state.over ? state.hook.at : state.first;
    for (std::size_t i = 0; i < kLadder.size(); ++i) {
        const bool first_after_hook = state.over && i == 0;
        const Instant due =
            since + (first_after_hook ? ask_after_hook : std::chrono::seconds(kLadder[i]));
        if (due > now) {
            state.gave_up.reset();
            return NextAsk{static_cast<int>(i), due};
        }
    }
    // Too late for the ladder, and never asked: once, now.
    if (!asked) {
        if (state.gave_up) return std::nullopt;
        return NextAsk{static_cast<int>(kLadder.size()) - 1, now};
    }
    if (!state.gave_up) state.gave_up = now;
    return std::nullopt;
}

}  // namespace ringtail::callkeeper
