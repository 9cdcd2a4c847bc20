import Foundation
import Postgres
import TestSupport
import Testing

@testable import Emulator

/// The operator's work with market data: corrections, gaps, imports, a rebuild from the archived responses.
@Suite(
    .enabled(if: Deployment.isBuilt, "SKIPPED: run through `Runtime/bellwether test`, which builds the command and the bundle"), .serialized
)
struct MarketDataTests {
    @Test func `Derived tables are rebuilt to the same hashes and gaps are repaired`() async throws {
        let deployment = try await Deployment()
        do {
            try await deployment.prepare()
            for evening in ["2012-01-05T05:00:00Z", "2012-02-10T05:00:00Z"] { try await deployment.advanceUntilDone(to: evening) }
            try await correct(deployment, asOf: "2012-02-10T06:00:00Z")
            try await deployment.advanceUntilDone(to: "2012-02-14T05:00:00Z")
            #expect(
                try await deployment.count(
                    "SELECT count(*) FROM bars b JOIN bars c USING (instrument, session, source) WHERE b.known_at < c.known_at") == 1)
            try await rebuild(deployment)
            try await status(deployment)
            try await repair(deployment)
            try await importTable(deployment)
            try await changeReferenceData(deployment)
        } catch {
            await deployment.remove()
            throw error
        }
        await deployment.remove()
    }

    /// The provider sends an old bar again with another close: puts the object that Ingest would have archived.
    private func correct(_ deployment: Deployment, asOf: String) async throws {
        let python = try #require(Deployment.environment["BELLWETHER_TEST_PYTHON"])
        let script = """
            import boto3, hashlib, json, os
            s3 = boto3.client("s3", endpoint_url=os.environ["S3"])
            listed = s3.list_objects_v2(Bucket="bellwether", Prefix="raw/yahoo/chart-1d/XNAS:AAPL/")["Contents"]
            first = min(listed, key=lambda o: -o["Size"])["Key"]
            found = s3.get_object(Bucket="bellwether", Key=first)
            chart = json.loads(found["Body"].read())
            result = chart["chart"]["result"][0]
            quote = result["indicators"]["quote"][0]
            top = quote["high"][-60] + 0.5
            for name in ("high", "close"): quote[name][-60] = top
            body = json.dumps(chart).encode()
            folder = first.rsplit("/", 2)[0]
            key = f"{folder}/{os.environ['AS_OF'][:10]}/{hashlib.sha256(body).hexdigest()}.0"
            s3.put_object(Bucket="bellwether", Key=key, Body=body, ContentType=found["ContentType"],
                Metadata={**found["Metadata"], "as-of": os.environ["AS_OF"]})
            """
        var environment = try deployment.awsEnvironment()
        environment["AS_OF"] = asOf
        let (status, output) = try await Shell.run(python, ["-c", script], environment: environment)
        #expect(status == 0, "\(output)")
    }

    private func rebuild(_ deployment: Deployment) async throws {
        let before = try await deployment.hashes()
        let refused = try await deployment.command(["rebuild"])
        #expect(refused.status != 0 && refused.output.contains("--yes"))
        let (status, output) = try await deployment.command(["rebuild", "--yes"])
        #expect(status == 0 && output.contains("Rebuilt from"), "\(output)")
        let after = try await deployment.hashes()
        for (table, hash) in before { #expect(after[table] == hash, "\(table) differs") }
    }

    private func status(_ deployment: Deployment) async throws {
        let (status, output) = try await deployment.command(["data", "status"])
        #expect(status == 0 && output.contains("AAPL") && output.contains("2009-06-01") && output.contains("2012-02-13"), "\(output)")
        let document = try await deployment.get("/v1/data/status?symbol=AAPL")
        let entry = try #require((document.body["symbols"] as? [[String: Any]])?.first)
        #expect(entry["missing"] as? Int == 0 && entry["last"] as? String == "2012-02-13" && entry["sessions_behind"] as? Int == 0)
        #expect(entry["providers"] as? [String] == ["yahoo"])
        #expect(try await deployment.get("/v1/data/status?symbol=NOPE").status == 404)
        #expect(try await deployment.get("/v1/data/status", key: "wrong").status == 403)
        #expect(try await deployment.get("/v1/data/quarantine?limit=5").status == 200)
        let (shown, table) = try await deployment.command(["data", "show", "AAPL", "--as-of", "2012-01-04", "--last", "2"])
        #expect(shown == 0 && table.contains("2012-01-04") && table.contains("411.23") && !table.contains("2012-01-05"), "\(table)")
    }

    private func repair(_ deployment: Deployment) async throws {
        try await deployment.database().execute(
            "DELETE FROM bars WHERE instrument = (SELECT number FROM instruments WHERE id = 'XNAS:AAPL') AND session = '2012-01-10'")
        let (status, output) = try await deployment.command(["repair"])
        #expect(status == 0 && output.contains("1 of 1 missing sessions were loaded"), "\(output)")
        let again = try await deployment.command(["repair"])
        #expect(again.output.contains("No session is missing"))
    }

    /// Imports a table of two unregistered symbols; one has an invalid row.
    private func importTable(_ deployment: Deployment) async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "prices-\(UUID().uuidString).csv")
        defer { try? FileManager.default.removeItem(at: file) }
        let table = """
            symbol,date,open,high,low,close,volume
            ACME,2012-02-09,10,11,9,10,100
            BETA,2012-02-09,20,21,19,20,100
            ACME,2012-02-10,10,9,11,-1,100
            BETA,2012-02-10,20,21,19,20.5,100
            """
        try Data(table.utf8).write(to: file)
        let (status, output) = try await deployment.command(["data", "import", file.path, "--exchange", "XNAS"])
        #expect(status == 0 && output.contains("XNAS:BETA") && output.contains("XNAS:ACME 2012-02-10: quarantined"), "\(output)")
        let bars = try await deployment.get("/v1/bars/BETA?limit=5").body["bars"] as? [[String: Any]]
        #expect(bars?.count == 2)
        let refused = try await deployment.command(["data", "import", file.path, "--exchange", "NOWHERE"])
        #expect(refused.status == 1 && refused.output.contains("NOWHERE"), "\(refused.output)")
    }

    /// A symbol change applies from its day on, and a delisted instrument has no missing sessions.
    private func changeReferenceData(_ deployment: Deployment) async throws {
        // Reference data becomes known after the stored features.
        try await deployment.advanceUntilDone(to: "2012-02-14T06:00:00Z")
        let event =
            #"{"time":"2012-02-14T06:00:00Z","reference_data":{"symbols":[{"instrument":"XNYS:IBM","symbol":"BIGBLUE","from":"2012-02-14"}],"delistings":[{"instrument":"XNAS:MSFT","last_session":"2012-02-10","reason":"test"}]}}"#
        #expect(try await deployment.invoke("Ingest", event).status == 0)
        #expect(try await deployment.get("/v1/bars/BIGBLUE?limit=1").body["instrument"] as? String == "XNYS:IBM")
        let document = try await deployment.get("/v1/data/status?symbol=MSFT")
        let entry = try #require((document.body["symbols"] as? [[String: Any]])?.first)
        #expect(entry["delisted"] as? String == "2012-02-10")
        let unknown = try await deployment.invoke(
            "Ingest", #"{"time":"2012-02-14T06:00:00Z","reference_data":{"universe":[{"instrument":"XNAS:ZZZ","from":"2012-01-01"}]}}"#)
        #expect(unknown.status != 0 && unknown.output.contains("XNAS:ZZZ"))
    }
}
