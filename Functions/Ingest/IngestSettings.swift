import AWS
import FoundationEssentials
import HTTP
import Market
import Providers

/// What the template tells Ingest.
struct IngestSettings: Sendable {
    let bucket: String
    /// Every instrument that the schedules keep up to date.
    let universe: [Instrument]
    let providerName: String
    let providerBaseURL: String?
    /// The function that is told when a run is complete.
    let featurizeFunction: String
    /// Ingest itself, for slices.
    let ownFunction: String

    enum Failure: Error, Sendable, CustomStringConvertible {
        case missing(String)
        case invalidUniverse(String)
        case unknownProvider(String)

        var description: String {
            switch self {
            case .missing(let name): "the environment variable \(name) is not set"
            case .invalidUniverse(let entry): "UNIVERSE has \"\(entry)\"; write SYMBOL:MIC[:CURRENCY], separated by commas"
            case .unknownProvider(let name): "PROVIDER is \"\(name)\"; known are \(ProviderCatalog.names.joined(separator: ", "))"
            }
        }
    }

    init(_ environment: [String: String]) throws {
        func required(_ name: String) throws(Failure) -> String {
            guard let value = environment[name], !value.isEmpty else { throw .missing(name) }
            return value
        }
        bucket = try required("BUCKET")
        universe = try Self.instruments(environment["UNIVERSE"] ?? "")
        providerName = environment["PROVIDER"] ?? YahooChart.name
        providerBaseURL = environment["PROVIDER_BASE_URL"].flatMap { $0.isEmpty ? nil : $0 }
        featurizeFunction = try required("FEATURIZE_FUNCTION")
        ownFunction = try required("AWS_LAMBDA_FUNCTION_NAME")
    }

    /// The provider, with its key from `PROVIDER_SECRET_ARN` or `PROVIDER_API_KEY`.
    func provider(_ environment: [String: String], _ http: HTTPClient) async throws -> any DataProvider {
        var key = environment["PROVIDER_API_KEY"]
        if let secret = environment["PROVIDER_SECRET_ARN"], !secret.isEmpty {
            key = try await SecretsClient(http, environment: environment).secret(secret)
        }
        let kind = environment["PROVIDER_KIND"].flatMap { $0.isEmpty ? nil : $0 }
        guard let provider = ProviderCatalog.provider(named: providerName, kind: kind, baseURL: providerBaseURL, key: key) else {
            throw Failure.unknownProvider(providerName)
        }
        return provider
    }

    /// Reads `AAPL:XNAS,IBM:XNYS:USD`.
    static func instruments(_ text: String) throws(Failure) -> [Instrument] {
        var instruments: [Instrument] = []
        for entry in text.split(separator: ",") {
            let parts = entry.split(separator: ":", omittingEmptySubsequences: false).map { String($0.trimmed) }
            guard (2...3).contains(parts.count), !parts[0].isEmpty, TradingCalendar.of(mic: parts[1]) != nil else {
                throw .invalidUniverse(String(entry))
            }
            instruments.append(Instrument(listing: parts[0], on: parts[1], currency: parts.count == 3 ? parts[2] : "USD"))
        }
        return instruments
    }
}

extension Instrument {
    /// The instrument that is listed under `symbol` on `exchange`; its id is made of both.
    init(listing symbol: String, on exchange: String, currency: String = "USD") {
        self.init(id: "\(exchange):\(symbol)", symbol: symbol, exchange: exchange, currency: currency, name: symbol)
    }
}

extension Substring {
    /// Without blanks at either end.
    var trimmed: Substring {
        var text = self
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
