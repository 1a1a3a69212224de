#include "pipeline/run_stream.hpp"

namespace ringtail {

std::uint64_t RunSummary::rejected() const {
    std::uint64_t sum = 0;
    for (const TableStats& table : tables) sum += table.rejected;
    return sum;
}

}  // namespace ringtail
