#pragma once
#include "contact.hpp"

namespace ringtail::sim {

// Writes the connections of one transaction, with all below them.
class Calls {
  public:
    Calls(const Writing& writing, const Plan& plan, Tree& tree)
        : writing_(writing), plan_(plan), tree_(tree) {}
    void write(Tree::Index transaction, std::size_t step);

  private:
    using Index = Tree::Index;
    enum class Form : std::uint8_t { answered, unanswered, third_party, transfer, open };

    // `number` tells the connections of a step apart; `end`: when it was over.
    Index connection(Index parent, unsigned number, Form form, std::int64_t end);
    void recordings(Index connection, unsigned number, unsigned count, std::int64_t start);
    void third_parties(Index connection, unsigned number, std::int64_t end);
    void open_connection(Index transaction, const Step& step);
    void put_id(unsigned number);
    std::uint64_t chance(unsigned number) const { return mix(step_->dice, 0xC0, number); }

    const Writing& writing_;
    const Plan& plan_;
    Tree& tree_;
    std::size_t place_ = 0;
    const Step* step_ = nullptr;
};

}  // namespace ringtail::sim
