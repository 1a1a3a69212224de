#include "jobs/scheduler.hpp"

#include <gmock/gmock.h>

#include "base/time_text.hpp"
#include "base/zone.hpp"
#include "unit/jobs/scene.hpp"

namespace ringtail::jobs {
namespace {

using control::JobKind;
using control::RunState;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

Instant at(std::string_view text) { return *parse_time(text); }

class Scheduling : public testing::Test {
  protected:
    // Adds a job; its first time is as its schedule says.
    control::JobRecord add(std::int64_t source, const std::string& name,
                           const std::string& schedule) {
        control::JobRecord job;
        job.source = source;
        job.name = name;
        job.schedule = schedule;
        job.created = clock.now();
        job = scene.accounts.planned(job);
        job.number = scene.store.jobs().add(job, clock.now());
        return job;
    }
    bool step(Instant now) {
        clock.set(now);
        return scheduler.step(now);
    }
    // Does what is queued, in no time.
    std::vector<std::int64_t> finish_all() {
        std::vector<std::int64_t> jobs;
        while (const auto run = scene.store.runs().claim("test", clock.now())) {
            jobs.push_back(*run->job);
            scene.store.runs().finish(*run, {}, clock.now());
        }
        return jobs;
    }

    SetClock clock;
    Scene scene{clock};
    int woken = 0;
    Scheduler scheduler{scene.shop, {}, [this] { ++woken; }};
};

TEST_F(Scheduling, AJobThatIsDueIsQueuedOnceHoweverLongNobodyLooked) {
    const Instant start = clock.now();
    const auto job = add(scene.add_source("one"), "often", "every 15m");
    EXPECT_EQ(job.next_due, start + minutes(15));
    EXPECT_FALSE(step(start + minutes(14)));
    EXPECT_TRUE(step(start + hours(10) + minutes(5)));
    EXPECT_FALSE(step(start + hours(10) + minutes(6)));
    EXPECT_EQ(woken, 1);
    EXPECT_THAT(finish_all(), testing::ElementsAre(job.number));
    EXPECT_EQ(scene.store.jobs().find(job.number)->next_due, start + hours(10) + minutes(15));
}

TEST_F(Scheduling, NoSecondRunWhileOneIsOpenAndTheJobMovesOn) {
    const Instant start = clock.now();
    const auto job = add(scene.add_source("one"), "often", "every 15m");
    EXPECT_TRUE(step(start + minutes(15)));
    EXPECT_FALSE(step(start + minutes(30)));
    EXPECT_EQ(finish_all().size(), 1U);
    EXPECT_FALSE(step(start + minutes(31)));
    EXPECT_TRUE(step(start + minutes(45)));
}

TEST_F(Scheduling, PausedJobsAndSourcesWait) {
    const Instant start = clock.now();
    const auto source = scene.add_source("one");
    const auto job = add(source, "often", "every 15m");
    scene.store.jobs().set_enabled(job.number, false);
    EXPECT_FALSE(step(start + minutes(20)));
    scene.store.jobs().set_enabled(job.number, true);
    scene.store.sources().set_enabled(source, false);
    EXPECT_FALSE(step(start + minutes(40)));
    scene.store.sources().set_enabled(source, true);
    EXPECT_TRUE(step(start + minutes(41)));
}

TEST_F(Scheduling, WebhooksThatWaitGetARunUnlessOneOfTheSourceIsUnderWay) {
    const auto source = scene.add_source("one");
    const Instant now = clock.now();
    control::Inbox inbox(scene.shop.inbox_file);
    const std::vector<control::Hook> hooks{{source, now, "application/json", "", "{}"}};
    EXPECT_FALSE(step(now));
    inbox.append(hooks);
    EXPECT_TRUE(step(now));
    EXPECT_FALSE(step(now + seconds(5)));
    const auto run = scene.store.runs().claim("test", clock.now());
    ASSERT_TRUE(run);
    EXPECT_EQ(run->kind, JobKind::hooks);
    inbox.append(hooks);
    EXPECT_FALSE(step(now + seconds(10)));
    scene.store.runs().finish(*run, {}, clock.now());
    EXPECT_TRUE(step(now + seconds(15)));
}

TEST_F(Scheduling, TheNextWebhooksAreGatheredForAWhile) {
    const auto source = scene.add_source("one"), other = scene.add_source("two");
    const Instant now = clock.now();
    control::Inbox inbox(scene.shop.inbox_file);
    const auto append = [&](std::int64_t to) {
        const std::vector<control::Hook> hooks{{to, now, "application/json", "", "{}"}};
        inbox.append(hooks);
    };
    append(source);
    EXPECT_TRUE(step(now));
    EXPECT_EQ(finish_all().size(), 1U);
    append(source);
    append(other);
    EXPECT_FALSE(step(now + milliseconds(99)));
    EXPECT_TRUE(step(now + milliseconds(100)));
    EXPECT_EQ(finish_all().size(), 2U) << "of both at the same time";
    EXPECT_FALSE(step(now + milliseconds(299))) << "longer where there are two";
    EXPECT_TRUE(step(now + milliseconds(300)));
    EXPECT_EQ(finish_all().size(), 2U);
    inbox.forget(other);
    EXPECT_TRUE(step(now + seconds(4)));
    EXPECT_EQ(finish_all().size(), 1U);
    EXPECT_FALSE(step(now + seconds(4) + milliseconds(99)));
    EXPECT_TRUE(step(now + seconds(4) + milliseconds(100))) << "the other gets none any more";
    EXPECT_EQ(finish_all().size(), 1U);
    EXPECT_TRUE(step(now - std::chrono::hours(1))) << "the clock was set back";
}

TEST_F(Scheduling, HoweverManySourcesGetWebhooksTheyAreNotGatheredForLong) {
    const Instant now = clock.now();
    control::Inbox inbox(scene.shop.inbox_file);
    std::vector<control::Hook> hooks;
    for (int i = 0; i < 40; ++i) {
        hooks.push_back(
            {scene.add_source("s" + std::to_string(i)), now, "application/json", "", "{}"});
    }
    inbox.append(hooks);
    EXPECT_TRUE(step(now));
    EXPECT_EQ(finish_all().size(), 40U);
    inbox.append(hooks);
    EXPECT_FALSE(step(now + milliseconds(999)));
    EXPECT_TRUE(step(now + milliseconds(1'000)));
}

TEST_F(Scheduling, ARunWhoseProcessIsSilentIsTakenUpAgainAsTheSameAttempt) {
    const Instant start = clock.now();
    add(scene.add_source("one"), "often", "every 15m");
    step(start + minutes(15));
    const auto run = scene.store.runs().claim("elsewhere", clock.now());
    ASSERT_TRUE(run);
    EXPECT_FALSE(step(start + minutes(15) + seconds(40)));
    EXPECT_TRUE(step(start + minutes(16)));
    const auto again = scene.store.runs().find(run->number);
    EXPECT_EQ(again->state, RunState::queued);
    EXPECT_EQ(again->attempt, 1U);
    EXPECT_EQ(again->crashes, 1U);
}

// A year, three zones, two changes of the clock each (Moscow: none): one run for each day there.
TEST_F(Scheduling, AYearHasOneRunADayInEveryZone) {
    const Instant start = at("2025-12-31T22:00");
    clock.set(start);
    const auto source = scene.add_source("one");
    std::map<std::int64_t, std::pair<std::string, std::vector<Instant>>> runs;
    for (const std::string zone : {"Europe/Berlin", "Europe/Moscow", "America/New_York"}) {
        const auto job = add(source, zone.substr(zone.find('/') + 1), "daily 02:30 " + zone);
        runs[job.number].first = zone;
    }
    for (Instant now = start; now < at("2027-01-01T22:00"); now += minutes(30)) {
        if (!step(now)) continue;
        for (const std::int64_t job : finish_all()) runs[job].second.push_back(now);
    }
    for (const auto& [job, of] : runs) {
        const auto& [name, times] = of;
        const Zone zone(name);
        std::set<std::chrono::local_days> days;
        for (const Instant time : times) {
            days.insert(zone.day(time));
            const auto clock_there = zone.local(time) - zone.day(time);
            // Where 02:30 is skipped it is 03:00.
            if (clock_there != minutes(150)) {
                EXPECT_EQ(clock_there, hours(3)) << name;
            }
        }
        EXPECT_EQ(days.size(), times.size()) << name;
        EXPECT_EQ(times.size(), 366U) << name;
    }
}

}  // namespace
}  // namespace ringtail::jobs
