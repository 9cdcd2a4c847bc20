import AWS
import Formats
import FoundationEssentials
import HTTP
import LambdaRuntime
import Logging
import Market
import Objects
import Providers
import Store

/// An archived response, and its data as they were decoded when it came.
struct FetchedResponse: Sendable {
    let archived: ArchivedResponse
    /// nil if the archived body differs from the one that came.
    let decoded: DecodedResponse?

    /// The parsed response; nil if the provider's parser rejects it.
    func parsed(by provider: any DataProvider, _ calendar: TradingCalendar?, asOf: Instant) -> ParsedResponse? {
        guard let decoded else {
            return try? provider.parse(archived.body, status: archived.metadata.status, calendar: calendar, asOf: asOf)
        }
        return try? decoded.parse(calendar, asOf)
    }
}

/// Fetches responses of one provider within its request limits, and archives each response before it is parsed.
///
/// A response in which the provider reports an error is archived under `rejected/`.
struct ResponseFetcher: Sendable {
    let http: HTTPClient
    let archive: ResponseArchive
    let limits: RequestLimits
    let provider: any DataProvider
    private let allowance: RequestLimits.Allowance

    private static let retries = RetryPolicy(attempts: 5, base: .milliseconds(500))
    /// The timeout of one request in seconds.
    private static let requestTimeout = 30
    /// The time at the end of an invocation that is reserved for recording outcomes.
    private static let reserve = Duration.seconds(5)
    /// The longest time to wait for request limits. A longer wait is an error, and the next run requests what is missing.
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

    /// The outcome of one request.
    enum Outcome: Sendable {
        case stored(FetchedResponse)
        case failed(ProviderError)
        /// The request limits, or earlier requests, leave no time in this invocation.
        case later
    }

    /// Sends a request, and retries as long as a retry can help and the deadline allows.
    ///
    /// - Throws: `AWSError` if archiving fails, `PostgresError`. Errors of the provider are an outcome.
    func fetch(
        _ request: ProviderRequest, about instrument: Instrument, asOf: Instant, _ context: Context
    ) async throws -> Outcome {
        let end = context.cutOff.instant - Self.reserve
        var retry = 0
        // The outcome if no time is left: the provider's last error, if there was one.
        var unfinished = Outcome.later
        while true {
            guard .now < end else { return unfinished }
            let lease: RequestLimits.Lease
            switch try await limits.acquire(provider.name, allowance, lease: 2 * Self.requestTimeout) {
            case .granted(let granted): lease = granted
            case .wait(let seconds, let reason):
                if let error = Self.error(reason, seconds) { return .failed(error) }
                guard .now + .seconds(seconds) < end else {
                    // The next invocation would have to wait too, so this one waits as long as it can.
                    let rest = context.cutOff.instant - .now - .seconds(10)
                    if rest > .zero { try await Task.sleep(for: rest) }
                    return .later
                }
                try await Task.sleep(for: .seconds(seconds))
                continue
            }
            let result = await send(request, before: end)
            try await limits.release(lease, of: provider.name)
            let (error, response): (ProviderError, HTTPResponse?)
            switch result {
            case nil: return unfinished
            case .data(let response, let decoded):
                let part = Int(asOf.seconds % 86_400)
                let metadata = metadata(of: response, request, instrument, asOf)
                let redacted = provider.redacted(response.body)
                let archived = try await archive.put(redacted.body, metadata, part: part, deadline: context.cutOff.instant)
                return .stored(FetchedResponse(archived: archived, decoded: redacted.changed ? nil : decoded))
            case .error(let reported, let without): (error, response) = (reported, without)
            }
            context.logger.warning(
                "The provider reported an error",
                metadata: ["provider": "\(provider.name)", "symbol": "\(instrument.symbol)", "error": "\(error)"])
            try await block(after: error)
            guard let least = Self.pause(after: error),
                let pause = Self.retries.pause(retry: retry, atLeast: least, before: end)
            else {
                if let response {
                    _ = try await archive.put(
                        provider.redacted(response.body).body, metadata(of: response, request, instrument, asOf), isRejected: true,
                        deadline: context.cutOff.instant)
                }
                return .failed(error)
            }
            retry += 1
            unfinished = .failed(error)
            try await Task.sleep(for: pause)
        }
    }

    /// Blocks all requests to the provider for a time, if the error concerns all requests.
    private func block(after error: ProviderError) async throws {
        let seconds: Double?
        switch (error.kind, error.reaction) {
        case (.dailyQuota, _): seconds = nil
        case (.badKey, _): seconds = 300
        case (.blocked, _): seconds = Self.longestWait
        case (_, .retry(let after)) where Self.concernsAllRequests(error): seconds = after
        default: return
        }
        try await limits.block(provider.name, seconds: seconds, reason: error.kind.name)
    }

    private static func concernsAllRequests(_ error: ProviderError) -> Bool {
        switch error.kind {
        case .rateLimited, .maintenance: true
        default: error.retryAfter != nil
        }
    }

    /// The shortest time until a retry; nil if a retry cannot help.
    ///
    /// An error that concerns all requests needs no pause here: `block(after:)` has already blocked the provider.
    private static func pause(after error: ProviderError) -> Duration? {
        guard case .retry(let seconds) = error.reaction else { return nil }
        return concernsAllRequests(error) ? .zero : .seconds(seconds)
    }

    /// The error for a wait that is too long or pointless; nil if waiting helps.
    private static func error(_ reason: String, _ seconds: Double) -> ProviderError? {
        switch reason {
        case ProviderError.Kind.dailyQuota.name:
            ProviderError(.dailyQuota, "the daily quota is used up; the next run continues with the oldest instruments")
        case ProviderError.Kind.badKey.name: ProviderError(.badKey, "the API key was rejected a moment ago")
        case ProviderError.Kind.blocked.name: ProviderError(.blocked, "the provider blocked automated requests a moment ago")
        case ProviderError.Kind.maintenance.name: ProviderError(.maintenance, "the provider was under maintenance a moment ago")
        default:
            seconds > longestWait
                ? ProviderError(.rateLimited(retryAfter: seconds), "the provider allows no request for \(seconds.rounded()) s") : nil
        }
    }

    /// The result of one request: data, or an error with the response in which the provider reports it.
    private enum Reply {
        case data(HTTPResponse, DecodedResponse)
        case error(ProviderError, HTTPResponse?)
    }

    /// Sends one request. Returns nil if the invocation ran out of time before the request timed out.
    private func send(_ request: ProviderRequest, before end: ContinuousClock.Instant) async -> Reply? {
        let timeout = ContinuousClock.now + .seconds(Self.requestTimeout)
        let httpRequest = HTTPRequest("GET", request.url, headers: request.headers, maximumBytes: provider.responseLimit.bytes)
        do throws(HTTPError) {
            let response = try await http.send(httpRequest, deadline: min(end, timeout))
            do throws(ProviderError) {
                return .data(response, try provider.decode(response.body, status: response.status, headers: response.headers))
            } catch {
                return .error(error, response)
            }
        } catch {
            // A timeout before the end is the connect timeout or the 30 s `requestTimeout`, both the provider's fault.
            if error.kind == .timedOut, .now + .milliseconds(50) >= end { return nil }
            return .error(ProviderError(.serverError, "the provider could not be reached: \(provider.redacted("\(error)"))"), nil)
        }
    }

    private func metadata(
        of response: HTTPResponse, _ request: ProviderRequest, _ instrument: Instrument, _ asOf: Instant
    ) -> ResponseMetadata {
        ResponseMetadata(
            provider: provider.name, kind: provider.kind, instrument: instrument.id, url: request.storedURL, status: response.status,
            contentType: response[header: "Content-Type"].map { provider.redacted($0) }, knownAt: asOf,
            fetchedAt: Instant(microseconds: WallClock.microseconds()))
    }
}
