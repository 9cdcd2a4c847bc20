import AWS
import FoundationEssentials
import HTTP
import LambdaRuntime
import Market
import Providers
import Store

/// The settings of Ingest, from its environment variables.
struct IngestSettings: Sendable {
    let bucket: String
    /// The instruments that are registered as the universe.
    let universe: [Instrument]
    let precedence: SourcePrecedence
    let options: [String: ProviderOptions]
    /// The providers that the weekly schedule compares; nil if there is only one.
    let crossCheckPair: SourcePrecedence.ProviderPair?
    /// The name of the function Featurize.
    let featurizeFunction: String
    /// The name of this function, for events with slices.
    let ownFunction: String

    enum Failure: Error, Sendable, CustomStringConvertible {
        case invalidUniverse(String)
        case unknownProvider(String)
        case invalidOptions(String)

        var description: String {
            switch self {
            case .invalidUniverse(let entry): "UNIVERSE has \"\(entry)\"; write SYMBOL:MIC[:CURRENCY] entries separated by commas"
            case .unknownProvider(let name): "PROVIDERS contains \"\(name)\"; known are \(ProviderCatalog.names.joined(separator: ", "))"
            case .invalidOptions(let problem):
                "PROVIDER_OPTIONS is not like {\"alphavantage\":{\"per_minute\":5,\"per_day\":25,\"concurrency\":1}}: \(problem)"
            }
        }
    }

    init(_ environment: [String: String]) throws {
        bucket = try environment.required("BUCKET")
        universe = try Self.instruments(environment["UNIVERSE"] ?? "")
        precedence = try SourcePrecedence(environment: environment)
        crossCheckPair = try precedence.crossCheckPair(environment, excluded: ProviderCatalog.unserved)
        options = try ProviderOptions.read(environment, first: precedence.general[0])
        featurizeFunction = try environment.required("FEATURIZE_FUNCTION")
        ownFunction = try environment.required("AWS_LAMBDA_FUNCTION_NAME")
    }

    /// The configured providers by name, with their API keys.
    ///
    /// `PROVIDER_SECRET_ARN` or `PROVIDER_API_KEY` holds one key, which is the first provider's, or a JSON object of keys by provider.
    func providers(_ environment: [String: String], _ http: HTTPClient) async throws -> [String: ConfiguredProvider] {
        var text = environment["PROVIDER_API_KEY"]
        if let secret = environment["PROVIDER_SECRET_ARN"], !secret.isEmpty {
            text = try await SecretsClient(http, environment: environment).secret(secret)
        }
        let keys = text.map { Self.keys($0, first: precedence.general[0]) } ?? [:]
        var providers: [String: ConfiguredProvider] = [:]
        for name in Set(precedence.allProviders + [crossCheckPair?.second].compactMap { $0 }) {
            let options = options[name] ?? ProviderOptions()
            if options.baseURL == nil, ProviderCatalog.unserved.contains(name) { continue }
            let provider = ProviderCatalog.provider(named: name, kind: options.kind, baseURL: options.baseURL, key: keys[name])
            guard let provider else { throw Failure.unknownProvider(name) }
            let traits = ProviderCatalog.traits(of: name)
            let actions = try (options.actions ?? (provider.bringsOwnActions ? [] : traits?.actionKinds ?? [])).map {
                kind throws(Failure) in
                guard let known = ProviderCatalog.provider(named: name, kind: kind, baseURL: options.baseURL, key: keys[name]),
                    known.kind == kind
                else { throw .invalidOptions("\(name) has no responses of the kind \"\(kind)\"") }
                return known
            }
            providers[name] = ConfiguredProvider(
                provider: provider, actions: actions, allowance: options.allowance(suggested: traits?.limits))
        }
        return providers
    }

    /// Parses the text of API keys.
    static func keys(_ text: String, first: String) -> [String: String] {
        (try? JSONDecoder().decode([String: String].self, from: Data(text.utf8))) ?? [first: text]
    }

    /// Reads `AAPL:XNAS,IBM:XNYS:USD`.
    static func instruments(_ text: String) throws(Failure) -> [Instrument] {
        var instruments: [Instrument] = []
        for entry in text.split(separator: ",") {
            let parts = entry.split(separator: ":", omittingEmptySubsequences: false).map { String($0.trimmed) }
            guard (2...3).contains(parts.count), !parts[0].isEmpty, TradingCalendar.mics.contains(parts[1]) else {
                throw .invalidUniverse(String(entry))
            }
            instruments.append(Instrument(listing: parts[0], on: parts[1], currency: parts.count == 3 ? parts[2] : nil))
        }
        return instruments
    }
}

extension Instrument {
    /// The instrument listed as `symbol` on `exchange`, with an id made of both. The currency may be given by the label of a minor unit,
    /// such as `GBp`.
    init(listing symbol: String, on exchange: String, currency label: String? = nil) {
        let currency = label.flatMap { CurrencyUnit(label: $0).code } ?? Instrument.usualCurrency(of: symbol, on: exchange)
        self.init(id: "\(exchange):\(symbol)", symbol: symbol, exchange: exchange, currency: currency, name: symbol)
    }
}

extension Substring {
    /// The text without leading and trailing white space.
    var trimmed: Substring {
        var text = self
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return text
    }
}
