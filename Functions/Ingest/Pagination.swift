import LambdaRuntime
import Logging
import Market
import Providers

/// All pages of one provider's response about one instrument, each an object of its own.
struct Pagination: Sendable {
    /// No response has more. What is left, the next run asks for, because pages begin with the oldest; those of one provider begin with the
    /// newest, but the first holds twenty years: a load that says `from` asks for what its second lacks.
    static let limit = 60

    let fetch: ResponseFetcher
    let instrument: Instrument
    let symbol: String
    let calendar: TradingCalendar?
    let asOf: Instant

    enum Outcome: Sendable {
        /// At least one.
        case stored([ResponseFetcher.StoredAnswer])
        case refused(ProviderError)
        case later
    }

    /// A refusal of a later page ends the response with what came before it.
    func callAsFunction(from: SessionDate?, _ context: Context) async throws -> Outcome {
        let provider = fetch.provider
        var request = provider.request(symbol: symbol, from: from, asOf: asOf)
        var responses: [ResponseFetcher.StoredAnswer] = []
        var asked: Set<String> = []
        while true {
            switch try await fetch(request, about: instrument, asOf: asOf, context) {
            case .later:
                guard !responses.isEmpty else { return .later }
                note("The next page has to wait for the next run", responses.count, context)
                return .stored(responses)
            case .refused(let refusal):
                guard !responses.isEmpty else { return .refused(refusal) }
                note("A page is missing: \(refusal)", responses.count, context)
                return .stored(responses)
            case .stored(let response):
                responses.append(response)
                guard provider.hasPages, let page = nextPage(after: response) else { return .stored(responses) }
                guard asked.insert(page).inserted, responses.count < Self.limit,
                    let next = provider.nextRequest(after: page, symbol: symbol, from: from, asOf: asOf)
                else {
                    note("The pages have no end", responses.count, context)
                    return .stored(responses)
                }
                request = next
            }
        }
    }

    private func nextPage(after response: ResponseFetcher.StoredAnswer) -> String? {
        let parsed = try? fetch.provider.parse(
            response.body, status: response.status, contentType: response.contentType, calendar: calendar, asOf: asOf)
        return parsed?.nextPage
    }

    private func note(_ problem: String, _ pages: Int, _ context: Context) {
        context.logger.warning(
            "\(problem)", metadata: ["provider": "\(fetch.provider.name)", "instrument": "\(instrument.id)", "pages": "\(pages)"])
    }
}
