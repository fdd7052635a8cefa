// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace twinhull::runtime {

/// What hull and `criu swrk` say to each other (criu.org/RPC, images/rpc.proto of criu).

enum class CriuRequest : int {
    Nothing = 0,
    Dump = 1,
    Restore = 2,
    PreDump = 4,
    Notify = 6, ///< criu tells of a moment and waits for the answer
    FeatureCheck = 9,
};

/// How criu treats cgroups (criu(8), --manage-cgroups).
enum class CgroupMode : int { Ignore = 0, Full = 4, Strict = 5, Soft = 3 };

enum class NetworkLock : int { Iptables = 1, Nftables = 2 };

struct PageServer {
    std::string address;
    int port = 0;
};

/// A namespace that restored processes join instead of getting their own: "ipc", and a path.
struct JoinedNamespace {
    std::string kind;
    std::string path;
};

/// criu_opts. Descriptors are criu's. Empty texts and switches that are off are not sent.
struct CriuOptions {
    int imagesFolder = -1;
    int workFolder = -1;
    std::string logFile;
    int pid = 0;
    std::string root;
    std::string parentImages; ///< relative to the folder of images
    std::vector<std::pair<std::string, std::string>> externalMounts; ///< criu(8), "mnt"
    std::vector<std::pair<std::string, int>> inherited; ///< a key, and a descriptor
    std::vector<std::string> externals; ///< "net[4026531840]:extRootNetNS"
    std::vector<JoinedNamespace> joined;
    std::optional<std::string> cgroupRoot; ///< in the cgroup v2 tree, where restored processes belong
    std::string freezeCgroup;
    std::string lsmProfile;
    std::string lsmMountContext;
    std::optional<PageServer> pageServer;
    CgroupMode cgroups = CgroupMode::Soft;
    std::optional<NetworkLock> networkLock;
    std::uint32_t emptyNamespaces = 0; ///< CLONE_NEWNET or 0
    bool leavesRunning = false;
    bool tracksMemory = false;
    bool allowsTcp = false;
    bool closesTcp = false;
    bool skipsTcpInFlight = false;
    bool allowsUnixSockets = false;
    bool isShellJob = false;
    bool hasFileLocks = false;
    bool linksDeletedFiles = false;
    bool dedupesImages = false;
    bool isLazy = false;
    bool becomesSibling = false; ///< restored processes are hull's children, not criu's
};

std::string encodeRequest(CriuRequest request, const CriuOptions& options);
std::string encodeFeatureQuestion();

enum class Answer { GoOn, Stop };
std::string encodeNotifyAnswer(Answer answer);

/// criu_resp.
struct CriuResponse {
    CriuRequest type = CriuRequest::Nothing;
    bool isSuccess = false;
    std::string moment; ///< of a Notify: "post-dump"
    int pid = 0; ///< of the first process that is restored
    int number = 0; ///< errno; 0: none was told
    std::string error; ///< the first error of criu's log
    bool canTrackMemory = false;
    bool canRestoreLazily = false;
};

/// Corrupt where `bytes` is no such message.
Result<CriuResponse> decodeResponse(std::string_view bytes);

} // namespace twinhull::runtime
