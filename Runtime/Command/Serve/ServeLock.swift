import Emulator

#if canImport(Glibc)
    import Glibc
#endif

/// What the emulator's process holds for as long as it lives, so that a state folder has one at most.
struct ServeLock: ~Copyable {
    private let descriptor: CInt
    private init(_ descriptor: CInt) { self.descriptor = descriptor }
    deinit { close(descriptor) }

    /// Throws a sentence that names the holder when there is one.
    static func take(_ home: Home) throws -> ServeLock {
        let path = "\(home.emulator)/serve.lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw CommandFailure("\(path) cannot be opened: \(String(cString: strerror(errno)))") }
        let lock = ServeLock(descriptor)
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = ServeRecord.running(home).map { " as process \($0.process.pid)" } ?? ""
            throw CommandFailure(
                "the emulator of \(home.state) runs already, or is being started,\(holder): `bellwether status` shows it, "
                    + "`bellwether down` ends it")
        }
        return lock
    }
}
