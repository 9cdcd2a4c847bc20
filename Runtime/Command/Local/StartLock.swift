#if canImport(Glibc)
    import Glibc
#endif

/// Lets one command at a time start things in a state folder.
struct StartLock {
    private let descriptor: CInt

    /// Waits for its turn.
    static func take(_ paths: ProjectPaths) async throws -> StartLock {
        let path = "\(paths.state)/start.lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CommandError("\(path) cannot be opened: \(String(cString: strerror(errno)))") }
        var hasSaid = false
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            if !hasSaid { Console.message("Another command is starting the emulator; waiting for it.") }
            hasSaid = true
            do { try await Task.sleep(for: .milliseconds(50)) } catch {
                close(descriptor)
                throw error
            }
        }
        return StartLock(descriptor: descriptor)
    }

    func release() { close(descriptor) }
}
