import ArgumentParser
import Foundation
import Testing

@testable import Command
@testable import Emulator

/// The options of `up`, as they are checked and stored.
@Suite struct UpTests {
    private let paths: ProjectPaths = {
        let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path
        return ProjectPaths(project: project, state: "/tmp/bellwether-up-\(UUID().uuidString.prefix(8))", weed: "")
    }()

    /// The settings after `up` with the options.
    @discardableResult
    private func apply(_ options: String...) throws -> LocalSettings {
        try UpOptions.parse(options).request.apply(to: paths)
        return try paths.settings()
    }

    private func message(_ options: String...) -> String {
        do {
            try UpOptions.parse(options).request.apply(to: paths)
            return ""
        } catch { return "\(error)" }
    }

    @Test func `Parameters are stored beside earlier ones until an empty value removes them`() throws {
        defer { try? FileManager.default.removeItem(atPath: paths.state) }
        let first = try apply(
            "--source", "tiingo", "--parameter", "ProviderBaseUrl=http://127.0.0.1:9/?a=b", "--parameter", "Universe=A:XNAS")
        #expect(first.source == LocalSettings.Source(rawValue: "tiingo"))
        #expect(first.parameters == ["ProviderBaseUrl": "http://127.0.0.1:9/?a=b", "Universe": "A:XNAS"])
        #expect(try apply("--parameter", "Universe=B:XNAS").parameters?["Universe"] == "B:XNAS")
        #expect(try apply("--parameter", "Universe=", "--parameter", "ProviderBaseUrl=").parameters == nil)
        #expect(try apply().source == first.source)
    }

    @Test func `Another port than the running deployment's is refused and not stored`() throws {
        defer { try? FileManager.default.removeItem(atPath: paths.state) }
        try apply("--port", "21999")
        let own = try #require(ProcessIdentity(pid: ProcessInfo.processInfo.processIdentifier))
        let record = ServeRecord(process: own, apiPort: 1, gatewayPort: 21_999, source: .sample, parameters: nil, bundle: "", isReady: true)
        try StateFile.write(record, to: ServeRecord.path(paths))
        #expect(message("--port", "21998").contains("is running on port 21999: run `bellwether down` before a start on port 21998"))
        #expect(try apply("--port", "21999").gatewayPort == 21_999)
        #expect(try apply().gatewayPort == 21_999)
    }

    @Test func `Options that cannot be are errors that name the possible ones`() throws {
        defer { try? FileManager.default.removeItem(atPath: paths.state) }
        let source = message("--source", "bloomberg")
        #expect(source.contains("“bloomberg” is no source of prices: known are sample, yahoo, ") && source.contains("tiingo"))
        let name = message("--parameter", "Color=red")
        #expect(
            name.contains("template.yaml has no parameter Color: known are ") && name.contains("Universe") && !name.contains("BucketName"))
        #expect(message("--parameter", "ScheduleState=off").contains("\"off\" is none of ENABLED, DISABLED"))
        #expect(message("--parameter", "LogRetention=2").contains("is none of 1, 3"))
        for own in ["Provider", "ProviderBaseUrl", "BucketName"] {
            #expect(message("--parameter", "\(own)=x").contains("\(own) belongs to the local deployment"))
        }
        for text in ["Universe", "=x"] { #expect(throws: (any Error).self) { try UpOptions.parse(["--parameter", text]) } }
        #expect(try paths.settings() == LocalSettings())
    }
}
