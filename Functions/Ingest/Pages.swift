import LambdaRuntime
import Logging
import Market
import Providers

/// All pages of one provider's answer about one instrument, each an object of its own.
struct Pages: Sendable {
    /// No answer has more. What is left, the next run asks for, because pages begin with the oldest; those of one provider begin with the
    /// newest, but the first holds twenty years: a load that says `from` asks for what its second lacks.
    static let limit = 60

    let fetch: Fetch
    let instrument: Instrument
    let symbol: String
    let calendar: TradingCalendar?
    let asOf: Instant

    enum Outcome: Sendable {
        /// At least one.
        case stored([Fetch.StoredAnswer])
        case refused(ProviderRefusal)
        case later
    }

    /// A refusal of a later page ends the answer with what came before it.
    func callAsFunction(from: SessionDate?, _ context: Context) async throws -> Outcome {
        let provider = fetch.provider
        var request = provider.request(symbol: symbol, from: from, asOf: asOf)
        var answers: [Fetch.StoredAnswer] = []
        var asked: Set<String> = []
        while true {
            switch try await fetch(request, about: instrument, asOf: asOf, context) {
            case .later:
                guard !answers.isEmpty else { return .later }
                note("The next page has to wait for the next run", answers.count, context)
                return .stored(answers)
            case .refused(let refusal):
                guard !answers.isEmpty else { return .refused(refusal) }
                note("A page is missing: \(refusal)", answers.count, context)
                return .stored(answers)
            case .stored(let answer):
                answers.append(answer)
                guard provider.hasPages, let page = nextPage(after: answer) else { return .stored(answers) }
                guard asked.insert(page).inserted, answers.count < Self.limit,
                    let next = provider.nextRequest(after: page, symbol: symbol, from: from, asOf: asOf)
                else {
                    note("The pages have no end", answers.count, context)
                    return .stored(answers)
                }
                request = next
            }
        }
    }

    private func nextPage(after answer: Fetch.StoredAnswer) -> String? {
        let parsed = try? fetch.provider.parse(
            answer.body, status: answer.status, contentType: answer.contentType, calendar: calendar, asOf: asOf)
        return parsed?.nextPage
    }

    private func note(_ problem: String, _ pages: Int, _ context: Context) {
        context.logger.warning(
            "\(problem)", metadata: ["provider": "\(fetch.provider.name)", "instrument": "\(instrument.id)", "pages": "\(pages)"])
    }
}
