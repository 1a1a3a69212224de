#include "source/dialfire/position.hpp"

#include <gtest/gtest.h>

#include "base/error.hpp"
#include "base/time_text.hpp"

namespace ringtail::dialfire {
namespace {

Instant at(const char* text) { return parse_time(text).value(); }

TEST(Position, SurvivesTheWayThroughText) {
    Position p;
    p.filter = {FilterMode::hi_updates_only, "fc_, qc_%"};
    p.extra_everywhere = true;
    p.listed_since = "";
    p.listing = Listing{"2024-01-31",
                        "a cursor\nwith everything %- in it",
                        at("2024-02-01T10:00:00.123Z"),
                        true,
                        3,
                        true,
                        42,
                        4242};
    p.total = 99;
    p.inbound = Window{std::nullopt, at("2024-02-01"), at("2024-01-31"), ""};
    p.events = Window{at("2024-01-01"), at("2024-02-01"), at("2024-01-31"), "-"};
    p.inbound_to = at("2024-02-02");
    p.events_to = at("2024-02-03T00:00:00.000001Z");
    p.first_run = "2024-02-01T09:00:00.000Z";
    p.compared_at = at("2024-02-04");
    p.handled = {{1, at("2024-02-05")}, {~0ULL, at("2024-02-05")}, {7, at("2024-02-06")}};

    const Checkpoint text = write_position(p);
    const Position q = read_position(text);

    EXPECT_EQ(write_position(q).text, text.text);
    EXPECT_EQ(q.filter, p.filter);
    EXPECT_EQ(q.listing->cursor, p.listing->cursor);
    EXPECT_EQ(q.listing->since, p.listing->since);
    EXPECT_EQ(q.inbound->from, std::nullopt);
    EXPECT_EQ(q.events->cursor, "-");
    EXPECT_EQ(q.handled, p.handled);
    EXPECT_EQ(q.listed_since, "");
    EXPECT_EQ(q.listing->listed, 4242U);
    EXPECT_EQ(q.total, 99U);
    EXPECT_EQ(q.events_to, p.events_to);
}

TEST(Position, AnEmptyOneHasNothingListed) {
    const Position q = read_position(write_position({}));
    EXPECT_EQ(q.listed_since, std::nullopt);
    EXPECT_FALSE(q.listing);
    EXPECT_FALSE(q.filter.stages);
}

TEST(Position, ATextOfAnotherFormIsRefusedWithWhatToDo) {
    for (const char* text :
         {"", "ringtail-dialfire 2\n", "ringtail-dialfire 1\nfuture 1\n",
          "ringtail-dialfire 1\nlisting x\n", "ringtail-dialfire 1\nevents_to yesterday\n"}) {
        try {
            read_position({text});
            FAIL() << text;
        } catch (const Error& error) {
            EXPECT_EQ(error.fault(), Fault::config) << text;
            EXPECT_NE(error.hint().find("ringtail_checkpoints"), std::string::npos);
        }
    }
}

}  // namespace
}  // namespace ringtail::dialfire
