import AWS
import FoundationEssentials
import HTTP
import LambdaRuntime
import Logging
import Market
import Objects
import Providers

/// Gets one provider's answers and keeps each as it came; a refusal is kept apart and named.
struct Fetch: Sendable {
    let http: HTTPClient
    let archive: RawArchive
    let provider: any DataProvider

    private static let pauses = RetryPolicy(attempts: 5, base: .milliseconds(500))

    /// How one question ended.
    enum Outcome: Sendable {
        case stored(StoredAnswer)
        case refused(ProviderRefusal)
    }

    /// An answer in the archive, with its bytes at hand.
    struct StoredAnswer: Sendable {
        let key: String
        let body: [UInt8]
        let status: Int
        let contentType: String?
        /// Whether this call created the object; the same bytes of the same day are one object.
        let isNew: Bool
    }

    /// Asks, and asks again while that can help and the deadline allows.
    ///
    /// - Throws: `AWSError` when the archive fails; whatever the provider does is an outcome.
    func callAsFunction(
        _ instrument: Instrument, symbol: String, from: SessionDate?, asOf: Instant, _ context: Context
    ) async throws -> Outcome {
        let request = provider.request(symbol: symbol, from: from, asOf: asOf)
        var retry = 0
        while true {
            let (refusal, response) = await ask(request, context)
            guard let refusal else {
                guard let response else { return .refused(ProviderRefusal(.malformed, "no answer")) }
                return .stored(try await keep(response, request, instrument, asOf, context))
            }
            context.logger.warning("refused", metadata: ["symbol": "\(symbol)", "refusal": "\(refusal)"])
            let asked = refusal.retryAfter.map { Duration.seconds($0) }
            guard refusal.isRetryable, let pause = Self.pauses.pause(retry: retry, atLeast: asked, before: context.cutOff.instant) else {
                if let response { try await keepRefusal(response, request, instrument, asOf, context) }
                return .refused(refusal)
            }
            retry += 1
            try await Task.sleep(for: pause)
        }
    }

    private func ask(_ request: ProviderRequest, _ context: Context) async -> (ProviderRefusal?, HTTPResponse?) {
        let question = HTTPRequest("GET", request.url, headers: request.headers, maximumBytes: 64 << 20)
        do throws(HTTPFailure) {
            let response = try await http.send(question, deadline: min(context.cutOff.instant, .now + .seconds(30)))
            return (provider.classify(status: response.status, body: response.body, headers: response.headers), response)
        } catch {
            return (ProviderRefusal(.serverError, "the provider could not be reached: \(error)"), nil)
        }
    }

    private func keep(
        _ response: HTTPResponse, _ request: ProviderRequest, _ instrument: Instrument, _ asOf: Instant, _ context: Context
    ) async throws -> StoredAnswer {
        let body = provider.redacted(response.body).body
        let record = record(response, request, instrument, asOf)
        let (key, outcome) = try await archive.put(body, record, part: Int(asOf.seconds % 86_400), deadline: context.cutOff.instant)
        return StoredAnswer(
            key: key.description, body: body, status: response.status, contentType: record.contentType, isNew: outcome == .created)
    }

    private func keepRefusal(
        _ response: HTTPResponse, _ request: ProviderRequest, _ instrument: Instrument, _ asOf: Instant, _ context: Context
    ) async throws {
        let body = provider.redacted(response.body).body
        let record = record(response, request, instrument, asOf)
        _ = try await archive.put(body, record, isRefusal: true, deadline: context.cutOff.instant)
    }

    private func record(_ response: HTTPResponse, _ request: ProviderRequest, _ instrument: Instrument, _ asOf: Instant) -> RawRecord {
        RawRecord(
            provider: provider.name, kind: provider.kind, instrument: instrument.id, url: request.storedURL, status: response.status,
            contentType: response[header: "Content-Type"], knownAt: asOf, fetchedAt: Instant(microseconds: WallClock.microseconds()))
    }
}
