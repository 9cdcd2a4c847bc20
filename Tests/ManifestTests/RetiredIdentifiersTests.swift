import Foundation
import Testing

/// Identifiers that were replaced by the field's terms (`Shared/TERMS.md`) and must not come back: types, functions and files. Words in
/// sentences are free.
@Suite struct RetiredIdentifiersTests {
    private static let types: Set<String> = [
        "Answer", "Barrier", "BarIntake", "Bell", "Contender", "DatedFacts", "Deployed", "Drawn", "EvaluationBook", "EventEcho", "Fold",
        "FoldedAnswer", "Four", "HandedIn", "Home", "HorizonTally", "Interrupt", "Issued", "Issuer", "JobLine", "Journey", "Judged",
        "Kept", "KeptForecasts", "Knowledge", "Lane", "Lesson", "Limit", "LiveRecord", "Look", "Machine", "MachineClient", "OperatorWord",
        "OriginBook", "Pages", "Place", "PreferredSeries", "ProviderAnswer", "ProviderRefusal", "Recurrences", "Refusal", "Release",
        "Rest", "Room", "Roster", "RunPart", "RunWatch", "Screen", "ScreenedBar", "Screening", "SelfReading", "ServerTrouble", "Settling",
        "Shared", "SpeakingProviders", "StoredAnswer", "Timekeeper", "Told", "TrackRecord", "Trained", "Trouble", "Turn", "Verdict",
        "Violation", "WindowTrees", "Wire",
    ]
    private static let functions: Set<String> = [
        "asTraded", "believed", "foldObject", "giveUp", "handOn", "inWholes", "judge", "makeUp", "mend", "removeLater", "silent", "spoken",
        "takeNotes", "tell", "travel", "witness",
    ]
    private static let files: Set<String> = types.union(["Hypotenuse"])

    @Test func `No retired identifier is declared`() throws {
        let declaration = /\b(struct|class|enum|actor|protocol|typealias|func) `?(\w+)/
        for file in try Sources.swiftFiles(under: ["Functions", "Runtime", "Shared", "Tests"]) {
            let name = file.deletingPathExtension().lastPathComponent
            #expect(!Self.files.contains(String(name.prefix { $0 != "+" })), "\(name) is the name of a file again")
            for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") where !line.contains("//") {
                for found in line.matches(of: declaration) {
                    let retired = found.1 == "func" ? Self.functions : Self.types
                    #expect(!retired.contains(String(found.2)), "\(file.lastPathComponent) declares \(found.2)")
                }
            }
        }
    }
}
