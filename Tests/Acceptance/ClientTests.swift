import Foundation
import TestSupport
import Testing

@testable import Emulator

/// Users' tools against a deployment: boto3, the AWS CLI, curl.
@Suite(
    .enabled(if: Deployment.isBuilt, "SKIPPED: run through `Runtime/bellwether test`, which builds the command and the bundle"), .serialized
)
struct ClientTests {
    @Test func `A session becomes forecasts that every client can read`() async throws {
        let deployment = try await Deployment()
        do {
            try await problemsBeforeAnyModel(deployment)
            try await deployment.prepare()
            try await deployment.advanceUntilDone(to: "2012-01-05T05:00:00Z")
            try await forecasts(deployment)
            try await page(deployment)
            try await boto3(deployment)
            try await commandLine(deployment)
            try await secondTime(deployment)
            try await DocumentedCommands(deployment: deployment).run()
        } catch {
            await deployment.remove()
            throw error
        }
        await deployment.remove()
    }

    private func problemsBeforeAnyModel(_ deployment: Deployment) async throws {
        #expect(try await deployment.get("/v1/symbols", key: "wrong").status == 403)
        #expect(try await deployment.get("/v1/forecasts/NOPE").status == 404)
        let load = #"{"symbols":["AAPL"],"from":"2011-06-01","time":"2011-12-29T23:30:00Z"}"#
        #expect(try await deployment.invoke("Ingest", load).status == 0)
        try await deployment.advanceUntilDone(to: Deployment.backfilled)
        let early = try await deployment.get("/v1/forecasts/AAPL")
        #expect(early.status == 503)
        #expect(early.type == "application/problem+json")
        #expect((early.body["detail"] as? String ?? "").contains("Train"))
        let unknown = try await deployment.invoke("Ingest", #"{"symbols":["ZZZZ"],"time":"2011-12-29T23:30:00Z"}"#)
        #expect(unknown.output.contains("unknown symbols: ZZZZ"))
    }

    private func forecasts(_ deployment: Deployment) async throws {
        let answer = try await deployment.get("/v1/forecasts/AAPL?include=challenger")
        #expect(answer.status == 200)
        #expect(answer.body["session"] as? String == "2012-01-04")
        let entries = try #require(answer.body["entries"] as? [[String: Any]])
        #expect(entries.compactMap { $0["role"] as? String } == ["champion"] + [String](repeating: "challenger", count: 8))
        let forecasts = try #require(entries[0]["forecasts"] as? [[String: Any]])
        #expect(forecasts.map { $0["horizon"] as? Int } == [1, 5, 20])
        for forecast in forecasts {
            for side in ["quantiles", "random_walk"] {
                let returns = try #require(forecast[side] as? [[String: Double]]).compactMap { $0["log_return"] }
                #expect(returns.count == 7 && returns == returns.sorted())
            }
            #expect((0...1).contains(forecast["probability_of_loss"] as? Double ?? -1))
        }
        for (path, parameter) in [("?horizon=3", "horizon"), ("?as_of=yesterday", "as_of")] {
            let refused = try await deployment.get("/v1/forecasts/AAPL\(path)")
            #expect(refused.status == 400)
            #expect(refused.body["parameter"] as? String == parameter)
        }
        let past = try await deployment.get("/v1/forecasts/AAPL?as_of=2012-01-03")
        #expect(past.body["session"] as? String == "2012-01-03")
        let bars = try await deployment.get("/v1/bars/AAPL?limit=5")
        #expect((bars.body["bars"] as? [[String: Any]])?.last?["session"] as? String == "2012-01-04")
        #expect(try await deployment.count("SELECT count(*) FROM bars WHERE session > '2012-01-04'") == 0)
    }

    private func page(_ deployment: Deployment) async throws {
        let url = "http://127.0.0.1:\(try deployment.record().gatewayPort)"
        for path in ["/", "/assets/app.js", "/assets/lightweight-charts.js", "/assets/lightweight-charts.NOTICE.txt"] {
            let (status, output) = try await Shell.run(
                "/usr/bin/env", ["curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", url + path], environment: Deployment.environment)
            #expect(status == 0 && output == "200", "\(path): \(output)")
        }
    }

    private func boto3(_ deployment: Deployment) async throws {
        let python = try #require(Deployment.environment["BELLWETHER_TEST_PYTHON"])
        let script = """
            import boto3, json, os
            region = dict(region_name="us-east-1")
            functions = boto3.client("lambda", endpoint_url=os.environ["LAMBDA"], **region)
            answer = functions.invoke(FunctionName="bellwether-Migrate", Payload=b"{}", LogType="Tail")
            assert answer["StatusCode"] == 200 and "FunctionError" not in answer, answer
            assert json.load(answer["Payload"])["applied"] == []
            assert "REPORT RequestId" in __import__("base64").b64decode(answer["LogResult"]).decode()
            assert functions.invoke(FunctionName="bellwether-Migrate", InvocationType="DryRun")["StatusCode"] == 204
            assert functions.invoke(FunctionName="bellwether-Migrate", InvocationType="Event", Payload=b"{}")["StatusCode"] == 202
            failed = functions.invoke(FunctionName="bellwether-Train", Payload=b'{"time":"soon"}')
            assert failed["FunctionError"] == "Unhandled" and "errorType" in json.load(failed["Payload"])
            try: functions.invoke(FunctionName="nobody", Payload=b"{}"); raise SystemExit("no error")
            except functions.exceptions.ResourceNotFoundException: pass
            s3 = boto3.client("s3", endpoint_url=os.environ["S3"], **region)
            assert s3.get_bucket_versioning(Bucket="bellwether")["Status"] == "Enabled"
            keys = [o["Key"] for o in s3.list_objects_v2(Bucket="bellwether", Prefix="raw/yahoo/")["Contents"]]
            head = s3.head_object(Bucket="bellwether", Key=keys[0])
            assert {"source-url", "status", "as-of", "fetched-at"} <= set(head["Metadata"]), head["Metadata"]
            print("fine")
            """
        let (status, output) = try await Shell.run(python, ["-c", script], environment: try deployment.awsEnvironment())
        #expect(status == 0 && output.contains("fine"), "\(output)")
    }

    private func commandLine(_ deployment: Deployment) async throws {
        let bin = try #require(Deployment.environment["BELLWETHER_TEST_BIN"])
        let out = "\(deployment.folder)/out.json"
        let environment = try deployment.awsEnvironment()
        let (status, output) = try await Shell.run(
            "\(bin)/aws",
            [
                "lambda", "invoke", "--function-name", "bellwether-Migrate", "--payload", "{}",
                out,
                "--endpoint-url", environment["LAMBDA"] ?? "",
            ], environment: environment)
        #expect(status == 0, "\(output)")
        #expect(try String(contentsOfFile: out, encoding: .utf8).contains("\"applied\":[]"))
        let (listed, listing) = try await Shell.run(
            "\(bin)/aws", ["s3", "ls", "s3://bellwether/raw/", "--recursive", "--endpoint-url", environment["S3"] ?? ""],
            environment: environment)
        #expect(listed == 0 && listing.contains("raw/yahoo/"), "\(listing)")
    }

    /// Repeated events change nothing.
    private func secondTime(_ deployment: Deployment) async throws {
        let before = try await deployment.hashes()
        #expect(try await deployment.invoke("Ingest", Deployment.load).status == 0)
        #expect(try await deployment.invoke("Train", Deployment.training).status == 0)
        for exchange in ["XNAS", "XNYS"] {
            let (status, output) = try await deployment.invoke("Ingest", #"{"exchange":"\#(exchange)","time":"2012-01-03T23:30:00Z"}"#)
            #expect(status == 0, "\(output)")
        }
        try await deployment.advanceUntilDone(to: "2012-01-05T05:00:00Z")
        let after = try await deployment.hashes()
        for (table, hash) in before { #expect(after[table] == hash, "\(table) changed") }
    }
}
