import Formats
import LambdaEvents
import LambdaRuntime
import Market

/// The validated query parameters of a request. An invalid parameter is reported as a problem with its name.
struct QueryParameters {
    private let given: [String: String]
    /// The business time: `as_of`, or the request's own time without the parameter.
    let asOf: Instant

    init(_ request: HTTPAPIRequest) throws(ProblemDetails) {
        given = request.queryStringParameters ?? [:]
        let now =
            request.requestContext.timeEpoch.flatMap { Instant(epochMilliseconds: $0) }
            ?? Instant(microseconds: WallClock.microseconds())
        guard let text = given["as_of"] else {
            asOf = now
            return
        }
        guard let instant = Instant(asOf: text, now: now) else { throw .unreadableAsOf(text) }
        guard instant <= now else { throw .futureAsOf(text, now: "\(now)") }
        asOf = instant
    }

    func text(_ name: String) -> String? { given[name] }

    func date(_ name: String) throws(ProblemDetails) -> SessionDate? {
        guard let text = given[name] else { return nil }
        guard let date = SessionDate(text) else { throw .invalidParameter(name, "\"\(text)\" is not a date such as 2013-03-01.") }
        return date
    }

    func number(_ name: String, in range: ClosedRange<Int>) throws(ProblemDetails) -> Int? {
        guard let text = given[name] else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw .invalidParameter(name, "\"\(text)\" is not a number from \(range.lowerBound) to \(range.upperBound).")
        }
        return number
    }

    func choice(_ name: String, of choices: [String]) throws(ProblemDetails) -> String? {
        guard let text = given[name] else { return nil }
        guard choices.contains(text) else {
            throw .invalidParameter(name, "\"\(text)\" is not one of \(choices.joined(separator: ", ")).")
        }
        return text
    }
}
