import Foundation
import LambdaRuntime
import Market
import Testing

@testable import PredictFunction

/// The members of a forecast response or a problem that tests read.
struct ForecastResponse: Decodable {
    let session: String?
    let expectedSessions: [String]?
    let type, detail: String?

    private enum CodingKeys: String, CodingKey { case session, expectedSessions = "expected_sessions", type, detail }
}

extension Predict {
    /// `GET /v1/forecasts/AAPL` at a time.
    func requestForecast(at time: String) async throws -> (status: Int, body: ForecastResponse) {
        let epoch = try #require(Instant(time)).seconds * 1000
        let event = """
            {"version": "2.0", "routeKey": "GET /v1/forecasts/{symbol}", "rawPath": "/v1/forecasts/AAPL", "rawQueryString": "", "headers": {},
             "pathParameters": {"symbol": "AAPL"}, "isBase64Encoded": false, "requestContext": {"accountId": "1", "apiId": "a",
             "domainName": "d", "domainPrefix": "p", "http": {"method": "GET", "path": "/v1/forecasts/AAPL", "protocol": "HTTP/1.1",
             "sourceIp": "127.0.0.1", "userAgent": "t"}, "requestId": "r", "routeKey": "r", "stage": "$default", "time": "t",
             "timeEpoch": \(epoch)}}
            """
        let request = try JSONDecoder().decode(PredictEvent.self, from: Data(event.utf8))
        let raw = try await handle(request, Context(deadline: .after(.seconds(20))))
        struct Envelope: Decodable {
            let statusCode: Int
            let body: String
        }
        let envelope = try JSONDecoder().decode(Envelope.self, from: Data(raw.bytes))
        return (envelope.statusCode, try JSONDecoder().decode(ForecastResponse.self, from: Data(envelope.body.utf8)))
    }
}
