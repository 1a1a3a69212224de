#include "source/callkeeper/known_calls.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "source/callkeeper/tables.hpp"
#include "unit/callkeeper/scene.hpp"

namespace ringtail::callkeeper {
namespace {

// A run hands on large states faster than the destination loads them. What may not be loaded yet is
// known; the destination could not tell of it.
TEST(KnownCalls, KnowWhatMayNotBeLoadedYet) {
    Table table = make_tables({}).back();
    table.created = true;
    testing::Shelf nothing_stored;
    constexpr std::size_t kState = 1U << 20U;
    for (const std::size_t waiting : {16U, 64U}) {
        nothing_stored.waiting = waiting * kState;
        KnownCalls calls(table, nothing_stored);
        for (std::int64_t row = 0; row < 300; ++row) {
            calls.put(row, std::string(kState, 'x'));
            const std::int64_t oldest =
                std::max<std::int64_t>(0, row + 1 - static_cast<std::int64_t>(waiting));
            const auto found = calls.find(std::vector{oldest, row});
            ASSERT_TRUE(found[0] && found[1]) << waiting << ": " << oldest << " to " << row;
        }
        EXPECT_FALSE(calls.find(std::vector<std::int64_t>{0})[0]) << "memory is bounded";
    }
}

}  // namespace
}  // namespace ringtail::callkeeper
