#include "base/holder.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>

namespace ringtail {
namespace {

// The holder text of a child process that lives until `let_go` is closed.
class Child {
  public:
    Child() {
        std::array<int, 2> told{}, life{};
        if (::pipe(told.data()) != 0 || ::pipe(life.data()) != 0) throw std::runtime_error("pipe");
        pid_ = ::fork();
        if (pid_ == 0) {
            ::close(life[1]);
            const std::string name = this_holder();
            if (::write(told[1], name.data(), name.size()) < 0) ::_exit(1);
            ::close(told[1]);
            char byte = 0;
            static_cast<void>(!::read(life[0], &byte, 1));
            ::_exit(0);
        }
        ::close(told[1]);
        ::close(life[0]);
        let_go_ = life[1];
        char text[1000];
        for (ssize_t got = 0; (got = ::read(told[0], text, sizeof text)) > 0;)
            holder.append(text, static_cast<std::size_t>(got));
        ::close(told[0]);
    }
    ~Child() {
        die();
        collect();
    }
    void die() {
        if (let_go_ >= 0) ::close(let_go_);
        let_go_ = -1;
        siginfo_t info{};
        if (pid_ > 0) ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT);
    }
    void collect() {
        if (pid_ > 0) ::waitpid(pid_, nullptr, 0);
        pid_ = -1;
    }
    std::string holder;

  private:
    pid_t pid_ = -1;
    int let_go_ = -1;
};

std::string with_part(std::string holder, int part, const std::string& value) {
    std::size_t from = 0;
    for (; part > 0; --part) from = holder.find('/', from) + 1;
    return holder.replace(from, std::min(holder.find('/', from), holder.size()) - from, value);
}

TEST(Holder, WeLive) {
    EXPECT_EQ(this_holder(), this_holder());
    EXPECT_FALSE(is_dead(this_holder()));
    EXPECT_NE(this_holder().find("/" + std::to_string(::getpid()) + "/"), std::string::npos);
}

TEST(Holder, AnotherProcessLivesAndDies) {
    Child child;
    EXPECT_NE(child.holder, this_holder());
    EXPECT_FALSE(is_dead(child.holder));
    child.die();
    EXPECT_TRUE(is_dead(child.holder)) << "a zombie holds nothing";
    child.collect();
    EXPECT_TRUE(is_dead(child.holder));
}

TEST(Holder, ANumberUsedAgainIsAnotherProcess) {
    EXPECT_TRUE(is_dead(with_part(this_holder(), 4, "1")));
}

TEST(Holder, ElsewhereNothingIsKnown) {
    for (const int part : {0, 1, 2}) {
        const std::string gone = with_part(with_part(this_holder(), 4, "1"), part, "elsewhere");
        EXPECT_FALSE(is_dead(gone)) << gone;
    }
    for (const char* text : {"", "x", "a/b/c/d", "a/b/c/d/e/f"})
        EXPECT_FALSE(is_dead(text)) << text;
}

TEST(Holder, Described) {
    EXPECT_EQ(describe_holder("db1/boot/ns/4711/99"), "process 4711 on host db1");
    EXPECT_EQ(describe_holder("something else"), "something else");
}

}  // namespace
}  // namespace ringtail
