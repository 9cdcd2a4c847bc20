import Foundation
import Testing

/// Identifiers that were replaced by the field's terms (`Shared/TERMS.md`) and must not come back: types, functions and files. Words in
/// sentences are free.
@Suite struct RetiredIdentifiersTests {
    private static let types: Set<String> = [
        "AWSCaller", "AbsentColumns", "ActionRows", "Answer", "AnswerRows", "BacktestBench", "BarIntake", "Barrier", "Bell", "BuildFacts",
        "CSVAnswer", "CSVLines", "ChartJSON", "Contender", "CrossMember", "CrossSessions", "DatedFacts", "DecimalParser", "Decisions",
        "Deployed", "Drawn", "EvaluationBook", "EventEcho", "ExportFailure", "Finding", "FitProgress", "FitSpeed", "Fold", "FoldedAnswer",
        "ForecastQuestion", "ForecastRecord", "ForecastRefusal", "FormEncoding", "Four", "HTTPFailure", "HandedIn", "Home", "HorizonTally",
        "IngestSpeed", "Interrupt", "IntradayRows", "Issued", "Issuer", "JSONAnswer", "JSONRefusal", "JSONScanner", "JSONText", "JobLine",
        "Journey", "Judged", "Judgement", "Kept", "KeptForecasts", "Knowledge", "KnownCalendars", "KnownFactors", "Lane", "Lanes",
        "LayerMemory", "Lesson", "Limit", "LiveRecord", "LivedMarket", "LocalStamp", "Look", "Machine", "MachineClient", "MeasuredRound",
        "MemberWindows", "MetricText", "ModelKinds", "MonitorAnswer", "NetworkFailure", "NormMemory", "OperatorWord", "OriginBook", "Pages",
        "Place", "PreferredSeries", "ProviderAnswer", "ProviderRefusal", "Recipe", "Recurrences", "Refusal", "RefusalText",
        "RefusedArtifacts", "RefusingServer", "RejectedRow", "Release", "ReplyParser", "Rest", "Room", "RootShares", "Roster", "RunPart",
        "RunSummary", "RunWatch", "S3Refusal", "Schedules", "Screen", "ScreenedBar", "Screening", "SelfReading", "SequenceRun",
        "SeriesCheck", "ServerTrouble", "Settling", "Shared", "ShortFit", "SilentProviders", "SliceSummary", "SpeakingProviders",
        "SpreadCalibration", "StoredAnswer", "SymbolChange", "TickRule", "Timekeeper", "Told", "TrackRecord", "Trained", "Trouble", "Turn",
        "UnreadableArtifact", "Verdict", "Violation", "WalkSchedule", "Walked", "WindowTrees", "Wire",
    ]
    private static let functions: Set<String> = [
        "asTraded", "believed", "foldObject", "giveUp", "handOn", "inWholes", "isSettled", "judge", "makeUp", "mend", "removeLater",
        "silent", "spoken", "takeNotes", "tell", "travel", "witness",
    ]
    private static let files: Set<String> = types.union(["Hypotenuse"])

    @Test func `No retired identifier is declared`() throws {
        let declaration = /\b(struct|class|enum|actor|protocol|typealias|func) `?(\w+)/
        var found: [String] = []
        for file in try Sources.swiftFiles(under: ["Functions", "Runtime", "Shared", "Tests"]) {
            let name = file.lastPathComponent
            if Self.files.contains(String(name.prefix { $0 != "+" && $0 != "." })) { found.append(name) }
            for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
                let code = line.firstRange(of: "//").map { line[..<$0.lowerBound] } ?? line
                for match in code.matches(of: declaration) {
                    let retired = match.1 == "func" ? Self.functions : Self.types
                    if retired.contains(String(match.2)) { found.append("\(name): \(match.1) \(match.2)") }
                }
            }
        }
        #expect(found.isEmpty, "\(found.sorted().joined(separator: "; "))")
    }
}
