#include "control/floors.hpp"

#include "contract/control/fixture.hpp"

namespace ringtail::control {
namespace {

using FloorsTest = StoreTest;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST_F(FloorsTest, AreKeptForEachSourceAndTableAndOnlyRise) {
    const auto a = add_source("a"), b = add_source("b");
    EXPECT_THAT(store().floors().of(a), IsEmpty());
    store().floors().raise(a, "calls", at(10));
    store().floors().raise(a, "calls", at(5));
    store().floors().raise(a, "contacts", at(7));
    store().floors().raise(b, "calls", at(1));
    reopen();
    EXPECT_THAT(store().floors().of(a),
                ElementsAre(Pair("calls", at(10)), Pair("contacts", at(7))));
    store().floors().raise(a, "calls", at(11));
    EXPECT_EQ(store().floors().of(a).at("calls"), at(11));
    EXPECT_TRUE(store().floors().lift(a));
    EXPECT_FALSE(store().floors().lift(a));
    EXPECT_THAT(store().floors().of(a), IsEmpty());
    EXPECT_THAT(store().floors().of(b), ElementsAre(Pair("calls", at(1))));
}

TEST_F(FloorsTest, GoWithTheirSource) {
    const auto a = add_source("a");
    store().floors().raise(a, "calls", at(10));
    store().sources().remove(a);
    EXPECT_THAT(store().floors().of(a), IsEmpty());
}

}  // namespace
}  // namespace ringtail::control
