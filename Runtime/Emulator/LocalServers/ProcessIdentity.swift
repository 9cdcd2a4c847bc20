import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// A process that can be told from a later one with the same id.
package struct ProcessIdentity: Sendable, Hashable, Codable {
    package let pid: Int32
    /// Clock ticks from the machine's start to the process's.
    let started: UInt64
    /// The machine's run that `started` counts from.
    let boot: String

    /// nil when there is no such process, or only its exit status is left.
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

    /// Does nothing when the process has ended.
    package func signal(_ number: CInt) {
        if isAlive { _ = kill(pid, number) }
    }

    /// Polls until the process has ended; false when it has not within `limit`.
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
