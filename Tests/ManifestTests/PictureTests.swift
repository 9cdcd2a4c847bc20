import Foundation
import Testing

/// The README's picture is of today's page.
@Suite struct PictureTests {
    @Test func `The picture of the dashboard was taken of the page as it is`() throws {
        let page = Sources.root.appending(path: "Functions/Dashboard/Page")
        let noted = try JSONSerialization.jsonObject(with: Data(contentsOf: page.appending(path: "dashboard.json"))) as? [String: String]
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", Sources.root.appending(path: "Runtime/Packaging/describe_picture.py").path, page.path]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let found = try JSONSerialization.jsonObject(with: data) as? [String: String]
        #expect(
            found?["page_sha256"] != nil && found?["page_sha256"] == noted?["page_sha256"],
            "the page has changed since its picture was taken: run Runtime/bellwether picture")
    }
}
