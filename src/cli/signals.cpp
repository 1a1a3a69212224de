#include "cli/signals.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>

namespace ringtail::cli {
namespace {

// Blocked signals are queued even when they are ignored: those must not be waited for.
bool is_ignored(int signal) {
    struct sigaction action = {};
    return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

int checked(int fd, const char* what) {
    if (fd < 0) throw std::system_error(errno, std::generic_category(), what);
    return fd;
}

}  // namespace

Signals::Signals(Say say) : say_(std::move(say)) {
    sigset_t wanted;
    ::sigemptyset(&wanted);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) {
        if (!is_ignored(signal)) ::sigaddset(&wanted, signal);
    }
    ::pthread_sigmask(SIG_BLOCK, &wanted, &before_);
    signals_ = checked(::signalfd(-1, &wanted, SFD_CLOEXEC), "signalfd");
    ended_ = checked(::eventfd(0, EFD_CLOEXEC), "eventfd");
    thread_ = std::jthread([this] { watch(); });
}

Signals::~Signals() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(ended_, &one, sizeof one);
    thread_.join();
    ::close(signals_);
    ::close(ended_);
    ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void Signals::watch() {
    using Clock = std::chrono::steady_clock;
    Clock::time_point deadline = Clock::time_point::max();
    while (true) {
        std::array<pollfd, 2> waits{{{signals_, POLLIN, 0}, {ended_, POLLIN, 0}}};
        int pause = -1;
        if (deadline != Clock::time_point::max()) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
            pause = static_cast<int>(std::max<std::int64_t>(left.count(), 0));
        }
        const int ready = ::poll(waits.data(), waits.size(), pause);
        if (ready < 0 && errno == EINTR) continue;
        if (waits[1].revents != 0) return;
        if (ready == 0) {
            say_("not done in time: ended at once; what was not committed is rolled back");
            ::_exit(1);
        }
        signalfd_siginfo info = {};
        if (::read(signals_, &info, sizeof info) != sizeof info) continue;
        if (stop_.stop_requested()) ::_exit(128 + static_cast<int>(info.ssi_signo));
        say_(
            "stopping; what is under way is finished or rolled back. A second signal ends at once");
        deadline = Clock::now() + kDeadline;
        stop_.request_stop();
    }
}

}  // namespace ringtail::cli
