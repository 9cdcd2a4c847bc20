import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// CPU time and memory of processes, from `/proc`.
enum ProcessTable {
    /// CPU seconds, user and system, of a process including ended threads, in steps of 10 ms; nil when the process has ended.
    static func processorSeconds(of pid: Int32) -> Double? {
        let fields = statistics(pid)
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return nil }
        return (user + system) / Double(sysconf(CInt(_SC_CLK_TCK)))
    }

    /// CPU seconds of a process's living threads, to the nanosecond; nil when the process has ended.
    static func threadSeconds(of pid: Int32) -> Double? {
        let folder = "/proc/\(pid)/task"
        guard let threads = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return nil }
        return threads.reduce(0) { sum, thread in
            let fields = read("\(folder)/\(thread)/schedstat").split(separator: " ")
            return sum + (fields.first.flatMap { Double($0) } ?? 0) / 1e9
        }
    }

    /// The resident memory in megabytes.
    static func residentMegabytes(of pid: Int32) -> Double? {
        let fields = read("/proc/\(pid)/statm").split(separator: " ")
        guard fields.count > 1, let pages = Double(fields[1]) else { return nil }
        return pages * Double(sysconf(CInt(_SC_PAGESIZE))) / 1_048_576
    }

    /// The living child processes of a process.
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
