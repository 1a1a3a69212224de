#include "webhook/scene.hpp"

#include <fmt/format.h>

#include <chrono>
#include <fstream>
#include <iterator>
#include <set>

#include "sqlite/connection.hpp"
#include "support/json_object.hpp"

namespace ringtail::webhook {
namespace {

using Members = std::map<std::string, std::string>;

Members members(std::string_view object) {
    Members found;
    for (auto& [name, value] : test::members_of(object)) found[name] = value;
    return found;
}

// A value with "", null and missing as one, texts decoded, numbers as they are.
std::string comparable(const Members& of, const std::string& name) {
    const auto found = of.find(name);
    if (found == of.end() || found->second == "null" || found->second == "\"\"") return "nothing";
    const auto text = test::text_of(found->second);
    return text ? "text " + *text : found->second;
}

std::string text(const Members& of, const std::string& name) {
    return test::text_of(of.at(name)).value_or("");
}

// What is known of one transaction from the posts.
struct Got {
    std::set<std::string> ids_of_new;
    bool began_as_new = false;
    std::string last;  // its JSON
};

class Oracle {
  public:
    void read(const std::vector<sim::Post>& posts) {
        for (const sim::Post& post : posts) read(post);
    }

    void compare(std::string_view row, const std::string& since) {
        const Members want = members(row);
        const std::string key = text(want, "contact_id") + " " + text(want, "fired");
        if (text(want, "fired") < since) return;
        wanted_.insert(key);
        const auto found = got_.find(key);
        if (found == got_.end()) return note("never came: " + key);
        const Members have = members(found->second.last);
        for (const auto& [name, value] : want) {
            if (name == "id" || name == "contact_id") continue;
            if (comparable(want, name) != comparable(have, name))
                note(fmt::format("{}: {} is {} instead of {}", key, name, comparable(have, name),
                                 value));
        }
        by_id_[text(want, "id")] = key;
    }

    void expect_child(std::string_view row, const std::string& of, const std::string& name) {
        const Members want = members(row);
        const auto key = by_id_.find(text(want, of));
        if (key == by_id_.end()) return;
        by_id_[text(want, "id")] = key->second;
        if (comparable(want, name) == "nothing") return;
        if (got_[key->second].last.find(text(want, name)) == std::string::npos)
            note(key->second + " lacks " + name + " " + text(want, name));
    }

    // Nothing was sent that was not to be.
    void expect_no_more(const std::set<std::string>& deleted) {
        for (const auto& [key, got] : got_) {
            const std::string contact = key.substr(0, key.find(' '));
            if (!wanted_.contains(key) && !deleted.contains(contact)) note("not wanted: " + key);
        }
    }

    std::vector<std::string> mistakes() const { return mistakes_; }

  private:
    void read(const sim::Post& post) {
        const std::string id(post.header("idempotency-key").value_or(""));
        if (post.method != "POST" || id.empty()) return note("no delivery: " + post.method);
        const auto [place, fresh] = bodies_.try_emplace(id, post.body);
        if (!fresh && place->second != post.body) note(id + " came with two bodies");
        const Members body = members(post.body);
        const Members contact = members(body.at("contact"));
        const Members transaction = members(body.at("transaction"));
        if (contact.contains("$task_log")) note(id + " has $task_log");
        const std::string contact_id = text(contact, "$id");
        std::string& under_way = last_of_contact_[contact_id];
        if (id != under_way && !fresh) note(contact_id + " out of order: " + id + " came again");
        under_way = id;
        Got& got = got_[contact_id + " " + text(transaction, "fired")];
        const std::string state = text(body, "state");
        if (got.last.empty()) got.began_as_new = state == "new";
        if (!got.began_as_new) note(id + " is an update of what never came");
        if (state == "new") got.ids_of_new.insert(id);
        if (got.ids_of_new.size() > 1) note(id + " is new once more");
        got.last = body.at("transaction");
    }

    void note(const std::string& mistake) {
        if (mistakes_.size() < 20) mistakes_.push_back(mistake);
    }

    std::map<std::string, Got> got_;  // by contact and fired
    std::map<std::string, std::string> bodies_, last_of_contact_, by_id_;
    std::set<std::string> wanted_;
    std::vector<std::string> mistakes_;
};

}  // namespace

std::vector<sim::Post> operator+(std::vector<sim::Post> left, std::vector<sim::Post> right) {
    std::move(right.begin(), right.end(), std::back_inserter(left));
    return left;
}

Scene::Scene(std::uint32_t contacts) : outbox_(folder_.path() + "/outbox.db") {
    sim::Options options;
    options.contacts = contacts;
    options.odd = 0;
    options.gone = 0;
    options.assume["G-6"] = "never";  // the oracle knows transactions by contact and fired
    campaign_ = std::make_unique<sim::Simulation>(options);
    receiver_ = std::make_unique<sim::Receiver>();
    port_ = receiver_->port();
    url_ = receiver_->url();
    std::ofstream(folder_.path() + "/token") << options.token << "\n";
}

void Scene::receiver_down() {
    posts_before_ = posts_before_ + receiver_->posts();
    receiver_.reset();
}

void Scene::receiver_up() { receiver_ = std::make_unique<sim::Receiver>(true, port_); }

void Scene::change(int count, const std::vector<std::string>& kinds) {
    using std::chrono::milliseconds;
    const auto now = [] {
        return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
    };
    for (int i = 0; i < count; ++i) {
        campaign_->change(1, kinds);
        // Its time is past then, and the next change's is another.
        for (const auto after = now(); now() == after;) {
        }
    }
}

Words Scene::words(const Words& further) const {
    Words words{std::string(RINGTAIL_BINARY_DIR) + "/ringtail",
                "sync",
                "--from",
                "dialfire://" + campaign_->options().campaign,
                "--to",
                url_,
                "--api",
                campaign_->base_url(),
                "--retry-pause",
                "20ms",
                "--token-file",
                folder_.path() + "/token",
                "--state",
                outbox_,
                "--rate",
                "off",
                "--every",
                "100ms",
                "--compare-every",
                "1s"};
    words.insert(words.end(), further.begin(), further.end());
    return words;
}

std::unique_ptr<test::Process> Scene::start(const Words& further, Environment environment) {
    return std::make_unique<test::Process>(words(further), std::move(environment), folder());
}

test::Outcome Scene::run(const Words& further, const Environment& environment) {
    return start(further, environment)->wait();
}

test::Outcome Scene::command(const Words& words) {
    Words all{std::string(RINGTAIL_BINARY_DIR) + "/ringtail"};
    all.insert(all.end(), words.begin(), words.end());
    return test::run(all, {{"HOME", folder()}, {"RINGTAIL_ROOT", folder()}});
}

std::vector<std::string> Scene::mistakes(const sim::TruthOptions& truth,
                                         const std::string& since) const {
    Oracle oracle;
    oracle.read(receiver_ ? posts_before_ + receiver_->posts() : posts_before_);
    campaign_->truth("transactions", truth,
                     [&](std::string_view row) { oracle.compare(row, since); });
    campaign_->truth("connections", truth, [&](std::string_view row) {
        oracle.expect_child(row, "transaction_id", "id");
        oracle.expect_child(row, "transaction_id", "disconnected");
    });
    campaign_->truth("recordings", truth, [&](std::string_view row) {
        oracle.expect_child(row, "connection_id", "location");
    });
    const auto deleted = campaign_->deleted();
    oracle.expect_no_more({deleted.begin(), deleted.end()});
    return oracle.mistakes();
}

std::string Scene::outbox_value(const std::string& sql) const {
    sqlite::Connection connection(outbox_);
    sqlite::Statement statement = connection.prepare(sql);
    return statement.step() ? std::string(statement.text(0)) : "no row";
}

}  // namespace ringtail::webhook
