import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// Processes as `/proc` shows them.
enum ProcessTable {
    /// Seconds of CPU time, user and system, that a process has used, ended threads included, in steps of 10 ms; nil when it is gone.
    static func processorSeconds(of pid: Int32) -> Double? {
        let fields = statistics(pid)
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return nil }
        return (user + system) / Double(sysconf(CInt(_SC_CLK_TCK)))
    }

    /// The same to the nanosecond, without threads that have ended.
    static func threadSeconds(of pid: Int32) -> Double? {
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
            let fields = statistics(child)
            return fields.count > 1 && Int32(fields[1]) == pid
        }
    }

    /// The fields of `/proc/PID/stat` from the state on; none when the process is gone.
    private static func statistics(_ pid: Int32) -> [Substring] {
        let stat = read("/proc/\(pid)/stat")
        return stat.lastIndex(of: ")").map { stat[stat.index(after: $0)...].split(separator: " ") } ?? []
    }

    private static func read(_ path: String) -> String {
        FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
