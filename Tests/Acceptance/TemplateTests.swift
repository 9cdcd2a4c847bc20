import Foundation
import TestSupport
import Testing

/// The template passes the checks of AWS's tools.
@Suite(
    .enabled(
        if: Deployment.environment["BELLWETHER_TEST_BIN"] != nil, "SKIPPED: run through `Runtime/bellwether test`, which installs the tools"
    ))
struct TemplateTests {
    @Test(arguments: [
        ["cfn-lint", "template.yaml"], ["sam", "validate", "--lint", "--template-file", "template.yaml", "--region", "us-east-1"],
    ])
    func `The template is accepted`(_ command: [String]) async throws {
        let bin = try #require(Deployment.environment["BELLWETHER_TEST_BIN"])
        var environment = Deployment.environment.filter { ["PATH", "HOME", "LANG"].contains($0.key) }
        environment["SAM_CLI_TELEMETRY"] = "0"
        environment["AWS_DEFAULT_REGION"] = "us-east-1"
        let arguments = command.dropFirst().map { $0 == "template.yaml" ? "\(Deployment.project)/template.yaml" : $0 }
        let (status, output) = try await Shell.run("\(bin)/\(command[0])", Array(arguments), environment: environment)
        #expect(status == 0, "\(output)")
    }
}
