#include "callkeeper_hooks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <future>
#include <span>
#include <unordered_set>

#include "base/error.hpp"
#include "base/time_text.hpp"
#include "dice.hpp"
#include "http/client.hpp"

namespace ringtail::sim {

namespace {

constexpr std::uint64_t kBlock = 1024;           // calls whose hooks are under way together
constexpr std::int64_t kLongestCall = 10'000;    // seconds from a call's date to its end, at most
constexpr std::chrono::milliseconds kBeat{200};  // of the hooks that follow the clock

constexpr std::string_view kFormats[] = {"json", "text", "form", "query", "array"};
constexpr std::string_view kOrders[] = {"right", "reversed", "shuffled"};
constexpr std::string_view kWhich[] = {"both", "processing", "over"};

template <typename List>
std::size_t place_in(const List& list, std::string_view word, std::string_view what) {
    const auto found = std::ranges::find(list, word);
    if (found != std::end(list)) return static_cast<std::size_t>(found - std::begin(list));
    std::string all;
    for (const auto one : list) all.append(all.empty() ? "" : ", ").append(one);
    throw Error(Fault::config, fmt::format("hooks have no {} \"{}\"", what, word)).with_hint(all);
}

struct Item {
    std::uint64_t index;
    CallFeed feed;
};

std::int64_t day_second(const std::string& day, std::int64_t otherwise, std::int64_t add) {
    if (day.empty()) return otherwise;
    const auto time = parse_time(day);
    if (!time) throw Error(Fault::config, fmt::format("\"{}\" is no day", day));
    return std::chrono::floor<std::chrono::seconds>(*time).time_since_epoch().count() + add;
}

// Sends what it is given and keeps count.
class Courier {
  public:
    Courier(const HookOptions& options, const CallBook& book, const CallReadings& readings,
            HookBook& sent)
        : options_(options),
          book_(book),
          readings_(readings),
          sent_(sent),
          format_(static_cast<HookFormat>(place_in(kFormats, options.format, "format"))),
          log_(make_null_logger()),
          client_(client_options(options), *log_) {
        if (options.url.empty()) throw Error(Fault::config, "hooks need an address");
    }

    // Returns when all are answered or given up.
    void deliver(std::vector<Item> items) {
        for (unsigned attempt = 0; attempt < std::max(1U, options_.attempts); ++attempt) {
            if (items.empty()) return;
            items = deliver_once(items);
        }
    }

    void deliver_unusable() {
        constexpr std::string_view kBodies[] = {"",
                                                "{",
                                                "[]",
                                                "{}",
                                                "not json",
                                                R"({"status_code":200})",
                                                R"({"id":"x"})",
                                                "\xff\xfe\x01",
                                                R"("Call is over")",
                                                R"([{"id":1},)",
                                                "null",
                                                "a&b&c"};
        for (unsigned i = 0; i < options_.unusable; ++i) {
            http::Request request;
            request.method = "POST";
            request.url = options_.url;
            request.headers = {"Content-Type: application/json"};
            request.body = kBodies[i % std::size(kBodies)];
            try {
                ++counts_.unusable[client_.start(std::move(request)).get().status];
            } catch (const Error&) {
                ++counts_.unanswered;
            }
        }
    }

    HookCounts counts() {
        counts_.acknowledged_calls.assign(acknowledged_.begin(), acknowledged_.end());
        return counts_;
    }

  private:
    static http::ClientOptions client_options(const HookOptions& options) {
        http::ClientOptions client;
        client.max_in_flight = std::max(1U, options.in_flight);
        client.repeats = false;
        client.user_agent = "CallKeeper";
        return client;
    }

    // What was not acknowledged.
    std::vector<Item> deliver_once(const std::vector<Item>& items) {
        struct Flight {
            std::size_t first, count;
            std::future<http::Response> answer;
        };
        const std::size_t together =
            format_ == HookFormat::array ? std::max(1U, options_.array_size) : 1U;
        std::vector<Flight> flights;
        for (std::size_t at = 0; at < items.size(); at += together) {
            const std::size_t count = std::min(together, items.size() - at);
            pace();
            flights.push_back({at, count, client_.start(request({items.data() + at, count}))});
            ++counts_.sent;
        }
        std::vector<Item> left;
        for (Flight& flight : flights) {
            const std::span<const Item> those(items.data() + flight.first, flight.count);
            if (is_acknowledged(flight.answer)) {
                for (const Item& item : those) {
                    sent_.acknowledged(item.index, item.feed, format_);
                    acknowledged_.insert(book_.plan(item.index).id);
                }
            } else {
                left.insert(left.end(), those.begin(), those.end());
            }
        }
        return left;
    }

    bool is_acknowledged(std::future<http::Response>& answer) try {
        const int status = answer.get().status;
        if (status == 200) {
            ++counts_.acknowledged;
        } else {
            ++counts_.refused[status];
        }
        return status == 200;
    } catch (const Error&) {
        ++counts_.unanswered;
        return false;
    }

    void append(std::string& out, const Item& item) {
        const CallPlan plan = book_.plan(item.index);
        fill_call(record_, plan, item.feed, plan.over, readings_);
        fit_to_format(record_, format_);
        if (format_ == HookFormat::form || format_ == HookFormat::query)
            return append_call_form(out, record_);
        append_call_json(out, record_);
    }

    http::Request request(std::span<const Item> items) {
        http::Request request;
        request.url = options_.url;
        std::string body;
        if (format_ == HookFormat::array) body.push_back('[');
        for (const Item& item : items) {
            if (body.size() > 1) body.push_back(',');
            append(body, item);
        }
        if (format_ == HookFormat::array) body.push_back(']');
        if (format_ == HookFormat::query) {
            request.url.push_back(request.url.find('?') == std::string::npos ? '?' : '&');
            request.url.append(body);
            return request;
        }
        request.method = "POST";
        request.body = std::move(body);
        switch (format_) {
            case HookFormat::text:
                request.headers = {"Content-Type: text/plain; charset=utf-8"};
                break;
            case HookFormat::form:
                request.headers = {"Content-Type: application/x-www-form-urlencoded"};
                break;
            default:
                request.headers = {"Content-Type: application/json"};
        }
        return request;
    }

    void pace() {
        if (options_.per_second <= 0) return;
        const auto now = std::chrono::steady_clock::now();
        if (next_ < now) next_ = now;
        std::this_thread::sleep_until(next_);
        next_ += std::chrono::duration_cast<std::chrono::steady_clock::duration>(
            std::chrono::duration<double>(1 / options_.per_second));
    }

    const HookOptions& options_;
    const CallBook& book_;
    const CallReadings readings_;
    HookBook& sent_;
    const HookFormat format_;
    std::unique_ptr<Logger> log_;
    http::Client client_;
    CallRecord record_;
    HookCounts counts_;
    std::unordered_set<std::int64_t> acknowledged_;
    std::chrono::steady_clock::time_point next_{};
};

bool takes_part(const CallPlan& plan, double share) {
    return Dice(mix(plan.dice, 0x400C)).chance(share);
}

}  // namespace

void HookBook::acknowledged(std::uint64_t index, CallFeed hook, HookFormat format) {
    const unsigned shift = hook == CallFeed::over ? 4 : 0;
    std::lock_guard lock(mutex_);
    const unsigned kept = states_[index] & (0xF0U >> shift);
    states_[index] =
        static_cast<std::uint8_t>(kept | (8U + static_cast<unsigned>(format)) << shift);
}

std::optional<HookBook::Last> HookBook::last(std::uint64_t index) const {
    std::lock_guard lock(mutex_);
    const unsigned state = states_[index];
    if ((state & 0x80U) != 0)
        return Last{CallFeed::over, static_cast<HookFormat>(state >> 4U & 7U)};
    if ((state & 8U) != 0) return Last{CallFeed::processing, static_cast<HookFormat>(state & 7U)};
    return std::nullopt;
}

HookCounts HookSender::send(const HookOptions& options) {
    const std::size_t order = place_in(kOrders, options.order, "order");
    const std::size_t which = place_in(kWhich, options.which, "choice");
    Courier courier(options, book_, switches_.get(), sent_);
    const std::int64_t now = clock_.second();
    const std::uint64_t begin = book_.first_from(day_second(options.from, 0, 0));
    const std::uint64_t end =
        book_.first_from(std::min(now + 1, day_second(options.to, now + 1, 86'400)));
    for (std::uint64_t block = begin; block < end; block += kBlock) {
        std::vector<Item> phases[2];
        for (std::uint64_t index = block; index < std::min(end, block + kBlock); ++index) {
            const CallPlan plan = book_.plan(index);
            if (book_.is_removed(index) || !takes_part(plan, options.share)) continue;
            const bool over = plan.ends() && plan.over <= now;
            for (unsigned copy = 0; copy < std::max(1U, options.copies); ++copy) {
                if (which != 2 && plan.begins <= now)
                    phases[order == 1 ? 1 : 0].push_back({index, CallFeed::processing});
                if (which != 1 && over)
                    phases[order == 0 ? 1 : 0].push_back({index, CallFeed::over});
            }
        }
        if (order == 2) {
            Dice dice(block);
            for (std::size_t i = phases[0].size(); i > 1; --i)
                std::swap(phases[0][i - 1], phases[0][dice.below(static_cast<std::uint32_t>(i))]);
        }
        for (auto& phase : phases) courier.deliver(std::move(phase));
    }
    courier.deliver_unusable();
    return courier.counts();
}

void HookSender::follow(const HookOptions& options) {
    std::lock_guard lock(mutex_);
    follower_ = std::jthread();  // the one before, if any, is stopped and joined
    if (options.url.empty()) return;
    place_in(kFormats, options.format, "format");
    // The clock is read here: what begins after this call is told of, however late the thread runs.
    follower_ = std::jthread([this, options, told = clock_.second()](const std::stop_token& stop) {
        run(options, told, stop);
    });
}

void HookSender::run(const HookOptions& options, std::int64_t told, const std::stop_token& stop) {
    Courier courier(options, book_, switches_.get(), sent_);
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock lock(mutex);
    while (!stop.stop_requested()) {
        wake.wait_for(lock, stop, kBeat, [] { return false; });
        const std::int64_t now = clock_.second();
        if (now == told) continue;
        const auto is_due = [&](std::int64_t second) { return second > told && second <= now; };
        std::vector<Item> begun, over;
        const std::uint64_t end = book_.first_from(now + 1);
        for (std::uint64_t index = book_.first_from(told - kLongestCall); index < end; ++index) {
            const CallPlan plan = book_.plan(index);
            if (book_.is_removed(index) || !takes_part(plan, options.share)) continue;
            if (is_due(plan.begins)) begun.push_back({index, CallFeed::processing});
            if (plan.ends() && is_due(plan.over)) over.push_back({index, CallFeed::over});
        }
        courier.deliver(std::move(begun));
        courier.deliver(std::move(over));
        told = now;
    }
}

}  // namespace ringtail::sim
