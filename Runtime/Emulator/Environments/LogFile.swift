import Glibc
import NIOCore

/// The log file of one function, for its owner only, written every 50 ms. Bound to the pool's event loop.
final class LogFile {
    /// Bytes after which the file is renamed to `….1` and a new one is started.
    static let rotation = 64 << 20

    private let path: String
    private let loop: any EventLoop
    private var file: CInt
    private var size: Int
    private var buffer: [UInt8] = []
    private var isScheduled = false
    /// The last lines could not be written because the disk is full.
    private(set) var isDiskFull = false

    init(path: String, loop: any EventLoop) {
        self.path = path
        self.loop = loop
        file = Self.open(path)
        size = max(0, Int(lseek(file, 0, SEEK_END)))
    }

    deinit {
        flush()
        if file >= 0 { close(file) }
    }

    /// Negative when the file cannot be opened; the next flush tries again.
    private static func open(_ path: String) -> CInt { Glibc.open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600) }

    func append(_ bytes: some Collection<UInt8>) {
        buffer.append(contentsOf: bytes)
        guard !isScheduled else { return }
        isScheduled = true
        loop.assumeIsolated().scheduleTask(in: .milliseconds(50)) { [weak self] in self?.flush() }
    }

    func flush() {
        isScheduled = false
        guard !buffer.isEmpty else { return }
        if file < 0 { file = Self.open(path) }
        var written = 0
        isDiskFull = false
        while written < buffer.count {
            let count = buffer[written...].withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                isDiskFull = count == 0 || DiskSpace.isExhausted(errno)
                break
            }
            written += count
        }
        size += written
        buffer.removeAll(keepingCapacity: true)
        guard size > Self.rotation else { return }
        rename(path, path + ".1")
        close(file)
        file = Self.open(path)
        size = 0
    }
}
