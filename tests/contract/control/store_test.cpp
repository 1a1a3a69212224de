#include "control/store.hpp"

#include "contract/control/fixture.hpp"
#include "control/secrets.hpp"

namespace ringtail::control {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;
using namespace std::chrono_literals;

class StoreRecords : public StoreTest {};

TEST_F(StoreRecords, SourcesAreKeptAsTheyWereGiven) {
    SourceRecord record;
    record.name = "shop-1";
    record.kind = SourceKind::dialfire;
    record.settings = R"({"zone":"Europe/Moscow"})";
    record.destination = destination_;
    const auto number = store().sources().add(record, "0123456789abcdef", at(7));
    store().sources().set_status(number, "warning", "paid until tomorrow");
    reopen();
    SourceRecord found = store().sources().get("shop-1");
    EXPECT_EQ(found.number, number);
    EXPECT_EQ(found.kind, SourceKind::dialfire);
    EXPECT_EQ(found.settings, record.settings);
    EXPECT_EQ(found.last4, "cdef");
    EXPECT_EQ(found.message, "paid until tomorrow");
    EXPECT_EQ(found.created, at(7));
    EXPECT_TRUE(found.enabled);
    found.name = "shop-2";
    found.settings = "{}";
    found.enabled = false;
    store().sources().update(found);
    EXPECT_FALSE(store().sources().find("shop-1"));
    EXPECT_FALSE(store().sources().find(number)->enabled);
}

TEST_F(StoreRecords, WrongNamesAndNumbersAreSaid) {
    const auto shop = add_source("shop");
    EXPECT_THAT(config_error([&] { add_source("shop"); }),
                HasSubstr("a source named shop already"));
    for (const char* name : {"", "a b", "-a", "näme", "a/b"})
        EXPECT_THAT(config_error([&] { add_source(name); }), HasSubstr("cannot be the name"))
            << name;
    EXPECT_THAT(config_error([&] { store().sources().get("shoe"); }),
                AllOf(HasSubstr("no source named shoe"), HasSubstr("shop")));
    EXPECT_THAT(config_error([&] { store().sources().secret(99); }), HasSubstr("99"));
    EXPECT_THAT(config_error([&] { store().sources().set_enabled(99, true); }), HasSubstr("99"));
    add_job(shop, "load");
    EXPECT_THAT(config_error([&] { add_job(shop, "load"); }),
                HasSubstr("a job named load already"));
    EXPECT_THAT(config_error([&] { add_job(99, "load"); }), HasSubstr("no source number 99"));
    EXPECT_THAT(config_error([&] { store().destinations().add("here", "u", "u", at(0)); }),
                HasSubstr("a destination named here already"));
}

TEST_F(StoreRecords, JobsAreKeptAsTheyWereGiven) {
    const auto source = add_source("shop");
    JobRecord record;
    record.source = source;
    record.name = "nightly";
    record.kind = JobKind::report;
    record.settings = R"({"a":1})";
    record.schedule = "daily 03:30 Europe/Moscow";
    record.last_days = 3;
    record.next_due = at(500);
    record.number = store().jobs().add(record, at(1));
    reopen();
    JobRecord found = store().jobs().find(source, "nightly").value();
    EXPECT_EQ(found.number, record.number);
    EXPECT_EQ(found.kind, JobKind::report);
    EXPECT_EQ(found.schedule, record.schedule);
    EXPECT_EQ(found.last_days, 3U);
    EXPECT_EQ(found.next_due, at(500));
    EXPECT_EQ(store().jobs().next_due(), at(500));
    found.last_days.reset();
    found.next_due.reset();
    found.enabled = false;
    store().jobs().update(found);
    EXPECT_FALSE(store().jobs().find(record.number)->last_days);
    store().jobs().set_next_due(record.number, at(1));
    EXPECT_THAT(store().jobs().due(at(1'000)), SizeIs(0)) << "it is paused";
    store().jobs().set_enabled(record.number, true);
    EXPECT_THAT(store().jobs().due(at(1'000)), SizeIs(1));
    store().sources().set_enabled(source, false);
    EXPECT_THAT(store().jobs().due(at(1'000)), SizeIs(0)) << "its source is paused";
    EXPECT_FALSE(store().jobs().next_due());
}

TEST_F(StoreRecords, WhatIsUsedIsNotRemoved) {
    const auto source = add_source("shop");
    const auto job = add_job(source, "load");
    EXPECT_THAT(config_error([&] { store().destinations().remove(destination_); }),
                HasSubstr("used by shop"));
    const auto run = enqueue(job, at(0));
    const RunRecord running = store().runs().claim("me", at(1)).value();
    EXPECT_THAT(config_error([&] { store().jobs().remove(job); }), HasSubstr("running"));
    EXPECT_THAT(config_error([&] { store().sources().remove(source); }), HasSubstr("running"));
    store().runs().finish(running, {}, at(2));
    EXPECT_TRUE(store().sources().remove(source));
    EXPECT_FALSE(store().sources().remove(source));
    EXPECT_FALSE(store().jobs().find(job));
    EXPECT_FALSE(store().runs().find(run));
    EXPECT_TRUE(store().destinations().remove(destination_));
    EXPECT_FALSE(store().destinations().remove(destination_));
}

TEST_F(StoreRecords, AnOldHookTokenIsGoodForADay) {
    const auto source = add_source("shop");
    auto& sources = store().sources();
    const HookTokens first = sources.hook_tokens(source, at(0));
    EXPECT_EQ(first.now.size(), 43U);
    EXPECT_EQ(sources.of_hook_token(first.now, at(0)), source);
    EXPECT_FALSE(sources.of_hook_token("", at(0)));
    EXPECT_FALSE(sources.of_hook_token(first.now + "x", at(0)));
    const HookTokens second = sources.rotate_hook_token(source, at(0));
    EXPECT_NE(second.now, first.now);
    EXPECT_EQ(second.old, first.now);
    EXPECT_EQ(sources.of_hook_token(first.now, at(86'399)), source);
    const auto other = add_source("club");
    const HookTokens third = sources.hook_tokens(other, at(0));
    EXPECT_THAT(
        sources.hook_digests(at(86'399)),
        UnorderedElementsAre(Pair(sha256(first.now), source), Pair(sha256(second.now), source),
                             Pair(sha256(third.now), other)));
    EXPECT_THAT(
        sources.hook_digests(at(86'400)),
        UnorderedElementsAre(Pair(sha256(second.now), source), Pair(sha256(third.now), other)));
    EXPECT_FALSE(sources.of_hook_token(first.now, at(86'400)));
    EXPECT_EQ(sources.hook_tokens(source, at(86'400)).old, "");
    EXPECT_EQ(sources.of_hook_token(second.now, at(86'400)), source);
    sources.rotate_hook_token(source, at(90'000));
    EXPECT_FALSE(sources.of_hook_token(first.now, at(90'000)));
}

TEST_F(StoreRecords, DestinationsKeepTheirUrlSealed) {
    auto& all = store().destinations();
    const auto number = all.add("db", "postgres://u:p@h/d", "postgres://u:***@h/d", at(0));
    EXPECT_EQ(all.url(number), "postgres://u:p@h/d");
    EXPECT_EQ(all.find("db")->shown, "postgres://u:***@h/d");
    all.update(number, "db2", "mysql://u:q@h/d", "mysql://u:***@h/d");
    reopen();
    EXPECT_EQ(store().destinations().url(number), "mysql://u:q@h/d");
    EXPECT_EQ(store().destinations().find(number)->name, "db2");
    EXPECT_THAT(store().destinations().list(), SizeIs(2));
}

TEST_F(StoreRecords, ApiKeysAreCheckedAndRevoked) {
    auto& keys = store().keys();
    EXPECT_FALSE(keys.any());
    const auto made = keys.add("grafana", Scope::read, at(0));
    EXPECT_TRUE(keys.any());
    EXPECT_THAT(made.key, ::testing::MatchesRegex("rt_[A-Za-z0-9_-]{43}"));
    EXPECT_EQ(made.record.last4, made.key.substr(42));
    EXPECT_EQ(keys.check(made.key, at(1))->scope, Scope::read);
    EXPECT_FALSE(keys.check(made.key + "a", at(1)));
    EXPECT_FALSE(keys.check(made.key.substr(3), at(1)));
    keys.check(made.key, at(30));
    EXPECT_EQ(keys.list()[0].last_used, at(1)) << "noted once a minute";
    keys.check(made.key, at(61));
    EXPECT_EQ(keys.list()[0].last_used, at(61));
    EXPECT_TRUE(keys.revoke(made.record.number, at(70)));
    EXPECT_FALSE(keys.revoke(made.record.number, at(71)));
    EXPECT_FALSE(keys.check(made.key, at(72)));
    EXPECT_FALSE(keys.any());
    EXPECT_EQ(keys.list()[0].revoked, at(70));
}

TEST_F(StoreRecords, AnotherProcessesChangeIsNoticed) {
    Store other(files());
    const auto before = store().version();
    store().set_setting("keep_days", "30");
    EXPECT_EQ(store().version(), before) << "its own";
    const auto seen = other.version();
    store().set_setting("keep_days", "31");
    EXPECT_NE(other.version(), seen);
    EXPECT_EQ(other.setting("keep_days"), "31");
    EXPECT_FALSE(other.setting("no such"));
}

}  // namespace
}  // namespace ringtail::control
