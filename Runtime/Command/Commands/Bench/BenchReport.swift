import Foundation

/// The result of a benchmark: figures with their units, and the conditions of the measurement.
struct BenchReport: Codable, Sendable {
    struct Figure: Codable, Sendable {
        let name: String
        let value: Double
        let unit: String
        /// A description of the value that the figure is compared with.
        var note: String?
    }

    let benchmark: String
    /// Versions, threads, rounds and flags that are needed to repeat the measurement.
    var conditions: [String: String] = [:]
    var figures: [Figure] = []

    init(_ benchmark: String) {
        self.benchmark = benchmark
        conditions["bellwether"] = BuildInfo.build
        conditions["processor"] = BuildInfo.processor
        conditions["processors"] = "\(ProcessInfo.processInfo.activeProcessorCount)"
        conditions["load_before"] = BenchReport.load
    }

    mutating func add(_ name: String, _ value: Double, _ unit: String, note: String? = nil) {
        figures.append(Figure(name: name, value: value, unit: unit, note: note))
    }

    func print(asJSON: Bool) throws {
        guard !asJSON else {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            encoder.nonConformingFloatEncodingStrategy = .convertToString(positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
            return Console.output(String(decoding: try encoder.encode(self), as: UTF8.self))
        }
        Console.output("bench \(benchmark)")
        for (name, text) in conditions.sorted(by: { $0.key < $1.key }) { Console.output("  \(name): \(text)") }
        for figure in figures {
            Console.output("\(figure.name): \(BenchReport.text(figure.value)) \(figure.unit)\(figure.note.map { " (\($0))" } ?? "")")
        }
    }

    /// About four significant digits.
    static func text(_ value: Double) -> String {
        switch abs(value) {
        case 1000...: Console.fixed(value, 0)
        case 100...: Console.fixed(value, 1)
        case 1...: Console.fixed(value, 2)
        default: Console.fixed(value, 4)
        }
    }

    private static var load: String {
        FileManager.default.contents(atPath: "/proc/loadavg").map {
            String(decoding: $0, as: UTF8.self).split(separator: " ").prefix(1).joined()
        } ?? "unknown"
    }
}
