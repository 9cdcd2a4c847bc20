import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// Identifies a process, also after its id was reused: by id, start time and boot.
package struct ProcessIdentity: Sendable, Hashable, Codable {
    package let pid: Int32
    /// Clock ticks between the boot and the start of the process.
    let started: UInt64
    /// The id of the boot that `started` counts from.
    let boot: String

    /// Returns nil when the process does not exist or is a zombie.
    package init?(pid: Int32) {
        guard let stat = FileManager.default.contents(atPath: "/proc/\(pid)/stat"), let end = stat.lastIndex(of: UInt8(ascii: ")")) else {
            return nil
        }
        let fields = String(decoding: stat[(end + 1)...], as: UTF8.self).split(separator: " ")
        guard fields.count > 19, fields[0] != "Z", fields[0] != "X", let started = UInt64(fields[19]) else { return nil }
        self.pid = pid
        self.started = started
        boot = ProcessIdentity.thisBoot
    }

    package var isAlive: Bool { ProcessIdentity(pid: pid) == self }

    /// Sends a signal; does nothing when the process has ended.
    package func signal(_ number: CInt) {
        if isAlive { _ = kill(pid, number) }
    }

    /// Waits until the process has ended; returns false after `limit`.
    package func waitForEnd(_ limit: Duration) async -> Bool {
        let deadline = ContinuousClock.now + limit
        while isAlive {
            guard ContinuousClock.now < deadline else { return false }
            try? await Task.sleep(for: .milliseconds(20))
            if Task.isCancelled { return !isAlive }
        }
        return true
    }

    private static let thisBoot: String = {
        let text = FileManager.default.contents(atPath: "/proc/sys/kernel/random/boot_id") ?? Data()
        return String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }()
}
