#include "contact.hpp"

#include "calls.hpp"
#include "odd.hpp"
#include "text.hpp"
#include "words.hpp"

namespace ringtail::sim {

using Kind = Tree::Kind;

namespace {

class Writer {
  public:
    Writer(const Writing& writing, const Plan& plan, Tree& tree)
        : writing_(writing), plan_(plan), tree_(tree), calls_(writing, plan, tree) {}

    void write() {
        const auto contact = tree_.open(Kind::contact, Tree::kNone);
        system_fields();
        writing_.form.fill(tree_, Dice(mix(plan_.dice, 0xF1E1D)), plan_.last_change,
                           writing_.shape.readings);
        if (plan_.odd != 0) make_contact_odd(tree_, plan_);
        task_log(contact);
    }

  private:
    void system_fields();
    void mirror_fields();
    void task_log(Tree::Index contact);
    void entry_fields(const Step& last);
    void transaction(Tree::Index entry, std::size_t place);
    void put_contact_id(KeyId key) {
        auto& out = tree_.begin(key);
        out.push_back('"');
        append_contact_id(out, writing_.shape, plan_.index);
        out.push_back('"');
        tree_.end();
    }
    void put_symbols(KeyId key, std::uint64_t chance) {
        auto& out = tree_.begin(key);
        out.push_back('"');
        append_symbols(out, chance, mix(chance));
        out.push_back('"');
        tree_.end();
    }
    void put_number_text(KeyId key, std::string_view prefix, std::uint64_t number,
                         unsigned digits) {
        auto& out = tree_.begin(key);
        out.push_back('"');
        out.append(prefix);
        append_digits(out, number, digits);
        out.push_back('"');
        tree_.end();
    }

    const Writing& writing_;
    const Plan& plan_;
    Tree& tree_;
    Calls calls_;
};

std::string_view status_of(const Step& step) {
    if (step.kind != Step::Kind::human) return "open";
    constexpr std::string_view kStatus[] = {"success", "declined", "open", "failed"};
    return kStatus[(step.dice >> 17U) % std::size(kStatus)];
}

std::string_view detail_of(const Step& step) {
    switch (step.kind) {
        case Step::Kind::dial:
            return "$follow_up_auto";
        case Step::Kind::workflow:
        case Step::Kind::assigned:
            return "$assigned";
        case Step::Kind::human:
            break;
    }
    return outcome(step.dice);
}

void Writer::system_fields() {
    const std::uint64_t d = plan_.dice;
    const bool known = !plan_.steps.empty();
    const Step none{};
    const Step& last = known ? plan_.steps.back() : none;
    const Stage& stage = kStages[last.stage];
    put_contact_id(key::c_id);
    auto& md5 = tree_.begin(key::c_md5);
    md5.push_back('"');
    append_contact_md5(md5, writing_.shape, plan_.index, plan_.md5_revision);
    md5.push_back('"');
    tree_.end();
    if ((d & 3U) == 0) {
        tree_.empty(key::c_ref);
    } else {
        put_number_text(key::c_ref, "CRM-", plan_.index, 7);
    }
    put_symbols(key::c_version, mix(d, 0x7E45, plan_.revision));
    tree_.text(key::c_campaign_id, writing_.campaign);
    tree_.text(key::c_task_id, stage.id);
    tree_.text(key::c_task, stage.name);
    tree_.text(key::c_status, status_of(last));
    tree_.text(key::c_status_detail, known ? detail_of(last) : "$none");
    tree_.time(key::c_created_date, plan_.created);
    tree_.time(key::c_entry_date, last.fired > 0 ? last.fired : plan_.changed);
    if (last.kind == Step::Kind::human) {
        tree_.text(key::c_owner, user_of(last.dice).id);
        tree_.time(key::c_follow_up_date, plan_.changed + 3 * kDay);
    } else {
        tree_.empty(key::c_owner);
        tree_.empty(key::c_follow_up_date);
    }
    put_number_text(key::c_phone, "+4930", d >> 40U, 8);
    tree_.text(key::c_timezone, "Europe/Berlin");
    tree_.text(key::c_caller_id, "+49309876543");
    tree_.empty(key::c_call_order);
    tree_.text(key::c_source, "import_2024_02_27_08_15");
    if (plan_.edits > 0) {
        put_number_text(key::c_comment, R"(Rückruf <nach> 14 Uhr & \"wichtig\"\nÄnderung )",
                        plan_.edits, 4);
    } else if ((d & 12U) == 0) {
        tree_.text(key::c_comment, R"(Rückruf <nach> 14 Uhr & \"wichtig\"\nZeile 2)");
    } else {
        tree_.empty(key::c_comment);
    }
    tree_.empty(key::c_error);
    tree_.text(key::c_trigger, "other");
    tree_.empty(key::c_recording);
    tree_.empty(key::c_recording_url);
    if (writing_.shape.readings.changed_delivered) tree_.time(key::c_changed, plan_.changed);
    if (known && (d & 0x70U) < 0x30U) mirror_fields();
    if (!writing_.shape.readings.no_unlisted_fields && (d & 0x3F00U) == 0)
        tree_.text(key::c_unlisted, "Wert");
}

void Writer::mirror_fields() {
    const Step& first = plan_.steps.front();
    tree_.text(key::c_mirror_task, kStages[first.stage].name);
    tree_.text(key::c_mirror_user, user_of(first.dice).login);
    tree_.time(key::c_mirror_date, first.fired);
    tree_.text(key::c_mirror_status, status_of(first));
    tree_.text(key::c_mirror_status_detail, detail_of(first));
}

void Writer::task_log(Tree::Index contact) {
    if (has(plan_.odd, Odd::task_log_null)) {
        tree_.at(contact).nulled |= bit(Kind::entry);
        return;
    }
    if (has(plan_.odd, Odd::task_log_missing)) return;
    tree_.at(contact).present |= bit(Kind::entry);
    for (std::size_t k = 0; k < plan_.steps.size();) {
        std::size_t end = k + 1;
        while (end < plan_.steps.size() && plan_.steps[end].entry == plan_.steps[k].entry) ++end;
        const auto entry = tree_.open(Kind::entry, contact);
        entry_fields(plan_.steps[end - 1]);
        tree_.at(entry).present |= bit(Kind::transaction);
        for (; k < end; ++k) transaction(entry, k);
        if (has(plan_.odd, Odd::null_elements)) tree_.open(Kind::null, entry);
    }
    if (has(plan_.odd, Odd::null_elements)) tree_.open(Kind::null, contact);
    if (has(plan_.odd,
            Odd::empty_entries)) {  // at the end, so that the events' pointers stay right
        tree_.open(Kind::entry, contact);
        tree_.text(key::task_name, "leer");
        tree_.at(tree_.last()).present |= bit(Kind::transaction);
        tree_.open(Kind::entry, contact);
        tree_.text(key::task_name, "ohne Liste");
        tree_.open(Kind::entry, contact);
        tree_.at(tree_.last()).nulled |= bit(Kind::transaction);
    }
}

void Writer::entry_fields(const Step& last) {
    const Stage& stage = kStages[last.stage];
    tree_.text(key::status, status_of(last));
    tree_.text(key::status_detail, detail_of(last));
    tree_.time(key::fired, last.fired);
    tree_.text(key::campaign_id, writing_.campaign);
    tree_.text(key::task_id, stage.id);
    tree_.text(key::task_name, stage.name);
    tree_.text(key::task_title, stage.title);
    tree_.text(key::task_type, "OutboundTask");
    tree_.boolean(key::task_hi, true);
}

void Writer::transaction(Tree::Index entry, std::size_t place) {
    const Step& step = plan_.steps[place];
    const Stage& stage = kStages[step.stage];
    const std::uint64_t d = step.dice;
    const bool by_user = step.kind == Step::Kind::human || step.kind == Step::Kind::assigned;
    const auto object = tree_.open(Kind::transaction, entry);
    tree_.text(key::type, step.kind == Step::Kind::dial ? "dial_result" : "update");
    tree_.text(key::task_id, stage.id);
    tree_.text(key::task, stage.name);
    tree_.text(key::status, status_of(step));
    tree_.text(key::status_detail, detail_of(step));
    if (has(plan_.odd, Odd::short_fired)) {  // no fraction: a text of its own, and the ids are made
                                             // from the text
        auto& out = tree_.begin(key::fired);
        out.push_back('"');
        append_time(out, step.fired);
        out.replace(out.size() - 5, 5, "Z\"");
        tree_.end();
    } else {
        tree_.time(key::fired, step.fired);
    }
    tree_.number(key::sequence_nr, static_cast<std::int64_t>(place));
    if (step.kind == Step::Kind::dial) {
        tree_.text(key::actor, "dialer");
        tree_.text(key::trigger, "dialer");
        tree_.text(key::result, writing_.shape.readings.open_sets ? any_word(d) : dial_result(d));
        tree_.boolean(key::is_hi, false);
        tree_.text(key::technology, "sip");
        tree_.text(key::dialergroup, "grp1");
    } else if (!by_user) {
        tree_.text(key::actor, "workflow");
        tree_.text(key::trigger, "other");
        if ((d & 256U) != 0) tree_.null(key::user);
        tree_.boolean(key::is_hi, false);
    } else {
        const Agent& agent = user_of(d);
        tree_.text(key::actor, writing_.shape.readings.open_sets ? any_word(d >> 4U) : "user");
        tree_.text(key::trigger, "dialer");
        tree_.text(key::user, agent.id);
        if ((d & 7U) != 0) tree_.text(key::user_login, agent.login);
        tree_.empty(key::user_branch);
        tree_.text(key::user_tenant, "acme");
        tree_.boolean(key::is_hi,
                      (d & 0x1F000U) != 0);  // now and then a user's step is no human interaction
        tree_.number(key::pause_sec, static_cast<std::int64_t>(d >> 58U));
        tree_.number(key::edit_sec, static_cast<std::int64_t>((d >> 50U) & 255U));
        auto& wrapup = tree_.begin(key::wrapup_sec);
        append_number(wrapup, static_cast<std::int64_t>((d >> 44U) & 63U));
        wrapup.append(".5");
        tree_.end();
        if (!writing_.shape.readings.no_wait_time)
            tree_.number(key::wait_sec, static_cast<std::int64_t>((d >> 36U) & 127U));
        put_number_text(key::phone, "+4930", plan_.dice >> 40U, 8);
        put_contact_id(key::id);
        tree_.raw(
            key::data,
            R"({"Termin":"2024-03-08T13:30:00.000Z","Extra":{"score":0.87,"tags":["heiß","neu"]}})");
    }
    if (step.revoked) {
        tree_.boolean(key::revoked, true);
    } else if (by_user) {
        tree_.boolean(key::revoked, false);
    }
    put_symbols(key::version, mix(d, 0x7E45, step.version));
    if (plan_.odd != 0) make_transaction_odd(tree_, plan_, place);
    calls_.write(object, place);
}

}  // namespace

void write_contact(const Writing& writing, const Plan& plan, Tree& tree) {
    Writer(writing, plan, tree).write();
}

void append_contact_md5(std::string& out, const Shape& shape, std::uint32_t index,
                        std::uint32_t md5_revision) {
    const auto [high, low] = contact_md5(shape, index, md5_revision);
    append_hex(out, high);
    append_hex(out, low);
}

}  // namespace ringtail::sim
