#include "calls.hpp"

#include "odd.hpp"
#include "text.hpp"
#include "words.hpp"

namespace ringtail::sim {

using Kind = Tree::Kind;

namespace {

// A connection's number among those of its step, and what is unlike the others about it.
enum Number : unsigned {
    main_call = 0,
    third_party_call = 1,
    deep_call = 2,
    transfer_call = 8,
    second_transfer_call = 9,
    open_call = 10,
    after_open_call = 11,
    nameless_call = 12,
    first_transfer_call = 13
};

constexpr unsigned kDeepest = 5;

}  // namespace

void Calls::write(Index transaction, std::size_t step) {
    place_ = step;
    step_ = &plan_.steps[step];
    const std::int64_t end = step_->fired - 7 * kSecond;
    auto& object = tree_.at(transaction);
    if (has(plan_.odd, Odd::connections_null) && !step_->connection && !step_->open) {
        (step_->dice & 256U) != 0 ? object.nulled |= bit(Kind::connection)
                                  : object.present |= bit(Kind::connection);
        return;
    }
    if (has(plan_.odd, Odd::null_elements) && step_->connection)
        tree_.open(Kind::null, transaction);
    if (has(plan_.odd, Odd::transfer_first) && step_->connection)
        connection(transaction, first_transfer_call, Form::transfer, end - kMinute);
    if (step_->connection) {
        const bool answered = step_->kind != Step::Kind::dial;
        const Index call =
            connection(transaction, main_call, answered ? Form::answered : Form::unanswered, end);
        if (answered) recordings(call, main_call, step_->recordings, end - 2 * kMinute);
        if (step_->third_party) third_parties(call, third_party_call, end - 10 * kSecond);
    }
    if (step_->transfer) connection(transaction, transfer_call, Form::transfer, end + kMinute);
    if (step_->second_transfer)
        connection(transaction, second_transfer_call, Form::transfer, end + 2 * kMinute);
    if (step_->open) open_connection(transaction, *step_);
    const auto nameless = odd_bit(Odd::connection_without_id) | odd_bit(Odd::connection_number_id) |
                          odd_bit(Odd::connection_null_id);
    if ((plan_.odd & nameless) != 0 && step_->connection) {
        const Index call = connection(transaction, nameless_call, Form::answered, end + kSecond);
        if (has(plan_.odd, Odd::connection_without_id)) tree_.remove(key::id);
        if (has(plan_.odd, Odd::connection_null_id)) tree_.set(key::id, "null");
        if (has(plan_.odd, Odd::connection_number_id)) tree_.set(key::id, "4711");
        recordings(call, nameless_call, 1, end);
    }
}

void Calls::open_connection(Index transaction, const Step& step) {
    if (step.ended != 0) {
        connection(transaction, open_call, Form::answered, step.ended);
        return;
    }
    const Index call = connection(transaction, open_call, Form::open, 0);
    if ((step.dice & 512U) != 0) {  // left out with everything below it
        recordings(call, open_call, 1, step.fired + 5 * kSecond);
        third_parties(call, open_call + 16, step.fired + kMinute);
    }
    if (has(plan_.odd, Odd::open_then_transfer))
        connection(transaction, after_open_call, Form::transfer, step.fired + 3 * kMinute);
}

void Calls::put_id(unsigned number) {
    const std::uint64_t a = mix(chance(number), 1), b = mix(a, 2);
    auto& out = tree_.begin(key::id);
    out.push_back('"');
    append_hex(out, a);
    append_hex(out, b);
    if (writing_.shape.readings.long_texts) {
        out.append("-leg-");
        append_uuid(out, b, a);
    }
    out.push_back('"');
    tree_.end();
}

Calls::Index Calls::connection(Index parent, unsigned number, Form form, std::int64_t end) {
    const bool inner = form == Form::third_party;
    const Index object = tree_.open(inner ? Kind::third_party : Kind::connection, parent);
    const std::uint64_t dice = chance(number);
    const auto talk =
        static_cast<std::int64_t>(20 * kSecond + static_cast<std::int64_t>(dice % 240'000));
    const bool open = form == Form::open, answered = form != Form::unanswered;
    const std::int64_t start = open ? step_->fired + kSecond : end - talk - 13 * kSecond;
    const std::int64_t pickup = answered ? end - talk : end;
    put_id(number);
    if (inner && !writing_.shape.readings.third_party_unmarked)
        tree_.boolean(key::is_third_party, true);
    auto& uuid = tree_.begin(key::call_uuid);
    uuid.push_back('"');
    append_uuid(uuid, mix(dice, 3), mix(dice, 4));
    uuid.push_back('"');
    tree_.end();
    if (form == Form::answered) {
        auto& global = tree_.begin(key::global_call_uuid);
        global.append("\"dialer-eu-3-");
        append_uuid(global, mix(dice, 3), mix(dice, 4));
        global.push_back('"');
        tree_.end();
        tree_.time(key::fired, end + 27);
    }
    tree_.time(key::started, start);
    if (!inner) tree_.time(key::initiated, start + 108);
    if (open || !answered) {
        if ((dice & 1U) != 0) tree_.null(key::connected);
    } else {
        tree_.time(key::connected, pickup);
    }
    if (open) {
        if ((dice & 2U) != 0) tree_.null(key::disconnected);
    } else {
        tree_.time(key::disconnected, end);
        tree_.time(key::ended, end + 24);
        tree_.number(key::duration, answered ? talk : 0);
    }
    if (form == Form::answered) {
        tree_.time(key::call_initiated, start + 128);
        tree_.time(key::call_connected, pickup + 2);
        tree_.time(key::call_disconnected, end + 3);
    }
    auto& remote = tree_.begin(key::remote_number);
    remote.append("\"+49");
    append_digits(remote, mix(dice, 5) % 10'000'000'000ULL, 10);
    remote.push_back('"');
    tree_.end();
    if (form == Form::transfer) tree_.text(key::transfer_target, "+4940555000");
    tree_.text(key::line_number, "+49309876543");
    tree_.text(key::technology, form == Form::transfer              ? "transfer"
                                : writing_.shape.readings.open_sets ? any_word(dice)
                                                                    : "sip");
    if (!open) {
        tree_.text(key::result, writing_.shape.readings.open_sets ? any_word(dice >> 8U)
                                : answered                        ? "connected"
                                                                  : dial_result(dice));
        tree_.number(key::code, answered ? 200 : 486);
        tree_.text(key::hangup_party, (dice & 4U) != 0 ? "remote" : "local");
    }
    const Stage& stage = kStages[step_->stage];
    tree_.text(key::task_id, stage.id);
    if (step_->kind == Step::Kind::dial) {
        tree_.text(key::actor, "dialer");
    } else {
        tree_.text(key::user, user_of(step_->dice).id);
        tree_.text(key::actor, "user");
    }
    tree_.text(key::dialerdomain, "eu3.dialer.example");
    tree_.text(key::type, "outbound");
    if (plan_.odd != 0) make_connection_odd(tree_, plan_, mix(dice, 6));
    return object;
}

void Calls::recordings(Index connection, unsigned number, unsigned count, std::int64_t start) {
    for (unsigned i = 0; i < count; ++i) {
        tree_.open(Kind::recording, connection);
        const std::uint64_t dice = mix(chance(number), 0x4EC, i);
        const std::int64_t begin = start + 100 + std::int64_t{i} * 40 * kSecond;
        const bool waits =
            number == main_call && i + 1 == count && step_->unlocated && step_->located == 0;
        tree_.number(key::callnumber, i + 1);
        tree_.time(key::started, begin);
        if (waits) {
            tree_.null(key::stopped);
            tree_.null(key::filename);
            if ((dice & 1U) != 0) tree_.null(key::location);
        } else {
            tree_.time(key::stopped, begin + 30 * kSecond);
            auto& file = tree_.begin(key::filename);
            file.push_back('"');
            file.append(kStages[step_->stage].name).push_back('_');
            append_day(file, begin, '_');
            file.append(".mp3\"");
            tree_.end();
            auto& out = tree_.begin(key::location);
            out.append("\"https://storage.example.com/recordings/");
            append_day(out, begin, '/');
            out.push_back('/');
            append_contact_id(out, writing_.shape, plan_.index);
            out.push_back('/');
            append_uuid(out, dice, mix(dice, 1));
            out.append("-agent-and-customer-mixed.mp3");
            if (writing_.shape.readings.long_texts) {
                out.append("?X-Goog-Expires=604800&X-Goog-SignedHeaders=host&X-Goog-Signature=");
                for (unsigned part = 2; part < 12; ++part) append_hex(out, mix(dice, part));
            }
            out.push_back('"');
            tree_.end();
        }
        if (plan_.odd != 0 && i == 0) make_recording_odd(tree_, plan_, mix(dice, 6));
    }
}

void Calls::third_parties(Index connection_of, unsigned number, std::int64_t end) {
    const unsigned depth = has(plan_.odd, Odd::deep_third_parties) ? kDeepest : step_->deep ? 2 : 1;
    Index holder = connection_of;
    for (unsigned level = 0; level < depth; ++level) {
        holder = connection(holder, number + level, Form::third_party, end - level * kSecond);
        if ((chance(number + level) & 8U) != 0)
            recordings(holder, number + level, 1, end - 30 * kSecond);
    }
}

}  // namespace ringtail::sim
