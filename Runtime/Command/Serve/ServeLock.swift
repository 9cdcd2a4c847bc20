import Emulator

#if canImport(Glibc)
    import Glibc
#endif

/// Sees to it that a state folder has one emulator at most.
enum ServeLock {
    /// Taken until this process ends, however it ends. Throws a sentence that names the holder when there is one.
    static func take(_ paths: ProjectPaths) throws {
        let path = "\(paths.emulator)/serve.lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CommandError("\(path) cannot be opened: \(String(cString: strerror(errno)))") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            let holder = ServeRecord.running(paths).map { " as process \($0.process.pid)" } ?? ""
            throw CommandError(
                "the emulator of \(paths.state) runs already, or is being started,\(holder): `bellwether status` shows it, "
                    + "`bellwether down` ends it")
        }
    }
}
