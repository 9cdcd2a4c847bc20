import Emulator

#if canImport(Glibc)
    import Glibc
#endif

/// Allows at most one emulator per state folder.
enum ServeLock {
    /// Takes the lock until this process ends. Throws an error with the other process when it is taken.
    static func take(_ paths: ProjectPaths) throws {
        let path = "\(paths.emulator)/serve.lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CommandError("\(path) cannot be opened: \(String(cString: strerror(errno)))") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            let holder = ServeRecord.running(paths).map { " as process \($0.process.pid)" } ?? ""
            throw CommandError(
                "the emulator of \(paths.state) is already running or starting\(holder): `bellwether status` shows it, "
                    + "`bellwether down` stops it")
        }
    }
}
