import Foundation
import Market
import Providers
import Testing

@Suite struct ProviderErrorTests {
    private static let date = (name: "Date", value: "Wed, 21 Oct 2026 07:28:00 GMT")

    @Test(
        arguments: [
            ("7", 7.0), ("0", 0), ("Wed, 21 Oct 2026 07:30:30 GMT", 150), ("Wed, 21 Oct 2026 07:00:00 GMT", 0), ("soon", nil),
            ("Wed, 21 Oct 2026 27:30:30 GMT", nil), ("21 Oct 2026 07:30:30 GMT", nil),
            ("1e300", 86_400), ("90000", 86_400), ("-1e300", 0), ("Fri, 31 Dec 9999 23:59:59 GMT", 86_400),
        ] as [(String, Double?)])
    func `Retry-After is read as seconds or a date, with 429 and 503`(_ value: String, _ seconds: Double?) {
        for (status, name) in [(429, "rate-limited"), (503, "server-error")] {
            let headers = [Self.date, (name: "retry-after", value: value)]
            for provider in [YahooChart(), TiingoDaily(key: nil), PolygonAggregates(key: nil)] as [any DataProvider] {
                let error = provider.error(in: [UInt8]("<html>busy</html>".utf8), status: status, headers: headers)
                #expect(error?.kind.name == name)
                #expect(error?.retryAfter == seconds)
                #expect(error?.reaction == .retry(after: seconds ?? (status == 429 ? 60 : 1)))
            }
        }
    }

    @Test func `Without a Date header, Retry-After is compared with now`() throws {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "GMT")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        let until = format.string(from: Date(timeIntervalSinceNow: 3600))
        let error = YahooChart().error(in: [], status: 429, headers: [(name: "Retry-After", value: until)])
        let seconds = try #require(error?.retryAfter)
        #expect(seconds > 3000 && seconds <= 3600)
    }

    @Test func `The message of a failing server keeps its Retry-After`() {
        let body = [UInt8](#"{"message":"too many requests"}"#.utf8)
        let error = AlpacaBars(key: nil).error(in: body, status: 503, headers: [(name: "Retry-After", value: "30")])
        #expect(error?.kind == .serverError && error?.retryAfter == 30)
    }

    @Test(arguments: ["1e300", "-1e300", "\"1e300\"", "1e19", "600", "399.5"])
    func `A code that is no HTTP status is ignored`(_ code: String) {
        let body = [UInt8]("{\"code\":\(code),\"message\":\"what\",\"status\":\"error\"}".utf8)
        for provider in [TwelveDataSeries(key: nil), TwelveDataQuote(key: nil)] as [any DataProvider] {
            #expect(provider.error(in: body)?.kind == .malformed)
            #expect(provider.error(in: body, status: 429)?.kind.name == "rate-limited")
        }
    }
}

/// Errors are logged and stored, so they must not contain the API key, wherever a response repeats it.
@Suite struct KeyRedactionTests {
    private static let key = "SECRETKEY99"
    private static let alphaVantage: [any DataProvider] = [
        AlphaVantageDaily(key: key), AlphaVantageDaily(key: key, adjusted: true), AlphaVantageQuote(key: key),
        AlphaVantageActions(key: key, subject: .splits), AlphaVantageActions(key: key, subject: .dividends),
        AlphaVantageIntraday(key: key),
    ]

    /// Every provider of the catalog that has a key, with its daily bars and corporate actions, and further kinds of responses.
    private static let providers: [any DataProvider] =
        alphaVantage + [
            TiingoIntraday(key: key), TwelveDataQuote(key: key), FinnhubQuote(key: key), ToyDaily(key: key),
        ]
        + ProviderCatalog.names.flatMap { name in
            let kinds = [nil] + (ProviderCatalog.traits(of: name)?.actionKinds ?? [])
            let own = name == Alpaca.name ? "id:" + key : key
            return kinds.compactMap { ProviderCatalog.provider(named: name, kind: $0, key: own) }.filter { $0.key != nil }
        }

    @Test(arguments: [
        "a,\(key),c\n1,2,3\n", "date,\(key)\n2012-01-03,1\n", "date,close of \(key)\n", "{\"a\":\"\(key)\"}", "{\"\(key)\":1}",
        "[\"\(key)\"",
        "{\"\(key)", "<html>\(key)</html>", "your token, \(key), is not one of ours, friend", "{\"values\":\"\(key)\"}",
        "{\"data\":\"\(key)\",\"bars\":1}", "a,b," + String(repeating: "x", count: 190) + key + "\n1,2,3\n",
    ])
    func `The key is in no error text`(_ body: String) throws {
        for provider in Self.providers {
            for status in [200, 400, 429, 500] {
                let error = try #require(
                    provider.error(in: [UInt8](body.utf8), status: status), "\(provider.name)/\(provider.kind)")
                #expect(!error.description.contains("SECRET"), "\(provider.name)/\(provider.kind): \(error)")
            }
        }
    }

    @Test func `The key is in no error text in any form`() throws {
        let forms = [
            "S%45CRETKEY99", "SECR&#69;TKEY99", Data("id:\(Self.key)".utf8).base64EncodedString(), "S\\u0045CRETKEY99",
        ]
        for provider in Self.providers {
            for form in forms {
                for body in ["{\"\(form)\":1}", "<html>\(form)</html>", "{\"message\":\"\(form)\",\"Information\":\"\(form)\"}"] {
                    let error = try #require(provider.error(in: Array(body.utf8)), "\(provider.name)/\(provider.kind)")
                    #expect(!error.description.contains(form) && !error.description.contains("SECRET"), "\(provider.name): \(error)")
                }
                #expect(!provider.redacted("text/html; a=\(form)").contains(form))
            }
        }
    }

    @Test func `A request carries the key, and its stored address does not`() {
        for provider in Self.providers {
            let request = provider.request(symbol: "AAPL", from: nil, asOf: Instant(seconds: 1_800_000_000))
            #expect(request.url.contains(Self.key) || request.headers.contains { $0.value.contains(Self.key) }, "\(provider.name)")
            #expect(!request.storedURL.contains(Self.key), "\(provider.name)")
        }
    }

    @Test func `A limit in plain text with commas is the daily quota`() {
        let words = """
            We have detected your API key as \(Self.key) and our standard API rate limit is 25 requests per day. Please subscribe, \
            if you like, to any of the premium plans.
            """
        for provider in Self.alphaVantage {
            let error = provider.error(in: [UInt8](words.utf8))
            #expect(error?.kind == .dailyQuota)
            #expect(error?.description.contains("SECRET") == false)
        }
    }
}
