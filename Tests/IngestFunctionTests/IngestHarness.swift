import Foundation
import LambdaRuntime
import Market
import Postgres
import Providers
import Store
import Synchronization
import TestSupport

@testable import IngestFunction

/// Ingest with a database of its own, between a provider and an S3 on loopback that a test controls. All providers of the catalog have the
/// same address.
final class IngestHarness: Sendable {
    static let time = "2012-01-10T23:30:00Z"

    let database: Database
    let provider: LoopbackServer
    /// Replaces S3 and Lambda's invoke API, and stores the put objects.
    let cloud: LoopbackServer
    let ingest: Ingest
    /// The environment variables of the functions.
    let environment: [String: String]
    private let puts: Puts

    final class Puts: Sendable {
        let bodies = Mutex<[String: String]>([:])
        /// The header lines of a put that a get returns.
        let headers = Mutex<[String: [String]]>([:])
        let invoked = Mutex<[String]>([])
    }

    /// `actions` is an option of every provider but the first: by default splits and dividends are not requested separately.
    /// `provide` responds to a request by its first line and number. `fault` may respond in place of S3 and returns whether it did.
    init(
        universe: String = "AAPL:XNAS", providers: String = "alphavantage,yahoo", limits: String = "\"per_minute\":60000,\"concurrency\":8",
        actions: String = "\"actions\":[],",
        fault: @escaping @Sendable (Int, LoopbackServer.Connection) -> Bool = { _, _ in false },
        provide: @escaping @Sendable (String, Int, LoopbackServer.Connection) -> Void
    ) async throws {
        let (owner, name) = try await emptyDatabase()
        _ = try await Migrations(folder: migrationsFolder).apply(to: owner)
        database = owner
        provider = LoopbackServer.responding { request, count, connection in
            provide(String(request.prefix { $0 != "\r\n" }), count, connection)
        }
        let puts = Puts()
        self.puts = puts
        cloud = LoopbackServer.responding { request, count, connection in
            let path = request.split(separator: " ", maxSplits: 2)[1]
            let body = request.components(separatedBy: "\r\n\r\n").dropFirst().joined(separator: "\r\n\r\n")
            if path.hasPrefix("/2015-03-31/") {
                puts.invoked.withLock { $0.append(body) }
                return connection.respond(202)
            }
            if fault(count, connection) { return }
            if request.hasPrefix("GET ") {
                guard let found = puts.bodies.withLock({ $0[String(path)] }) else { return connection.respond(404) }
                return connection.respond(headers: puts.headers.withLock { $0[String(path)] ?? [] }, body: Array(found.utf8))
            }
            let lines = request.components(separatedBy: "\r\n\r\n")[0].components(separatedBy: "\r\n")
            puts.headers.withLock { headers in
                guard headers[String(path)] == nil else { return }
                headers[String(path)] = lines.filter {
                    $0.lowercased().hasPrefix("x-amz-meta-") || $0.lowercased().hasPrefix("content-type:")
                }
            }
            let isNew = puts.bodies.withLock { $0.updateValue(body, forKey: String(path)) == nil }
            isNew ? connection.respond() : connection.respond(412, body: Array("<Error><Code>PreconditionFailed</Code></Error>".utf8))
        }
        let url = provider.url
        let options =
            #"{"alphavantage":{"kind":"daily-adjusted","base_url":"\#(url)",\#(limits)},"#
            + ProviderCatalog.names.filter { $0 != "alphavantage" }.map { #""\#($0)":{"base_url":"\#(url)",\#(actions)\#(limits)}"# }
            .joined(
                separator: ",") + "}"
        let keys = ProviderCatalog.names.map { name in
            let key = ["alphavantage": "SECRET77", "polygon": "SECRET78", "alpaca": "ID79:SECRET79"][name] ?? "SECRET80"
            return "\"\(name)\":\"\(key)\""
        }
        environment = [
            "DATABASE_URL": PostgresCluster.shared.url(name), "PGPASSWORD": PostgresCluster.shared.password, "BUCKET": "raw-responses",
            "FEATURIZE_FUNCTION": "Featurize", "AWS_LAMBDA_FUNCTION_NAME": "Ingest", "AWS_ENDPOINT_URL": cloud.url,
            "AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "SK", "AWS_REGION": "us-east-1", "UNIVERSE": universe,
            "PROVIDERS": providers, "PROVIDER_OPTIONS": options,
            "PROVIDER_API_KEY": "{\(keys.joined(separator: ","))}",
            "PREDICT_FUNCTION": "Predict",
        ]
        ingest = try await Ingest(environment)
    }

    func stop() {
        provider.stop()
        cloud.stop()
    }

    func run(
        _ event: String = #"{"exchange":"XNAS","time":"2012-01-10T23:30:00Z"}"#, within seconds: Double = 60
    ) async throws -> IngestSummary {
        let event = try JSONDecoder().decode(IngestEvent.self, from: Data(event.utf8))
        return try await ingest.handle(event, Context(deadline: .after(.seconds(seconds))))
    }

    /// The objects' paths without the bucket, in order.
    var objects: [String] { puts.bodies.withLock { $0.keys.sorted() } }
    var bodies: [String] { puts.bodies.withLock { Array($0.values) } }
    /// The keys under `raw/`.
    var rawKeys: [String] {
        objects.compactMap { $0.split(separator: "/", maxSplits: 1).last.flatMap { String($0).removingPercentEncoding } }
            .filter { $0.hasPrefix("raw/") }
    }
    /// The header lines of all archived objects.
    var archivedHeaders: [String] { puts.headers.withLock { $0.values.flatMap { $0 } } }
    var enqueued: [String] { puts.invoked.withLock { $0 } }

    /// The first lines of the requests to the provider.
    var requests: [String] { provider.seen.map { String($0.prefix { $0 != "\r\n" }) } }

    static let csv =
        "timestamp,open,high,low,close,adjusted_close,volume,dividend_amount,split_coefficient\r\n"
        + "2012-01-10,10,11,9,10.5,10.5,1000,0,1\r\n2012-01-09,10,11,9,10,10,1000,0,1\r\n"
    static let chart =
        #"{"chart":{"error":null,"result":[{"meta":{"currency":"USD","symbol":"A","exchangeTimezoneName":"America/New_York"},"timestamp":[1326205800],"indicators":{"quote":[{"open":[10],"high":[11],"low":[9],"close":[10.5],"volume":[1000]}]}}]}}"#
}
