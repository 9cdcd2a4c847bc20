import Foundation

/// Finds running programs by their command lines.
enum RunningPrograms {
    /// The first running process with this argument and a port in its command line.
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
    /// The number after the prefix in the first element that begins with it.
    func firstNumber(after prefix: String) -> Int? {
        lazy.filter { $0.hasPrefix(prefix) }.compactMap { Int($0.dropFirst(prefix.count)) }.first
    }
}
