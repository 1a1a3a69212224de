#include "support/zookeeper_server.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "support/free_port.hpp"

namespace ringtail::test {
namespace {

constexpr const char* kJava = "/usr/bin/java";
constexpr const char* kJar = "/usr/share/java/zookeeper.jar";

}  // namespace

ZooKeeperServer::ZooKeeperServer() : port_(free_port()) {
    if (!std::filesystem::exists(kJar) || !std::filesystem::exists(kJava)) {
        throw std::runtime_error(
            "no ZooKeeper is installed: apt-get install libzookeeper-java default-jre-headless");
    }
    std::filesystem::create_directories(folder_.path() + "/data");
    std::ofstream(folder_.path() + "/zoo.cfg")
        << "tickTime=500\ndataDir=" << folder_.path() << "/data\nclientPortAddress=127.0.0.1\n"
        << "clientPort=" << port_
        << "\nmaxSessionTimeout=30000\nadmin.enableServer=false\n4lw.commands.whitelist=srvr\n";
    start();
}

void ZooKeeperServer::start() {
    process_ = std::make_unique<Process>(
        std::vector<std::string>{kJava, "-Xmx128m", "-Dzookeeper.forceSync=no", "-cp", kJar,
                                 "org.apache.zookeeper.server.ZooKeeperServerMain",
                                 folder_.path() + "/zoo.cfg"},
        std::map<std::string, std::string>{}, folder_.path());
    while (!process_->ended_within(std::chrono::milliseconds(50))) {
        if (answers()) return;
    }
    const std::string said = process_->out_so_far() + process_->err_so_far();
    process_.reset();
    throw std::runtime_error("ZooKeeper ended: " + said);
}

void ZooKeeperServer::kill() {
    process_->send(SIGKILL);
    process_->wait();
    process_.reset();
}

bool ZooKeeperServer::answers() const {
    const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
    // One that came while it started may never be answered.
    const timeval patience{.tv_sec = 1, .tv_usec = 0};
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port_));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    // "ruok" is answered before it takes sessions; its mode is known only then.
    std::string answer;
    if (::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
        ::send(socket, "srvr", 4, MSG_NOSIGNAL) == 4) {
        char bytes[1024];
        ssize_t got = 0;
        while ((got = ::recv(socket, bytes, sizeof bytes, 0)) > 0)
            answer.append(bytes, static_cast<std::size_t>(got));
    }
    ::close(socket);
    return answer.find("Mode: ") != std::string::npos;
}

}  // namespace ringtail::test
