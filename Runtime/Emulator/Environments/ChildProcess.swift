import Foundation
import Glibc

/// The exit status of a process, described as in Lambda's `Runtime.ExitError`.
enum ExitStatus: Sendable, Equatable, CustomStringConvertible {
    case code(Int32)
    case signal(Int32)

    var description: String {
        switch self {
        case .code(0): "Runtime exited without providing a reason"
        case .code(let code): "Runtime exited with error: exit status \(code)"
        case .signal(let number): "Runtime exited with error: signal: \(Self.names[number] ?? "signal \(number)")"
        }
    }

    private static let names: [Int32: String] = [
        SIGKILL: "killed", SIGSEGV: "segmentation fault", SIGABRT: "aborted", SIGILL: "illegal instruction",
        SIGTRAP: "trace/breakpoint trap",
        SIGTERM: "terminated", SIGBUS: "bus error", SIGFPE: "floating point exception", SIGINT: "interrupt", SIGPIPE: "broken pipe",
    ]
}

/// A process could not be started; `code` is an `errno`.
struct SpawnError: Error, CustomStringConvertible {
    let executable: String
    let code: CInt
    var description: String { "cannot start \(executable): \(String(cString: strerror(code)))" }
}

/// One `bootstrap` process, leader of its own process group.
struct ChildProcess: Sendable {
    let pid: pid_t
    /// The non-blocking read end of the pipe for the child's standard output and error. `ProcessOutput` closes it.
    let output: CInt

    /// Starts `executable` in `folder` with exactly `environment`, default signal handling and no inherited descriptors.
    ///
    /// Call this on a thread that outlives the child: Linux kills the child when the thread ends, hence also with the emulator.
    static func spawn(_ executable: String, in folder: String, environment: [String: String]) throws(SpawnError) -> ChildProcess {
        guard access(executable, X_OK) == 0 else { throw SpawnError(executable: executable, code: errno) }
        var pipe: [CInt] = [-1, -1]
        guard Glibc.pipe(&pipe) == 0 else { throw SpawnError(executable: executable, code: errno) }
        defer { close(pipe[1]) }
        for end in pipe { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }

        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, pipe[1], 1)
        posix_spawn_file_actions_adddup2(&actions, pipe[1], 2)
        _ = GlibcSpawnActions.closeFrom?(&actions, 3)
        _ = GlibcSpawnActions.changeFolder?(&actions, folder)
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        let arguments = killedWithParent + [executable]
        var argv: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for text in argv + envp { free(text) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, arguments[0], &actions, &attributes, &argv, &envp)
        guard code == 0 else {
            close(pipe[0])
            throw SpawnError(executable: executable, code: code)
        }
        _ = fcntl(pipe[0], F_SETFL, O_NONBLOCK)
        return ChildProcess(pid: pid, output: pipe[0])
    }

    /// Calls `body` on a separate thread when the process has ended. The process stays unreaped, so that its id is not reused.
    func whenEnded(_ body: @escaping @Sendable () -> Void) {
        let thread = Thread { [pid] in
            var info = siginfo_t()
            while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) == -1 && errno == EINTR {}
            body()
        }
        thread.stackSize = 1 << 16
        thread.start()
    }

    /// Signals every process of the group. Not allowed after `reap`.
    func signalGroup(_ number: CInt) {
        _ = kill(-pid, number)
    }

    /// Kills the rest of the group and collects the leader's exit status. Call this once, after `whenEnded`.
    func reap() -> ExitStatus {
        signalGroup(SIGKILL)
        var status: CInt = 0
        while waitpid(pid, &status, 0) == -1 && errno == EINTR {}
        return status & 0x7f == 0 ? .code((status >> 8) & 0xff) : .signal(status & 0x7f)
    }

    private static let killedWithParent: [String] = {
        let setpriv = "/usr/bin/setpriv"
        return access(setpriv, X_OK) == 0 ? [setpriv, "--pdeathsig", "KILL", "--"] : []
    }()
}

/// Two file actions that glibc exports but declares only for `_GNU_SOURCE`, which Swift's Glibc module does not set.
enum GlibcSpawnActions {
    typealias Actions = UnsafeMutablePointer<posix_spawn_file_actions_t>

    static let closeFrom: (@convention(c) (Actions, CInt) -> CInt)? = symbol("posix_spawn_file_actions_addclosefrom_np").map {
        unsafeBitCast($0, to: (@convention(c) (Actions, CInt) -> CInt).self)
    }

    static let changeFolder: (@convention(c) (Actions, UnsafePointer<CChar>) -> CInt)? = symbol("posix_spawn_file_actions_addchdir_np").map
    {
        unsafeBitCast($0, to: (@convention(c) (Actions, UnsafePointer<CChar>) -> CInt).self)
    }

    private static func symbol(_ name: String) -> UnsafeMutableRawPointer? { dlsym(dlopen(nil, RTLD_NOW), name) }
}
