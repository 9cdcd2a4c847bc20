import Foundation

/// Programs of this machine by what their command lines say.
enum RunningPrograms {
    /// The first living process that has exactly this among its arguments and a port in them.
    static func first(with argument: String, where port: ([String]) -> Int?) -> (port: Int, process: ProcessIdentity)? {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
            guard let pid = Int32(name), let line = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") else { continue }
            let arguments = line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            if arguments.contains(argument), let port = port(arguments), let process = ProcessIdentity(pid: pid) { return (port, process) }
        }
        return nil
    }
}

extension [String] {
    /// The number in the first of them that begins with `prefix`.
    func firstNumber(after prefix: String) -> Int? {
        lazy.filter { $0.hasPrefix(prefix) }.compactMap { Int($0.dropFirst(prefix.count)) }.first
    }
}
