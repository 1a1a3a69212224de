#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "filter/filter.hpp"

// Any text is a filter or a clear error, and a filter judges any row.
namespace {

using namespace ringtail;

const std::vector<filter::Field> kFields{{"status_code", filter::Type::number},
                                         {"site", filter::Type::text},
                                         {"date", filter::Type::moment}};

class Row final : public filter::Record {
  public:
    explicit Row(std::string_view text) : text_(text) {}
    std::optional<std::string_view> value(std::size_t field) const override {
        if (text_.size() % 4 == field) return std::nullopt;
        return text_;
    }

  private:
    std::string_view text_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const std::string_view written = text.substr(0, text.find('\n'));
    try {
        const filter::Expression expression(written, {kFields, nullptr});
        expression.takes(Row(text.substr(written.size())));
    } catch (const Error& error) {
        if (error.fault() != Fault::config || error.hint().empty()) __builtin_trap();
    }
    return 0;
}
