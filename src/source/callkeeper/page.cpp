#include "source/callkeeper/page.hpp"

#include <charconv>
#include <utility>

#include "base/error.hpp"
#include "json/write.hpp"

namespace ringtail::callkeeper {
namespace {

constexpr unsigned kCalls = 1, kFacts = 2, kKnown = 4, kUnchanged = 8, kCounted = 16;

void append(std::string& out, std::int64_t value) {
    std::array<char, 24> digits{};
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    out.append(digits.data(), end);
}

// The numbers of an array, missing ones as 0.
template <std::size_t N>
std::array<std::int64_t, N> numbers(JsonValue array) {
    std::array<std::int64_t, N> values{};
    std::size_t at = 0;
    for (const JsonValue element : array.elements()) {
        if (at == N) break;
        const auto value = whole_number(element);
        if (!value) throw Error(Fault::data, "a page of calls holds something that is no number");
        values[at++] = *value;
    }
    return values;
}

}  // namespace

void PageWriter::comma() {
    if (body_.size() > 1) body_ += ',';
}

void PageWriter::call(const PageCall& call, std::string_view state) {
    comma();
    body_ += "{\"n\":[";
    append(body_, call.id);
    body_ += ',';
    append(body_, call.row);
    for (const std::int64_t row : call.refers) {
        body_ += ',';
        append(body_, row);
    }
    body_ += ',';
    append(body_, call.fresh);
    body_ += ',';
    append(body_, (call.calls ? kCalls : 0) | (call.facts ? kFacts : 0) |
                      (call.known ? kKnown : 0) | (call.unchanged ? kUnchanged : 0) |
                      (call.counted ? kCounted : 0));
    body_ += ',';
    append(body_, static_cast<int>(call.asking));
    if (call.asking == Asking::again) {
        body_ += ',';
        append(body_, call.next.step);
        body_ += ',';
        append(body_, call.next.due.time_since_epoch().count());
    }
    body_ += ']';
    if (!state.empty()) body_.append(",\"s\":").append(state);
    body_ += '}';
}

void PageWriter::reject(const Reject& reject) {
    comma();
    body_ += "{\"reject\":[";
    const char* separator = "";
    for (const std::string* part :
         {&reject.table, &reject.key, &reject.column, &reject.raw, &reject.reason}) {
        body_ += separator;
        body_ += json_string(*part);
        separator = ",";
    }
    body_ += "]}";
}

void PageWriter::stubs(unsigned which) {
    if (which == 0) return;
    comma();
    body_ += "{\"stubs\":";
    append(body_, which);
    body_ += '}';
}

std::string PageWriter::done() { return std::exchange(body_, "[") + "]"; }

PageCall read_page_call(JsonValue element) {
    const auto n = numbers<12>(element.find("n"));
    PageCall call;
    call.id = n[0];
    call.row = n[1];
    for (std::size_t i = 0; i < call.refers.size(); ++i) call.refers[i] = n[2 + i];
    call.fresh = static_cast<unsigned>(n[7]);
    const auto flags = static_cast<unsigned>(n[8]);
    call.calls = (flags & kCalls) != 0;
    call.facts = (flags & kFacts) != 0;
    call.known = (flags & kKnown) != 0;
    call.unchanged = (flags & kUnchanged) != 0;
    call.counted = (flags & kCounted) != 0;
    if (n[9] < 0 || n[9] > 2)
        throw Error(Fault::data, "a page of calls asks for something unknown");
    call.asking = static_cast<Asking>(n[9]);
    call.next = {static_cast<int>(n[10]), Instant(std::chrono::microseconds(n[11]))};
    return call;
}

}  // namespace ringtail::callkeeper
