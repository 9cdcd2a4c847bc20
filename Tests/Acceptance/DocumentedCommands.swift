import Emulator
import Foundation
import TestSupport
import Testing

/// Runs the commands of the documentation, unchanged, against a deployment with forecasts.
struct DocumentedCommands {
    let deployment: Deployment

    /// Commands that need only the deployment. The others build, need files, run in the foreground, or have tests of their own.
    private static let own = [
        "status", "data status", "data show", "data check", "repair", "models list", "models show", "models compare", "models promote",
        "models rollback", "models export", "logs",
    ]

    func run() async throws {
        let lines = try Self.lines()
        let folder = "\(deployment.folder)/documented"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let record = try deployment.record()
        var environment = try deployment.environment.merging(deployment.awsEnvironment()) { first, _ in first }
        environment["KEY"] = try deployment.secrets().apiKey
        environment["AWS_ENDPOINT_URL_LAMBDA"] = environment["LAMBDA"]
        let bin = try #require(Deployment.environment["BELLWETHER_TEST_BIN"])
        environment["PATH"] = "\(bin):\(environment["PATH"] ?? "/usr/bin:/bin")"
        var count = 0
        for line in lines {
            var words = line
            if let own = line.wholeMatch(of: /Runtime\/bellwether (.*)/)?.1 {
                guard Self.own.contains(where: own.hasPrefix) else { continue }
                words = "'\(deployment.program)' \(own)"
            } else if !line.hasPrefix("curl "), !line.hasPrefix("aws ") {
                continue
            }
            // Version 1 of the AWS CLI, which the tests install, takes raw JSON without this option of version 2.
            words.replace(" --cli-binary-format raw-in-base64-out", with: "")
            words.replace("127.0.0.1:8787", with: "127.0.0.1:\(record.gatewayPort)")
            words.replace("127.0.0.1:PORT", with: "127.0.0.1:\(record.apiPort)")
            let (status, output) = try await Shell.run("/bin/bash", ["-c", "cd '\(folder)' && \(words)"], environment: environment)
            #expect(status == 0 && !output.contains("FunctionError") && !output.contains(#""status":4"#), "\(line): \(output)")
            count += 1
        }
        #expect(count >= 15, "only \(count) commands were found")
    }

    /// The lines `$ …` of README.md and the pages beside the code.
    private static func lines() throws -> [String] {
        let files = FileManager.default.enumerator(atPath: Deployment.project)
        var pages = ["README.md"]
        while let path = files?.nextObject() as? String {
            if path.hasPrefix(".") {
                if !path.contains("/") { files?.skipDescendants() }
            } else if path.contains("/"), path.hasSuffix(".md") {
                pages.append(path)
            }
        }
        return try pages.flatMap { page in
            try String(contentsOfFile: "\(Deployment.project)/\(page)", encoding: .utf8).split(separator: "\n")
                .filter { $0.hasPrefix("$ ") }.map { String($0.dropFirst(2)) }
        }
    }
}
