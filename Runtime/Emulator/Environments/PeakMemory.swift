import Glibc

/// Reads the peak resident memory of a process, `VmHWM` in `/proc/PID/status`.
enum PeakMemory {
    /// Megabytes, rounded up; `nil` when the process is gone or the system has no `/proc`.
    static func megabytes(of pid: pid_t) -> Int? {
        let file = open("/proc/\(pid)/status", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        return withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
            let count = read(file, buffer.baseAddress, buffer.count)
            guard count > 0 else { return nil }
            return kilobytes(in: UnsafeRawBufferPointer(buffer)[..<count]).map { ($0 + 1023) / 1024 }
        }
    }

    static func kilobytes(in status: some Collection<UInt8>) -> Int? {
        for line in status.split(separator: UInt8(ascii: "\n")) where line.starts(with: "VmHWM:".utf8) {
            return line.reduce(into: 0) { total, byte in
                if (0x30...0x39).contains(byte) { total = total * 10 + Int(byte - 0x30) }
            }
        }
        return nil
    }
}
