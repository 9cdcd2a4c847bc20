import AWS
import FoundationEssentials
import HTTP
import LambdaRuntime
import Logging
import Market
import Objects
import Providers
import Store

/// Gets one provider's answers, never faster than it allows, and keeps each as it came; a refusal is kept apart and named.
struct ResponseFetcher: Sendable {
    let http: HTTPClient
    let archive: ResponseArchive
    let limits: RequestLimits
    let provider: any DataProvider
    private let allowance: RequestLimits.Allowance

    private static let pauses = RetryPolicy(attempts: 5, base: .milliseconds(500))
    /// Seconds that one request may take.
    private static let patience = 30
    /// Kept of an invocation for writing down how its questions ended.
    private static let reserve = Duration.seconds(5)
    /// Nobody waits longer than this for leave to ask: what is left is a refusal, and the next run's work.
    private static let longestWait = 900.0

    init(
        _ provider: any DataProvider, _ allowance: RequestLimits.Allowance, http: HTTPClient, archive: ResponseArchive,
        limits: RequestLimits
    ) {
        self.provider = provider
        self.allowance = allowance
        self.http = http
        self.archive = archive
        self.limits = limits
    }

    /// How one question ended.
    enum Outcome: Sendable {
        case stored(StoredAnswer)
        case refused(ProviderError)
        /// The provider's limits, or what was asked before, leave no time in this invocation.
        case later
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
    /// - Throws: `AWSError` when the archive fails, `PostgresError`; whatever the provider does is an outcome.
    func callAsFunction(
        _ request: ProviderRequest, about instrument: Instrument, asOf: Instant, _ context: Context
    ) async throws -> Outcome {
        let end = context.cutOff.instant - Self.reserve
        var retry = 0
        // What stands when the time for asking again is over: what the provider said, if it said anything.
        var unfinished = Outcome.later
        while true {
            guard .now < end else { return unfinished }
            let lease: RequestLimits.Lease
            switch try await limits.take(provider.name, allowance, lease: 2 * Self.patience) {
            case .granted(let granted): lease = granted
            case .wait(let seconds, let reason):
                if let refusal = Self.refusal(reason, seconds) { return .refused(refusal) }
                guard .now + .seconds(seconds) < end else {
                    // Whoever goes on with it would be told the same at once: wait as long as there is time.
                    let rest = context.cutOff.instant - .now - .seconds(10)
                    if rest > .zero { try await Task.sleep(for: rest) }
                    return .later
                }
                try await Task.sleep(for: .seconds(seconds))
                continue
            }
            let answer = await ask(request, before: end)
            try await limits.give(back: lease, to: provider.name)
            guard let (refusal, response) = answer else { return unfinished }
            guard let refusal else {
                guard let response else { return .refused(ProviderError(.malformed, "no answer")) }
                return .stored(try await keep(response, request, instrument, asOf, context))
            }
            context.logger.warning(
                "refused", metadata: ["provider": "\(provider.name)", "symbol": "\(instrument.symbol)", "refusal": "\(refusal)"])
            try await react(to: refusal)
            guard let floor = Self.pause(after: refusal),
                let pause = Self.pauses.pause(retry: retry, atLeast: floor, before: end)
            else {
                if let response { try await keepRefusal(response, request, instrument, asOf, context) }
                return .refused(refusal)
            }
            retry += 1
            unfinished = .refused(refusal)
            try await Task.sleep(for: pause)
        }
    }

    /// What a refusal means for everyone who asks the same provider.
    private func react(to refusal: ProviderError) async throws {
        let seconds: Double?
        switch (refusal.kind, refusal.reaction) {
        case (.dailyQuota, _): seconds = nil
        case (.badKey, _): seconds = 300
        case (.blocked, _): seconds = Self.longestWait
        case (_, .retry(let after)) where Self.concernsEveryone(refusal): seconds = after
        default: return
        }
        try await limits.block(provider.name, seconds: seconds, reason: refusal.kind.name)
    }

    private static func concernsEveryone(_ refusal: ProviderError) -> Bool {
        switch refusal.kind {
        case .rateLimited, .maintenance: true
        default: refusal.retryAfter != nil
        }
    }

    /// How long at least to wait before asking again; nil where that cannot help. What holds for everyone is waited for with the others.
    private static func pause(after refusal: ProviderError) -> Duration? {
        guard case .retry(let seconds) = refusal.reaction else { return nil }
        return concernsEveryone(refusal) ? .zero : .seconds(seconds)
    }

    /// Nothing that waiting helps against.
    private static func refusal(_ reason: String, _ seconds: Double) -> ProviderError? {
        switch reason {
        case ProviderError.Kind.dailyQuota.name:
            ProviderError(.dailyQuota, "nothing more until the day ends; the next run goes on with what is oldest")
        case ProviderError.Kind.badKey.name: ProviderError(.badKey, "the key was refused a moment ago")
        case ProviderError.Kind.blocked.name: ProviderError(.blocked, "programs were turned away a moment ago")
        case ProviderError.Kind.maintenance.name: ProviderError(.maintenance, "it was under maintenance a moment ago")
        default:
            seconds > longestWait
                ? ProviderError(.rateLimited(retryAfter: seconds), "the provider wants no questions for \(Int(seconds)) s") : nil
        }
    }

    /// Nil when the invocation's time ended before the provider's had.
    private func ask(_ request: ProviderRequest, before end: ContinuousClock.Instant) async -> (ProviderError?, HTTPResponse?)? {
        let patient = ContinuousClock.now + .seconds(Self.patience)
        let question = HTTPRequest("GET", request.url, headers: request.headers, maximumBytes: 64 << 20)
        do throws(HTTPFailure) {
            let response = try await http.send(question, deadline: min(end, patient))
            return (provider.classify(status: response.status, body: response.body, headers: response.headers), response)
        } catch {
            // Connecting has a shorter time of its own, which is the provider's fault.
            if error.kind == .timedOut, .now + .milliseconds(50) >= end { return nil }
            return (ProviderError(.serverError, "the provider could not be reached: \(error)"), nil)
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

    private func record(_ response: HTTPResponse, _ request: ProviderRequest, _ instrument: Instrument, _ asOf: Instant) -> ResponseMetadata
    {
        ResponseMetadata(
            provider: provider.name, kind: provider.kind, instrument: instrument.id, url: request.storedURL, status: response.status,
            contentType: response[header: "Content-Type"], knownAt: asOf, fetchedAt: Instant(microseconds: WallClock.microseconds()))
    }
}
