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

    /// One page, parsed once if anything reads it.
    struct Page: Sendable {
        let archived: ArchivedResponse
        /// nil if it was not to be parsed, or is rejected by the parser.
        let parsed: ParsedResponse?
    }

    enum Outcome: Sendable {
        /// All pages, at least one.
        case stored([Page])
        case failed(ProviderError)
        case later
    }

    /// Fetches the pages in order. If a page after the first fails or has to wait, the pages before it are the outcome. Pages of the whole
    /// history are parsed only to find the next page.
    func fetch(from: SessionDate?, _ context: Context) async throws -> Outcome {
        let provider = fetcher.provider
        var request = provider.request(symbol: symbol, from: from, asOf: asOf)
        var responses: [Page] = []
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
                let parsed = provider.hasPages || from != nil ? response.parsed(by: provider, calendar, asOf: asOf) : nil
                responses.append(Page(archived: response.archived, parsed: parsed))
                guard provider.hasPages, let page = parsed?.nextPage else { return .stored(responses) }
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

    private func warn(_ problem: String, _ pages: Int, _ context: Context) {
        context.logger.warning(
            "\(problem)", metadata: ["provider": "\(fetcher.provider.name)", "instrument": "\(instrument.id)", "pages": "\(pages)"])
    }
}
