#include "pipeline/load_unit.hpp"

#include <fmt/core.h>

#include "base/failpoint.hpp"

namespace ringtail {

void LoadUnit::add(const Source& source, Page page) {
    failpoint("page_read");
    tally += page.tally;
    if (page.expected > 0) expected = page.expected;
    source.decode(page, decoded);
    failpoint("decoded");
    after = std::move(page.after);
    ++pages;
}

std::size_t LoadUnit::rows() const {
    std::size_t sum = 0;
    for (const Batch& batch : decoded.batches) sum += batch.rows();
    return sum;
}

std::size_t LoadUnit::bytes() const {
    std::size_t sum = 0;
    for (const Batch& batch : decoded.batches) sum += batch.bytes();
    return sum;
}

Tally LoadUnit::whole_tally() const {
    Tally sum = tally;
    sum += decoded.tally;
    return sum;
}

Load LoadUnit::as_load(std::string_view stream, std::string_view holder, Instant now) const {
    return {decoded.batches, decoded.rejects, decoded.rechecks, stream, holder, &after, now};
}

std::string LoadUnit::told(std::string_view stream, std::chrono::milliseconds took) const {
    return fmt::format("{} load rows={} bytes={} ms={} pages={} open={} rejects={}", stream, rows(),
                       bytes(), took.count(), pages, decoded.tally.open, decoded.rejects.size());
}

}  // namespace ringtail
