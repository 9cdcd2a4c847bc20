import Foundation
import Testing

/// Conversions of numbers that come from outside neither clamp nor trap.
///
/// `Shared/Formats/UncheckedConversions.swift` makes each unlabelled conversion that can trap an error of the build, in every file that
/// imports `Formats`. These tests see to it that every file with such a conversion does, and find arithmetic that the compiler cannot.
@Suite struct NumberConversionTests {
    /// The folders whose code reads providers' responses, uploads, events, AWS's responses, the Runtime API or artifacts.
    private static let readers = [
        "Shared/Formats", "Shared/Market", "Shared/Providers", "Shared/HTTP", "Shared/AWS", "Shared/Objects", "Shared/Backtest",
        "Runtime/LambdaEvents", "Runtime/LambdaRuntime", "Functions",
    ]
    private static let artifacts = ["Shared/Forecasting/Safetensors.swift", "Shared/Forecasting/Artifact.swift"]

    private static func files() throws -> [URL] {
        try Sources.swiftFiles(under: readers) + artifacts.map { Sources.root.appending(path: $0) }
    }

    private static func code(_ line: Substring) -> Substring { line.firstRange(of: "//").map { line[..<$0.lowerBound] } ?? line }

    @Test func `Every file that converts numbers from outside imports the checked conversions`() throws {
        let conversion = /\bU?Int(8|16|32|64)?(\.init\b|\((?!\w+:))/
        var found: [String] = []
        for file in try Self.files() where !file.path.contains("/Shared/Formats/") && !file.path.contains("/Market/Data/") {
            let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            guard lines.contains(where: { Self.code($0).contains(conversion) }) else { continue }
            if !lines.contains(where: { $0 == "import Formats" || $0 == "package import Formats" }) { found.append(file.lastPathComponent) }
        }
        #expect(found.isEmpty, "\(found.joined(separator: ", ")) must import Formats")
    }

    /// Lines that multiply or add up whole numbers and may do so, by file, each with the reason.
    private static let allowed: [String: (count: Int, reason: String)] = [
        "HTTPDate.swift": (1, "year, day and time are bounded first"),
        "Easter.swift": (3, "the year is that of a date"),
        "SessionHours.swift": (1, "four digits"),
        "Instant.swift": (5, "milliseconds are bounded first; instants and dates are those of years of four digits"),
        "UTCTime.swift": (3, "a date has a year of four digits, the other parts are bounded"),
        "MarketTimeZone.swift": (2, "the embedded data's own headers, and seconds of a day"),
        "PosixTimeZoneRule.swift": (3, "the embedded data's own rules"),
        "RawResponse+Table.swift": (1, "at most 64 bytes"),
        "SplitFactors.swift": (1, "floating-point numbers"),
        "Yahoo.swift": (1, "a constant"),
        "SigningTime.swift": (1, "fourteen digits"),
        "TrainingBenchmark.swift": (1, "a benchmark's own sessions"),
        "Deadline.swift": (2, "the system's clock, and durations of at most a deadline"),
        "InvocationLoop.swift": (1, "a pause of the runtime's own"),
        "CrossCheck.swift": (1, "weeks are bounded first"),
        "RunOpening.swift": (1, "weeks are bounded first"),
        "ResponseProjector.swift": (1, "a constant"),
        "PerformanceSummaryCache.swift": (1, "the hour of an instant"),
        "Train+Ensemble.swift": (1, "a constant"),
        "CrashReport.swift": (1, "the width of a number"),
        "Train.swift": (1, "the days of a plan of our own"),
        "Safetensors.swift": (2, "lengths of arrays in memory"),
    ]

    @Test func `Whole numbers from outside are multiplied and added up with checks`() throws {
        let unit =
            /\*\s*(1000|1_000|3600|3_600|86400|86_400|1_000_000|60|7|4)\b|\b(1000|1_000|3600|86_400|1_000_000|7|4)\s*\*|reduce\(1, ?\*\)/
        var found: [String: [String]] = [:]
        for file in try Self.files() where !file.path.contains("/Market/Data/") {
            for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") where Self.code(line).contains(unit) {
                found[file.lastPathComponent, default: []].append(line.trimmingCharacters(in: .whitespaces))
            }
        }
        for (file, lines) in found where lines.count > Self.allowed[file]?.count ?? 0 {
            Issue.record("\(file): check the product, or state here why it fits: \(lines.joined(separator: " | "))")
        }
    }
}
