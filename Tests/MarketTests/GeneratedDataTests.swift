import Foundation
import Testing

@Suite struct GeneratedDataTests {
    @Test func `The exchange table and the time zones are what their script makes`() throws {
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Shared/Market/Data/generate.py")
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", script.standardizedFileURL.path, "--check"]
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "run python3 Shared/Market/Data/generate.py")
    }
}
