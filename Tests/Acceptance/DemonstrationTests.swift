import Foundation
import Testing

/// The whole demonstration against the README's figures and picture. It takes minutes: `Runtime/bellwether test --long`.
@Suite(
    .enabled(
        if: Deployment.isBuilt && Deployment.environment["BELLWETHER_LONG_TESTS"] != nil,
        "takes minutes: run `Runtime/bellwether test --long`"))
struct DemonstrationTests {
    @Test func `The demonstration prints the figures of the README and ends with the champion of its picture`() async throws {
        let deployment = try await Deployment(isUp: false)
        do {
            let (status, output) = try await deployment.command(["demo", "--exit", "--fast", "--port", "\(try deployment.port())"])
            try #require(status == 0, "\(output)")
            let printed = Set(output.split(separator: "\n").map(Self.cells))
            let readme = try String(contentsOfFile: "\(Deployment.project)/README.md", encoding: .utf8)
            let rows = readme.split(separator: "\n").filter { $0.hasPrefix("| ") && $0.contains("sessions | ") }.map(Self.cells)
            #expect(rows.count >= 4)
            for row in rows {
                #expect(
                    printed.contains { $0.starts(with: row.dropLast()) && $0.last == row.last }, "the demonstration does not print \(row)")
            }
            #expect(output.contains("2012-10-01") && output.contains("over 168 origins"), "the README names this promotion")
            let picture = try #require(try Self.picture())
            #expect(output.contains("\(picture.champion) (champion)"))
            #expect(output.contains("The forecasts of \(picture.session), the champion's"))
        } catch {
            await deployment.remove()
            throw error
        }
        await deployment.remove()
    }

    private struct Picture: Decodable { let champion, session: String }

    private static func picture() throws -> Picture? {
        try JSONDecoder().decode(
            Picture.self, from: Data(contentsOf: URL(filePath: "\(Deployment.project)/Functions/Dashboard/Page/dashboard.json")))
    }

    /// The cells of a row of the README's table, separated by `|`, or of the command's table, separated by two blanks.
    private static func cells(_ line: Substring) -> [String] {
        let isTable = line.hasPrefix("|")
        let cells = isTable ? line.split(separator: "|") : line.components(separatedBy: "  ").filter { !$0.isEmpty }.map { Substring($0) }
        return cells.map { $0.trimmingCharacters(in: .whitespaces) }
    }
}
