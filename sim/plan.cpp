#include "plan.hpp"

#include <algorithm>

#include "odd.hpp"
#include "text.hpp"

namespace ringtail::sim {

namespace {

// Separate uses of chance for one contact.
enum Use : std::uint64_t {
    use_contact = 1,
    use_day,
    use_md5,
    use_gone,
    use_id,
    use_step,
    use_event
};

constexpr unsigned kMostSteps = 400;

std::uint32_t count_steps(const Shape& shape, std::uint64_t dice) {
    const double share = static_cast<double>(dice >> 11U) * 0x1p-53;
    return std::min(kMostSteps, static_cast<std::uint32_t>(share * (2 * shape.transactions + 1)));
}

void decide(Step& step) {
    const std::uint64_t d = step.dice;
    const unsigned kind = d & 255U, shape = (d >> 8U) & 1023U;
    step.kind = kind < 90    ? Step::Kind::dial
                : kind < 128 ? Step::Kind::workflow
                : kind < 138 ? Step::Kind::assigned
                             : Step::Kind::human;
    if (step.kind == Step::Kind::workflow) return;
    if (step.kind == Step::Kind::dial) {
        step.connection = shape < 614;
        return;
    }
    step.connection = shape < 972;
    if (!step.connection) return;
    const unsigned recordings = (d >> 18U) & 255U;
    step.recordings = recordings < 64 ? 0 : recordings < 205 ? 1 : 2;
    step.third_party = ((d >> 26U) & 255U) < 31;
    step.deep = step.third_party && ((d >> 34U) & 7U) == 0;
    step.transfer = ((d >> 37U) & 255U) < 31;
    step.second_transfer = step.transfer && ((d >> 45U) & 3U) == 0;
}

void add_base_steps(const Shape& shape, Plan& plan) {
    const std::uint32_t count = count_steps(shape, mix(plan.dice, use_step));
    if (count == 0) return;
    Dice dice(mix(plan.dice, use_step, 1));
    const std::int64_t longest = std::min<std::int64_t>(36 * kHour, 6 * kDay / count);
    const std::int64_t gap = std::max<std::int64_t>(
        longest / 8, static_cast<std::int64_t>(dice.next() % static_cast<std::uint64_t>(longest)));
    const unsigned stages = dice.below(10) < 6 ? 1 : dice.below(4) < 3 ? 2 : 3;
    const unsigned first_stage = dice.below(3);
    for (std::uint32_t k = 0; k < count; ++k) {
        Step step;
        step.dice = mix(plan.dice, use_step, k + 2);
        step.fired = plan.changed - (count - 1 - k) * gap;
        if (k + 1 < count)
            step.fired -= static_cast<std::int64_t>((step.dice >> 20U) %
                                                    static_cast<std::uint64_t>(gap / 2 + 1));
        const unsigned part = k * stages / count;
        step.stage = static_cast<std::uint8_t>(part == 0 ? first_stage : 2 + part);
        decide(step);
        step.unlocated = step.recordings > 0 && ((step.dice >> 48U) & 31U) == 0;
        plan.steps.push_back(step);
    }
    Step& last = plan.steps.back();
    last.open = last.kind == Step::Kind::human && ((last.dice >> 53U) & 63U) == 0;
}

void share_fired(const Shape& shape, Plan& plan) {
    if (plan.steps.size() < 2 || shape.readings.same_fired == Readings::Same::never) return;
    const bool often = shape.readings.same_fired == Readings::Same::often;
    const bool same =
        often ? plan.dice % 3 == 0 : has(plan.odd, Odd::same_fired) || plan.dice % 512 == 0;
    if (!same) return;
    plan.steps[1].fired = plan.steps[0].fired;
    if (plan.steps.size() > 3 && plan.dice % 5 == 0) plan.steps[2].fired = plan.steps[0].fired;
}

void add_live_step(Plan& plan, const Op& op) {
    Step step;
    step.dice = mix(plan.dice, use_step, op.number, 7);
    step.fired = op.at;
    step.changed_by = op.number;
    const bool moves = plan.steps.empty() || ((step.dice >> 58U) & 7U) == 0;
    step.stage = moves ? static_cast<std::uint8_t>((step.dice >> 50U) % std::size(kStages))
                       : plan.steps.back().stage;
    decide(step);
    step.unlocated = step.recordings > 0 && ((step.dice >> 48U) & 3U) < 2;
    step.open = step.kind == Step::Kind::human && ((step.dice >> 53U) & 15U) < 6;
    plan.steps.push_back(step);
}

void apply(Plan& plan, const Op& op) {
    plan.last_change = op.number;
    plan.changed = op.at;
    ++plan.revision;
    switch (op.kind) {
        case Op::Kind::created:
        case Op::Kind::transaction:
            return add_live_step(plan, op);
        case Op::Kind::removed:
            plan.removed = true;
            return;
        case Op::Kind::edit:
            ++plan.edits;
            return;
        case Op::Kind::call_ends:
            plan.steps[op.step].ended = op.at;
            break;
        case Op::Kind::recording:
            plan.steps[op.step].located = op.at;
            break;
        case Op::Kind::revoke:
            plan.steps[op.step].revoked = true;
            break;
    }
    ++plan.steps[op.step].version;
    plan.steps[op.step].changed_by = op.number;
}

void place_steps(Plan& plan) {
    std::uint16_t entry = 0, place = 0;
    for (std::size_t k = 0; k < plan.steps.size(); ++k) {
        if (k > 0 && plan.steps[k].stage != plan.steps[k - 1].stage) {
            ++entry;
            place = 0;
        }
        plan.steps[k].entry = entry;
        plan.steps[k].place = place++;
    }
}

}  // namespace

std::int64_t base_change(const Shape& shape, std::uint32_t index) {
    const std::uint64_t dice = mix(shape.seed, index, use_day);
    const std::uint64_t from =
        std::min<std::uint32_t>(7, shape.days - 1);  // earlier transactions need days before
    const std::uint64_t day = from + (dice >> 32U) * (shape.days - from) / (1ULL << 32U);
    const auto of_day = 6 * kHour + static_cast<std::int64_t>((dice & 0xFFFF'FFFFU) % (12 * kHour));
    return shape.first_ms + static_cast<std::int64_t>(day) * kDay + of_day;
}

bool is_gone(const Shape& shape, std::uint32_t index) {
    return index < shape.contacts && Dice(mix(shape.seed, index, use_gone)).chance(shape.gone);
}

void make_plan(const Shape& shape, std::uint32_t index, std::span<const Op> ops, Plan& plan) {
    plan.steps.clear();
    plan.index = index;
    plan.dice = mix(shape.seed, index, use_contact, shape.readings.content_salt());
    plan.odd = odd_kinds(shape, index);
    plan.revision = plan.edits = plan.md5_revision = 0;
    plan.last_change = 0;
    plan.removed = false;
    plan.changed = index < shape.contacts ? base_change(shape, index) : 0;
    plan.created = plan.changed > 0 ? plan.changed - 30 * kDay : ops.empty() ? 0 : ops.front().at;
    if (index < shape.contacts) {
        add_base_steps(shape, plan);
        share_fired(shape, plan);
    }
    for (const Op& op : ops) {
        apply(plan, op);
        const bool unseen = shape.readings.md5_without_recordings && op.kind == Op::Kind::recording;
        if (!unseen) plan.md5_revision = plan.revision;
    }
    place_steps(plan);
}

std::pair<std::uint64_t, std::uint64_t> contact_md5(const Shape& shape, std::uint32_t index,
                                                    std::uint32_t md5_revision) {
    const std::uint64_t high =
        mix(shape.seed ^ shape.readings.content_salt(), index, use_md5, md5_revision);
    return {high, mix(high)};
}

std::pair<std::uint64_t, std::uint64_t> event_md5(const Shape& shape, const Plan& plan,
                                                  std::size_t step) {
    switch (shape.readings.event_md5) {
        case Readings::EventMd5::contact:
            return contact_md5(shape, plan.index, plan.md5_revision);
        case Readings::EventMd5::fixed:
        case Readings::EventMd5::content:
            break;
    }
    const bool fixed = shape.readings.event_md5 == Readings::EventMd5::fixed;
    const std::uint64_t high =
        mix(plan.steps[step].dice, use_event, fixed ? 0 : plan.steps[step].version);
    return {high, mix(high)};
}

// The number goes through two reversible steps (an odd factor, a shift of halves), so that
// neighbours look unrelated.
namespace {

constexpr std::uint32_t kFactor = 0x9E3779B1U;
constexpr std::uint32_t kInverse = [] {
    std::uint32_t inverse = kFactor;  // Newton's iteration doubles the right bits each time
    for (int i = 0; i < 5; ++i) inverse *= 2 - kFactor * inverse;
    return inverse;
}();

std::uint32_t half_turn(std::uint32_t x) { return x << 16U | x >> 16U; }

std::pair<std::uint64_t, std::uint64_t> id_bits(const Shape& shape, std::uint32_t index) {
    const auto secret = static_cast<std::uint32_t>(mix(shape.seed, use_id));
    const std::uint32_t hidden = half_turn((index ^ secret) * kFactor) * kFactor;
    const std::uint64_t check = mix(shape.seed, index, use_id);
    return {check >> 24U, static_cast<std::uint64_t>(hidden) << 8U | (check & 255U)};
}

}  // namespace

void append_contact_id(std::string& out, const Shape& shape, std::uint32_t index) {
    const auto [high, low] = id_bits(shape, index);
    append_symbols(out, high, low);
}

bool read_contact_id(const Shape& shape, std::string_view id, std::uint32_t& index) {
    std::uint64_t high = 0, low = 0;
    if (!read_symbols(id, high, low)) return false;
    const auto secret = static_cast<std::uint32_t>(mix(shape.seed, use_id));
    const auto hidden = static_cast<std::uint32_t>(low >> 8U);
    index = (half_turn(hidden * kInverse) * kInverse) ^ secret;
    return id_bits(shape, index) == std::pair(high, low);
}

}  // namespace ringtail::sim
