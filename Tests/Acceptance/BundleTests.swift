import Foundation
import TestSupport
import Testing

/// The bundle runs on a system that has only the platform's libraries.
@Suite(.enabled(if: Deployment.isBuilt, "SKIPPED: run through `Runtime/bellwether test`, which builds the command and the bundle"))
struct BundleTests {
    private static let bundle = Deployment.environment["BELLWETHER_BUNDLE"] ?? ""
    /// The bundle's libraries that Lambda's image of Amazon Linux 2023 provides.
    private static let platform = ["linux-vdso", "ld-linux", "libc.", "libm.", "libresolv.", "libstdc++.", "libgcc_s."]

    @Test func `Every library except the platform's comes from the bundle`() async throws {
        let program = "\(Self.bundle)/bootstrap"
        let (status, output) = try await Shell.run("/usr/bin/env", ["ldd", program], environment: Deployment.environment)
        try #require(status == 0, "\(output)")
        let lines = output.split(separator: "\n").filter { $0.contains(".so") }
        #expect(lines.count > 20)
        for line in lines.map({ $0.trimmingCharacters(in: .whitespaces) }) {
            let name = (line.split(separator: " ").first ?? "").split(separator: "/").last ?? ""
            guard !Self.platform.contains(where: { name.hasPrefix($0) }) else { continue }
            #expect(line.contains("\(Self.bundle)/lib/\(name)"), "\(line)")
        }
    }

    @Test func `A library path of the process does not replace the bundle's libraries`() async throws {
        // Lambda's LD_LIBRARY_PATH begins with the system's folders.
        var environment = Deployment.environment
        environment["LD_LIBRARY_PATH"] = "/lib64:/usr/lib64:/lib/x86_64-linux-gnu:\(Self.bundle)"
        let (status, output) = try await Shell.run("/usr/bin/env", ["ldd", "\(Self.bundle)/bootstrap"], environment: environment)
        try #require(status == 0, "\(output)")
        let curl = try #require(output.split(separator: "\n").first { $0.contains("libcurl.so") })
        #expect(curl.contains("/bundle"), "\(curl)")
    }

    @Test func `The bundle has the services' certificates`() throws {
        let text = try String(contentsOfFile: "\(Self.bundle)/ca.pem", encoding: .utf8)
        #expect(text.components(separatedBy: "BEGIN CERTIFICATE").count > 10)
    }
}
