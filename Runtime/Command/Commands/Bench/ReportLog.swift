import Foundation

/// Reads the REPORT lines of the functions' logs.
struct ReportLog {
    /// One invocation.
    struct Line {
        let milliseconds, megabytes: Double
        let isFailure: Bool

        /// nil when it is not a REPORT line.
        init?(_ line: Substring) {
            guard line.hasPrefix("REPORT "), let milliseconds = Line.number(after: "\tDuration: ", in: line),
                let megabytes = Line.number(after: "Max Memory Used: ", in: line)
            else { return nil }
            self.milliseconds = milliseconds
            self.megabytes = megabytes
            isFailure = line.contains("\tStatus: ")
        }

        private static func number(after name: String, in line: Substring) -> Double? {
            line.range(of: name).flatMap { Double(line[$0.upperBound...].prefix { $0.isNumber || $0 == "." }) }
        }
    }

    let folder: String

    /// The number of lines of each function.
    func counts() -> [String: Int] { all().mapValues(\.count) }

    /// The lines by function, without the first ones that `seen` counts.
    func lines(after seen: [String: Int]) -> [String: [Line]] {
        var found: [String: [Line]] = [:]
        for (function, lines) in all() {
            let new = Array(lines.dropFirst(seen[function] ?? 0))
            if !new.isEmpty { found[function] = new }
        }
        return found
    }

    private func all() -> [String: [Line]] {
        var lines: [String: [Line]] = [:]
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        for name in names.filter({ $0.hasSuffix(".log") }).sorted() {
            let function = String(name.dropLast(4).split(separator: "-").last ?? "")
            // A rotated file is the older part.
            for path in ["\(folder)/\(name).1", "\(folder)/\(name)"] {
                let text = String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
                lines[function, default: []] += text.split(separator: "\n").compactMap(Line.init)
            }
        }
        return lines
    }
}
