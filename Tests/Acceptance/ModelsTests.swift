import AWS
import Foundation
import HTTP
import Testing

@testable import Emulator

/// The life of a model version: trained, rejected when its bytes were changed, promoted and rolled back by the command, scored each evening.
@Suite(
    .enabled(if: Deployment.isBuilt, "SKIPPED: run through `Runtime/bellwether test`, which builds the command and the bundle"), .serialized
)
struct ModelsTests {
    @Test func `A changed artifact is rejected and the previous version serves`() async throws {
        let deployment = try await Deployment()
        do {
            try await deployment.prepare()
            try await deployment.advanceUntilDone(to: "2012-01-05T05:00:00Z")
            let before = try await families(deployment)
            #expect(before.map(\.role) == ["champion"] + challengers.map { _ in "challenger" } + ["baseline"])
            #expect(before.map(\.family) == ["blended-fhs"] + challengers + ["random-walk"])
            let event = #"{"families":["blended-fhs","lstm"],"time":"2012-01-05T05:00:00Z"}"#
            #expect(try await deployment.invoke("Train", event).status == 0)
            try await deployment.advanceUntilDone(to: "2012-01-05T05:00:00Z")
            let after = try await families(deployment)
            let fresh = zip(after, before).filter { $0.version != $1.version }.map(\.0.family)
            #expect(after.map(\.family) == before.map(\.family) && fresh == ["blended-fhs", "ensemble", "lstm"])
            func version(of family: String, _ families: [Family]) throws -> String {
                try #require(families.first { $0.family == family }).version
            }
            let net = try version(of: "lstm", after)

            try await damage(after[0].version, deployment) { $0.dropLast(4) }
            try await damage(net, deployment) { bytes in
                var bytes = bytes
                bytes[bytes.count - 9] ^= 1
                return bytes[...]
            }
            try await deployment.advanceUntilDone(to: "2012-01-06T05:00:00Z")
            let answer = try await deployment.get("/v1/forecasts/IBM?include=challenger")
            #expect(answer.status == 200 && answer.body["session"] as? String == "2012-01-05")
            let entries = try #require(answer.body["entries"] as? [[String: Any]])
            // The new ensemble has damaged members: the version before it serves.
            #expect(entries.map { ($0["model"] as? [String: Any])?["id"] as? String } == before.dropLast().map(\.version))
            let log = try String(contentsOfFile: "\(deployment.folder)/emulator/logs/bellwether-Predict.log", encoding: .utf8)
            #expect(log.contains("Rejected an artifact") && log.contains(after[0].version) && log.contains(net))

            try await evaluation(deployment)
            try await commands(deployment, net, intact: version(of: "lstm", before))
        } catch {
            await deployment.remove()
            throw error
        }
        await deployment.remove()
    }

    private static let bucket = "bellwether"
    /// All but the champion's family and the baseline's.
    private let challengers = ["boosted-trees", "climatology", "ensemble", "garch-t", "har", "linear-quantile", "lstm", "transformer"]
    private struct Family { let role, family, version: String }

    private func families(_ deployment: Deployment) async throws -> [Family] {
        let response = try await deployment.get("/v1/models")
        return try #require(response.body["families"] as? [[String: Any]]).map {
            Family(
                role: $0["role"] as? String ?? "", family: $0["family"] as? String ?? "", version: $0["version"] as? String ?? "")
        }
    }

    /// Replaces an artifact's bytes in the S3 server.
    private func damage(_ model: String, _ deployment: Deployment, _ change: ([UInt8]) -> ArraySlice<UInt8>) async throws {
        let secrets = try deployment.secrets()
        let server = try #require(ServerRecord.read("\(deployment.folder)/s3"))
        let s3 = S3Client(
            HTTPClient(),
            environment: [
                "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:\(server.port)", "AWS_REGION": "us-east-1",
                "AWS_ACCESS_KEY_ID": secrets.s3AccessKey,
                "AWS_SECRET_ACCESS_KEY": secrets.s3SecretKey,
            ])
        let key = "models/\(model)/model.safetensors"
        let object = try await s3.get(bucket: Self.bucket, key: key)
        try await s3.put(bucket: Self.bucket, key: key, body: Array(change(object.body)))
    }

    /// Three evenings have scored the forecasts over one session.
    private func evaluation(_ deployment: Deployment) async throws {
        let results = try #require(try await deployment.get("/v1/evaluation").body["results"] as? [[String: Any]])
        #expect(results.map { $0["family"] as? String } == challengers + ["blended-fhs"])
        for row in results {
            #expect((row["forecasts"] as? Int ?? 0) >= 6 && row["horizon"] as? Int == 1)
            for name in ["coverage_80", "uncalibrated_coverage_80", "random_walk_coverage_80"] {
                #expect((0...1).contains(row[name] as? Double ?? -1))
            }
        }
        let calibrated = "SELECT count(*) FROM forecasts WHERE calibration_factor <> 1"
        #expect(try await deployment.count("\(calibrated) AND session = '2012-01-05' AND horizon = 1") >= 6)
        #expect(try await deployment.count("\(calibrated) AND (session < '2012-01-05' OR horizon > 1)") == 0, "no outcome was known before")
    }

    private func commands(_ deployment: Deployment, _ net: String, intact: String) async throws {
        let listed = try await deployment.command(["models", "list"])
        #expect(listed.status == 0 && listed.output.contains("champion") && listed.output.contains(net), "\(listed.output)")
        let shown = try await deployment.command(["models", "show", "lstm", "--json"])
        #expect(
            shown.status == 0 && shown.output.contains(#""id":"\#(net)""#) && shown.output.contains("artifact_sha256"), "\(shown.output)")
        let promoted = try await deployment.command(["models", "promote", "lstm", "--reason", "a test"])
        #expect(promoted.output.contains("The champion is now \(net)"), "\(promoted.output)")
        #expect(try await families(deployment).map(\.family).prefix(2) == ["lstm", "blended-fhs"])
        let forecast = try await deployment.get("/v1/forecasts/IBM")
        let entry = try #require((forecast.body["entries"] as? [[String: Any]])?.first)
        #expect(entry["role"] as? String == "champion" && (entry["model"] as? [String: Any])?["family"] as? String == "lstm")
        let back = try await deployment.command(["models", "rollback"])
        #expect(back.output.contains("The champion is now blended-fhs-"), "\(back.output)")
        #expect(try await families(deployment).map(\.family) == ["blended-fhs"] + challengers + ["random-walk"])
        let compared = try await deployment.command(["models", "compare", "lstm", "blended-fhs"])
        #expect(compared.status == 0 && compared.output.contains("0 origins have matured, 60 are needed"), "\(compared.output)")
        let file = "\(deployment.folder)/net.onnx"
        let refused = try await deployment.command(["models", "export", net, "--out", file])
        #expect(refused.status == 1 && refused.output.contains(net) && !FileManager.default.fileExists(atPath: file), "\(refused.output)")
        let exported = try await deployment.command(["models", "export", intact, "--out", file])
        let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        #expect(exported.status == 0 && exported.output.contains("\(bytes.count) bytes"), "\(exported.output)")
        #expect(bytes.range(of: Data("input_names".utf8)) != nil && bytes.range(of: Data(intact.utf8)) != nil)
        let tree = try await deployment.command(["models", "export", "boosted-trees", "--out", file])
        #expect(tree.status == 1 && tree.output.contains("lstm and transformer"), "\(tree.output)")
        let unknown = try await deployment.command(["models", "promote", "oracle"])
        #expect(unknown.status == 1 && unknown.output.contains("there is no model \"oracle\""), "\(unknown.output)")
    }
}
