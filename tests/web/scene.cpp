#include "scene.hpp"

#include "base/error.hpp"

namespace ringtail::test {

using control::Scope;

std::int64_t FakeActions::add_source(const control::SourceRecord& source,
                                     const std::string& secret) {
    if (source.settings.find("bad") != std::string::npos)
        throw Error(Fault::config, "there is no setting \"bad\"")
            .with_hint("its settings are: good");
    return store_.sources().add(source, secret, source.created);
}

void FakeActions::edit_source(const control::SourceRecord& source) {
    store_.sources().update(source);
}

web::Actions::Verdict FakeActions::check_source(const control::SourceRecord&) {
    return {true, "the key is good", ""};
}

std::vector<web::Actions::TableInfo> FakeActions::tables(const control::SourceRecord&) {
    return {{"calls", true, "status_code = 200", {{"id", "int64", true}}}};
}

control::JobRecord FakeActions::planned(control::JobRecord job) {
    if (job.schedule == "bad") throw Error(Fault::config, "there is no schedule \"bad\"");
    job.next_due.reset();
    if (job.schedule != "manual" && job.enabled)
        job.next_due = job.created + std::chrono::minutes(15);
    return job;
}

web::Actions::Change FakeActions::change(const std::string&, const control::JobRecord& job) {
    if (job.settings.find("less") == std::string::npos) return {{"t: column a is added"}, false};
    return {{"t: column a is no longer filled", "t: column b is added"}, true};
}

std::string FakeActions::shown_url(const std::string& url) {
    if (!url.starts_with("postgres")) throw Error(Fault::config, "it is no URL of a database");
    return "postgresql://u:***@h/d";
}

WebScene::WebScene(web::WebOptions options, const std::string& keep_in)
    : folder(keep_in.empty() ? own_folder.path() : keep_in),
      inbox(options.inbox.empty() ? folder + "/inbox.db" : options.inbox) {
    const auto now = clock.now();
    control::SourceRecord record;
    record.name = "s1";
    record.destination =
        store.destinations().add("d1", "postgresql://u:p@h/d", "postgresql://u:***@h/d", now);
    source = store.sources().add(record, "the secret of the first source", now);
    token = store.sources().hook_tokens(source, now).now;
    control::JobRecord load;
    load.source = source;
    load.name = "load";
    job = store.jobs().add(load, now);
    read_key = store.keys().add("reader", Scope::read, now).key;
    manage_key = store.keys().add("manager", Scope::manage, now).key;
    options.inbox = inbox;
    options.hooks.read = [](std::string_view, std::string_view, std::string_view body) {
        if (body.find("\"id\"") == std::string_view::npos) throw Error(Fault::data, "it has no id");
    };
    server = std::make_unique<web::WebServer>(std::move(options),
                                              web::WebParts{store, actions, metrics, clock, *log});
}

RawReply WebScene::call(std::string_view method, std::string_view target, std::string_view body,
                        std::string_view key, std::vector<std::string> headers) const {
    if (!key.empty()) headers.push_back("Authorization: Bearer " + std::string(key));
    return fetch(server->port(), method, target, body, headers);
}

RawReply WebScene::hook(std::string_view body) const {
    return call("POST", "/hooks/callkeeper/" + token, body);
}

}  // namespace ringtail::test
