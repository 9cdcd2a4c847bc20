import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// Starts programs that outlive this process: in their own session, without inherited descriptors, with output to a file.
package enum DetachedProcess {
    /// Starts a program and appends its output to `log`. `arguments[0]` is the program's path.
    package static func start(
        _ arguments: [String], environment: [String: String], folder: String, log: String
    ) throws(LocalServerError) -> ProcessIdentity {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        _ = GlibcSpawnActions.closeFrom?(&actions, 3)
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        // Both programs replace themselves, so that the process id is the server's.
        let wrapped = ["/usr/bin/env", "-C", folder, "/usr/bin/setsid"] + arguments
        var argv: [UnsafeMutablePointer<CChar>?] = wrapped.map { strdup($0) } + [nil]
        var envp: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0)=\($1)") } + [nil]
        defer { for text in argv + envp { free(text) } }
        var pid: pid_t = 0
        let code = posix_spawn(&pid, wrapped[0], &actions, &attributes, &argv, &envp)
        guard code == 0 else { throw LocalServerError("cannot start \(arguments[0]): \(String(cString: strerror(code)))") }
        let identity = ProcessIdentity(pid: pid)
        collectStatus(of: pid)
        guard let identity else { throw .ended(arguments[0], log: log) }
        return identity
    }

    /// Waits for the end on a separate thread, so that the process does not stay a zombie, which other waits for child processes would find.
    private static func collectStatus(of pid: pid_t) {
        Thread.detachNewThread {
            var status: CInt = 0
            while waitpid(pid, &status, 0) == -1, errno == EINTR {}
        }
    }
}
