import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// Processes as `/proc` shows them.
enum ProcessTable {
    /// Seconds of CPU time, user and system, that the living threads of a process have used; nil when it is gone.
    static func processorSeconds(of pid: Int32) -> Double? {
        let folder = "/proc/\(pid)/task"
        guard let threads = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return nil }
        return threads.reduce(0) { sum, thread in
            let fields = read("\(folder)/\(thread)/schedstat").split(separator: " ")
            return sum + (fields.first.flatMap { Double($0) } ?? 0) / 1e9
        }
    }

    /// Megabytes of resident memory now.
    static func residentMegabytes(of pid: Int32) -> Double? {
        let fields = read("/proc/\(pid)/statm").split(separator: " ")
        guard fields.count > 1, let pages = Double(fields[1]) else { return nil }
        return pages * Double(sysconf(CInt(_SC_PAGESIZE))) / 1_048_576
    }

    /// The processes that a process has started and that live.
    static func children(of pid: Int32) -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.filter { child in
            let stat = read("/proc/\(child)/stat")
            guard let end = stat.lastIndex(of: ")") else { return false }
            let fields = stat[stat.index(after: end)...].split(separator: " ")
            return fields.count > 1 && Int32(fields[1]) == pid
        }
    }

    private static func read(_ path: String) -> String {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
