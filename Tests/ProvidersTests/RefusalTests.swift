import Foundation
import Market
import Providers
import Testing

@Suite struct Refusals {
    private static let date = (name: "Date", value: "Wed, 21 Oct 2026 07:28:00 GMT")

    @Test(
        arguments: [
            ("7", 7.0), ("0", 0), ("Wed, 21 Oct 2026 07:30:30 GMT", 150), ("Wed, 21 Oct 2026 07:00:00 GMT", 0), ("soon", nil),
            ("Wed, 21 Oct 2026 27:30:30 GMT", nil), ("21 Oct 2026 07:30:30 GMT", nil),
        ] as [(String, Double?)])
    func retryAfterIsSecondsOrADateOnBothStatuses(_ value: String, _ seconds: Double?) {
        for (status, name) in [(429, "rate-limited"), (503, "server-error")] {
            let headers = [Self.date, (name: "retry-after", value: value)]
            for provider in [YahooChart(), TiingoDaily(key: nil), PolygonAggregates(key: nil)] as [any DataProvider] {
                let refusal = provider.classify(status: status, body: [UInt8]("<html>busy</html>".utf8), headers: headers)
                #expect(refusal?.kind.name == name)
                #expect(refusal?.retryAfter == seconds)
                #expect(refusal?.reaction == .retry(after: seconds ?? (status == 429 ? 60 : 1)))
            }
        }
    }

    @Test func withoutADateOfItsOwnAnAnswersDateIsComparedWithNow() throws {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "GMT")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        let until = format.string(from: Date(timeIntervalSinceNow: 3600))
        let refusal = YahooChart().classify(status: 429, body: [], headers: [(name: "Retry-After", value: until)])
        let seconds = try #require(refusal?.retryAfter)
        #expect(seconds > 3000 && seconds <= 3600)
    }

    @Test func aFailingServersWordsKeepItsPause() {
        let body = [UInt8](#"{"message":"too many requests"}"#.utf8)
        let refusal = AlpacaBars(key: nil).classify(status: 503, body: body, headers: [(name: "Retry-After", value: "30")])
        #expect(refusal?.kind == .serverError && refusal?.retryAfter == 30)
    }
}
