import LambdaRuntime
import Logging
import Market
import Objects
import Providers

/// Fetches all pages of one provider's response about one instrument. Each page is an archived response of its own.
struct Pagination: Sendable {
    /// The largest number of pages of one response.
    ///
    /// The next run requests what is missing, because pages begin with the oldest bars. One provider's pages begin with the newest, but its
    /// first page holds twenty years; an event with `from` requests the rest.
    static let largestPageCount = 60

    let fetcher: ResponseFetcher
    let instrument: Instrument
    let symbol: String
    let calendar: TradingCalendar?
    let asOf: Instant

    enum Outcome: Sendable {
        /// All pages, at least one.
        case stored([ArchivedResponse])
        case failed(ProviderError)
        case later
    }

    /// Fetches the pages in order. If a page after the first fails or has to wait, the pages before it are the outcome.
    func fetch(from: SessionDate?, _ context: Context) async throws -> Outcome {
        let provider = fetcher.provider
        var request = provider.request(symbol: symbol, from: from, asOf: asOf)
        var responses: [ArchivedResponse] = []
        var requested: Set<String> = []
        while true {
            switch try await fetcher.fetch(request, about: instrument, asOf: asOf, context) {
            case .later:
                guard !responses.isEmpty else { return .later }
                warn("The next run requests the next page", responses.count, context)
                return .stored(responses)
            case .failed(let error):
                guard !responses.isEmpty else { return .failed(error) }
                warn("A page is missing: \(error)", responses.count, context)
                return .stored(responses)
            case .stored(let response):
                responses.append(response)
                guard provider.hasPages, let page = nextPage(after: response) else { return .stored(responses) }
                guard requested.insert(page).inserted, responses.count < Self.largestPageCount,
                    let next = provider.nextRequest(after: page, symbol: symbol, from: from, asOf: asOf)
                else {
                    warn("The response has too many pages", responses.count, context)
                    return .stored(responses)
                }
                request = next
            }
        }
    }

    private func nextPage(after response: ArchivedResponse) -> String? {
        let parsed = try? fetcher.provider.parse(
            response.body, status: response.metadata.status, calendar: calendar, asOf: asOf)
        return parsed?.nextPage
    }

    private func warn(_ problem: String, _ pages: Int, _ context: Context) {
        context.logger.warning(
            "\(problem)", metadata: ["provider": "\(fetcher.provider.name)", "instrument": "\(instrument.id)", "pages": "\(pages)"])
    }
}
