import Formats
import Foundation
import LambdaEvents
import Market
import Testing

@testable import DashboardFunction
@testable import FeaturizeFunction
@testable import IngestFunction
@testable import LambdaRuntime
@testable import MigrateFunction
@testable import MonitorFunction
@testable import PredictFunction
@testable import TrainFunction

/// The events of all functions, decoded as the runtime decodes them, and the pure steps that a handler takes first.
@Suite struct FunctionEventFuzzTests {
    private static let calendar = TradingCalendar.of(mic: "XNAS")!

    /// The event; nil when the runtime answers with a decoding error.
    private func decode<Event: Decodable & Sendable>(_ type: Event.Type, _ bytes: [UInt8]) -> Event? {
        do throws(ErrorReport) {
            let event: Event = try EventCoding.decode(bytes)
            return event
        } catch {
            #expect(!error.type.isEmpty && error.message.utf8.count < 40_000)
            return nil
        }
    }

    /// The arithmetic with business time that handlers do before they look at the database.
    private func use(_ time: Instant) {
        #expect(Instant(time.description) == time)
        _ = Self.calendar.latestClosed(at: time)
        _ = (Self.calendar.zone.localDate(at: time), time.utcDate.advanced(by: -7 * 5200), time.adding(seconds: 90 * 86_400))
    }

    @Test func `Events of Ingest`() throws {
        let texts = [
            #"{"exchange":"XNAS","time":"2012-01-03T23:30:00Z"}"#,
            #"{"symbols":["AAPL","BRK.B"],"from":"2010-01-04","provider":"yahoo","exchange":"XNAS","time":"2012-01-03T23:30:00Z"}"#,
            #"{"run":"XNAS/2012-01-03T23:30:00Z","instruments":["XNAS:AAPL"],"from":null,"idle_invocations":2}"#,
            #"{"time":"2022-06-09T12:00:00Z","reference_data":{"instruments":[{"id":"XNAS:A2","symbol":"A","exchange":"XNAS","currency":"USD","name":"n","from":"2012-01-03"}],"symbols":[{"instrument":"XNAS:FB","symbol":"META","provider":"yahoo","from":"2022-06-09","to":null}],"universe":[{"instrument":"XNAS:FB","from":"2012-05-18"}],"delistings":[{"instrument":"XNAS:FB","last_session":"2022-06-09","reason":"r"}],"closures":[{"exchange":"XNYS","day":"2025-01-09","reason":"r","closed":false,"hours":"0900-1130,1230-1500"}]}}"#,
            #"{"time":"2012-06-01T23:00:00Z","import":{"provider":"csv","kind":"daily","symbol":"ACME","exchange":"XNAS","currency":"USD","file":"a.csv","body":"date,open\n2012-01-03,1\n"}}"#,
            #"{"time":"2012-06-01T23:00:00Z","release":{"symbol":"ACME","provider":"yahoo","sessions":["2012-02-10"],"reason":"r","accepted":true}}"#,
            #"{"cross_check":["yahoo","alphavantage"],"weeks":4,"time":"2012-06-01T23:00:00Z"}"#,
        ]
        try Fuzzing.run(seed: 41, texts: texts) { bytes in
            guard let event = decode(IngestEvent.self, bytes) else { return }
            if let time = event.time { use(time) }
            switch event {
            case .slice(_, _, _, _, let idle): #expect((0...1000).contains(idle))
            case .crossCheck(_, let weeks, let time): _ = time.utcDate.advanced(by: -7 * weeks)
            case .referenceData(let data, _):
                for hours in (data.closures ?? []).compactMap(\.hours) { _ = SessionHours(hours) }
                for listing in data.instruments ?? [] {
                    _ = (CurrencyUnit(label: listing.currency), Instrument.usualCurrency(of: listing.symbol, on: listing.exchange))
                }
            case .release(let release, _): _ = Set(release.sessions).sorted()
            case .scheduled, .direct, .file: break
            }
        }
    }

    @Test func `Events of Featurize`() throws {
        let texts = [
            #"{"Records":[{"eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"b","arn":"a"},"object":{"key":"raw/yahoo/chart-1d/XNAS%3AA/2012-01-03/aa.0","size":5}}}]}"#,
            #"{"run":"XNAS/2012-01-03T23:30:00Z","remaining":{"exchange":"XNAS","known_at":"2012-01-03T23:30:00Z","after":"2012-01-03"}}"#,
            #"{"exchange":"XNAS","cut_off":"2012-01-03T23:30:00Z"}"#, #"{"rebuild":"instruments","after":"XNAS:A"}"#,
            #"{"rebuild":"cross-sections","exchange":"XNAS","known_at":"2012-01-03T23:30:00Z","after":"2012-01-03"}"#,
            #"{"cross_check":["yahoo","stooq"],"symbols":["A"],"from":"2012-01-01","weeks":4,"tolerance":0.01,"after":"XNAS:A","continues_itself":true,"time":"2012-01-03T23:30:00Z"}"#,
        ]
        try Fuzzing.run(seed: 42, texts: texts) { bytes in
            guard let event = decode(FeaturizeEvent.self, bytes) else { return }
            switch event {
            case .finishRun(let event): if let cursor = event.remaining.flatMap({ CrossSectionBuilder.Cursor($0) }) { use(cursor.knownAt) }
            case .cutOff(_, let time): use(time)
            case .rebuild(let step):
                if case .crossSections(let cursor?) = step { #expect(CrossSectionBuilder.Cursor(cursor.event) == cursor) }
                let again = try JSONDecoder().decode(RebuildStep.self, from: JSONEncoder().encode(step))
                #expect(again == step)
            case .crossCheck(let check): use(check.time)
            case .objects: break
            }
        }
    }

    @Test func `Events of Predict`() throws {
        let texts = [
            Self.request, #"{"run":"XNAS/2012-01-03T23:30:00Z","instruments":["XNAS:A","XNAS:B"]}"#,
            #"{"export":"lstm-0123456789abcdef","time":"2012-01-03T23:30:00Z"}"#,
        ]
        try Fuzzing.run(seed: 43, texts: texts) { bytes in
            guard let event = decode(PredictEvent.self, bytes) else { return }
            switch event {
            case .request(let request):
                guard let query = try? ForecastQuery(request) else { return }
                #expect((1...32).contains(query.symbol.utf8.count) && !query.horizons.isEmpty)
                use(query.asOf)
            case .export(_, let time): use(time)
            case .slice: break
            }
        }
    }

    @Test func `Events of Train`() throws {
        let texts = [
            #"{"time":"2012-01-03T23:30:00Z"}"#, #"{"time":"2012-01-03T23:30:00Z","overdue":true}"#,
            #"{"time":"2012-01-03T23:30:00Z","families":["lstm","har"],"part":3,"batch":["lstm","har","ensemble"]}"#,
        ]
        try Fuzzing.run(seed: 44, texts: texts) { bytes in
            guard let event = decode(TrainEvent.self, bytes) else { return }
            use(event.time)
            #expect((0...1000).contains(event.part ?? 0))
            let again = try JSONDecoder().decode(TrainEvent.self, from: JSONEncoder().encode(event))
            #expect(again.time == event.time)
        }
    }

    @Test func `Events of Monitor`() throws {
        let texts = [
            #"{"time":"2012-01-03T23:30:00Z","from":"2011-01-03"}"#, #"{"time":"2012-01-03T23:30:00Z","review":true}"#,
            #"{"time":"2012-01-03T23:30:00Z","compare":{"family":"har","against":"lstm"}}"#,
            #"{"time":"2012-01-03T23:30:00Z","promote":"har-0123456789abcdef","reason":"r"}"#,
            #"{"time":"2012-01-03T23:30:00Z","rollback":true,"reason":"r"}"#,
        ]
        try Fuzzing.run(seed: 45, texts: texts) { bytes in
            switch decode(MonitorEvent.self, bytes) {
            case .daily(let time, _), .review(let time), .promote(_, _, let time), .rollback(_, let time): use(time)
            case .compare(let family, let other, let time):
                #expect(family != other)
                use(time)
            case nil: break
            }
        }
    }

    @Test func `Requests to Dashboard`() throws {
        let files = StaticFiles(folder: "/nonexistent")
        try Fuzzing.run(seed: 46, texts: [Self.request, Self.listing]) { bytes in
            guard let request = decode(HTTPAPIRequest.self, bytes) else { return }
            do throws(ProblemDetails) {
                let parameters = try QueryParameters(request)
                use(parameters.asOf)
                if let limit = try parameters.number("limit", in: 1...10_000) { #expect((1...10_000).contains(limit)) }
                _ = (try parameters.date("from"), try parameters.choice("adjustment", of: ["split", "total", "none"]))
            } catch { #expect((400..<500).contains(error.status)) }
            _ = try files.response(to: request)
        }
    }

    @Test func `Requests to Authorize`() throws {
        try Fuzzing.run(seed: 47, texts: [Self.authorizer, Self.request]) { bytes in
            guard let request = decode(AuthorizerRequest.self, bytes) else { return }
            _ = request.header("X-Api-Key")
        }
    }

    @Test func `Events of Migrate`() throws {
        let hash = String(repeating: "0f", count: 32)
        let texts = [
            "{}", #"{"revoked_key":"\#(hash)"}"#,
            #"{"api_key":{"name":"n","sha256":"\#(hash)","owner":"o","scopes":["read","write"],"expires_at":"2030-01-01T00:00:00Z"}}"#,
        ]
        try Fuzzing.run(seed: 48, texts: texts) { bytes in
            guard let event = decode(Migrate.Event.self, bytes) else { return }
            for text in [event.apiKey?.sha256, event.revokedKey].compactMap(\.self) { _ = Hexadecimal.bytes(text) }
            if let time = event.apiKey?.expiresAt { use(time) }
        }
    }

    /// A request that both readers take is the same request, and what a gateway writes is what a function reads.
    @Test func `Requests of HTTP APIs are read alike and written back`() throws {
        try Fuzzing.run(seed: 49, texts: [Self.request, Self.listing]) { bytes in
            guard let request = try? JSONDecoder().decode(HTTPAPIRequest.self, from: Data(bytes)) else { return }
            _ = (request.bodyBytes, request.header("X-API-Key"))
            let written = request.json()
            let again = try JSONDecoder().decode(HTTPAPIRequest.self, from: Data(written))
            #expect(again == request, "\(String(decoding: bytes, as: UTF8.self))")
            if let read = HTTPAPIRequest(reading: written) { #expect(read.rawPath == request.rawPath && read.headers == request.headers) }
        }
    }

    private static let request = #"""
        {"version":"2.0","routeKey":"GET /v1/forecasts/{symbol}","rawPath":"/v1/forecasts/AAPL","rawQueryString":"horizon=5&as_of=2012-01-03",
        "cookies":["a=1","b=2"],"headers":{"x-api-key":"k","accept":"*/*"},"queryStringParameters":{"horizon":"5","as_of":"2012-01-03",
        "include":"challenger","explain":"true"},"requestContext":{"accountId":"1","apiId":"a","authorizer":{"lambda":{"key":"local"}},
        "domainName":"d","domainPrefix":"p","http":{"method":"GET","path":"/v1/forecasts/AAPL","protocol":"HTTP/1.1","sourceIp":"::1",
        "userAgent":"u"},"requestId":"r","routeKey":"r","stage":"$default","time":"03/Jan/2012:22:30:00 +0000","timeEpoch":1325629800000},
        "body":"e30=","pathParameters":{"symbol":"AAPL"},"isBase64Encoded":true,"stageVariables":{"a":"b"}}
        """#

    private static let listing = #"""
        {"version":"2.0","rawPath":"/v1/bars/A","rawQueryString":"limit=5","headers":{"X-Api-Key":"k"},"queryStringParameters":{"limit":"5",
        "from":"2012-01-03","to":"2012-02-03","adjustment":"total","as_of":"2012-01-03T22:00:00Z"},"requestContext":{"authorizer":{"jwt":
        {"claims":{"sub":"s"},"scopes":["read"]},"iam":{"accessKey":"A","userId":"u"}},"http":{"method":"HEAD","path":"/"},"timeEpoch":1}}
        """#

    private static let authorizer = #"""
        {"version":"2.0","type":"REQUEST","routeArn":"arn:aws:execute-api:us-east-1:1:a/$default/GET/v1","identitySource":["k"],
        "routeKey":"GET /v1","rawPath":"/v1","headers":{"x-api-key":"secret"},"requestContext":{"http":{"method":"GET","path":"/v1"}}}
        """#
}
