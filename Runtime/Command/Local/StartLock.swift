#if canImport(Glibc)
    import Glibc
#endif

/// Allows one command at a time to start servers in a state folder.
struct StartLock {
    private let descriptor: CInt

    /// Waits for the lock. Unless `isSilent`, a wait is explained on standard error.
    static func take(_ paths: ProjectPaths, isSilent: Bool = false) async throws -> StartLock {
        let path = "\(paths.state)/start.lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CommandError("\(path) cannot be opened: \(String(cString: strerror(errno)))") }
        var hasPrinted = isSilent
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if !hasPrinted { Console.message("Another command is starting the emulator; waiting for it.") }
            hasPrinted = true
            do { try await Task.sleep(for: .milliseconds(50)) } catch {
                close(descriptor)
                throw error
            }
        }
        return StartLock(descriptor: descriptor)
    }

    func release() { close(descriptor) }
}
