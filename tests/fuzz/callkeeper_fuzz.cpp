// Whatever a webhook, the API or a page holds: rows, rejects or Error, and a tally that adds up.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/error.hpp"
#include "source/callkeeper/answer.hpp"
#include "source/callkeeper/hook_body.hpp"
#include "source/callkeeper/intake.hpp"
#include "source/callkeeper/rows.hpp"

namespace {

using namespace ringtail;
using namespace ringtail::callkeeper;

class Nothing final : public Stored {
  public:
    std::vector<std::optional<std::string>> fingerprints(
        const Table& /*table*/, std::span<const std::string> keys) override {
        return std::vector<std::optional<std::string>>(keys.size());
    }
    std::vector<Recheck> rechecks(Instant /*until*/, std::size_t /*limit*/) override { return {}; }
};

struct Account {
    Options options;
    Zone zone{"UTC"};
    RowFilters filters{options, zone};
    std::vector<Table> tables = make_tables(options);
    RowOptions rows{1, "", "RU", TablePlaces(tables, options)};

    Decoded decode(std::string body) const {
        Decoded decoded;
        for (const Table& table : tables) decoded.batches.emplace_back(table);
        Page page;
        page.kind = kCallsPage;
        page.body = std::move(body);
        decode_page(page, rows, decoded);
        return decoded;
    }

    void take(const std::vector<Incoming>& incoming) const {
        Nothing stored;
        Intake intake(options, filters, tables, rows.places, stored);
        auto taken = intake.take(incoming, Instant());
        Tally tally = taken.tally;
        tally += decode(std::move(taken.body)).tally;
        if (!tally.adds_up()) std::abort();
    }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const Account account;
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    try {
        switch (data[0] % 5) {
            case 0:
                account.decode(std::string(text));
                break;
            case 1: {
                const JsonDocument document(text);
                std::vector<Incoming> incoming;
                for (const JsonValue call : calls_of(document))
                    incoming.push_back({Incoming::Feed::api, call, Instant(), 0});
                account.take(incoming);
                break;
            }
            case 2:
            case 3: {
                const auto calls = data[0] % 5 == 2
                                       ? parse_hook("multipart/form-data; boundary=X", "", text)
                                       : parse_hook("", text, "");
                for (const std::string& call : calls) {
                    const JsonDocument document(call);
                    account.take({{Incoming::Feed::hook, document.root(), Instant(), 0}});
                }
                break;
            }
            default:
                refusal_in(text);
                read_user_info(text, Instant());
        }
    } catch (const Error& error) {
        if (error.fault() == Fault::bug) std::abort();
    }
    return 0;
}
