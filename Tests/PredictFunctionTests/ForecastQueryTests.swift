import Foundation
import LambdaEvents
import Market
import Testing

@testable import PredictFunction

@Suite struct ForecastQueryTests {
    private func parse(_ symbol: String, _ parameters: [String: String] = [:]) throws(ProblemDetails) -> ForecastQuery {
        let context = HTTPAPIRequestContext(http: .init(method: "GET", path: "/"), requestId: "1", time: "", timeEpoch: 1_362_178_800_000)
        var request = HTTPAPIRequest(rawPath: "/", queryStringParameters: parameters, requestContext: context)
        request.pathParameters = ["symbol": symbol]
        return try ForecastQuery(request)
    }

    @Test(arguments: [("A\0", [:]), ("A", ["x": "\0"]), ("A", ["\0": "x"]), ("A", ["as_of": "2012-02-29\0"])])
    func `A NUL character is an invalid parameter`(_ symbol: String, _ parameters: [String: String]) {
        let problem = #expect(throws: ProblemDetails.self) { try parse(symbol, parameters) }
        #expect(problem?.status == 400 && problem?.type.hasSuffix("invalid-parameter") == true)
    }

    @Test func `Without parameters a query is for all horizons of the champion now`() throws {
        let query = try parse("AAPL")
        #expect(query.horizons == [1, 5, 20])
        #expect(!query.isExplained)
        #expect(!query.includesOthers)
        #expect(query.asOf.description == "2013-03-01T23:00:00Z")
    }

    @Test(arguments: [Int64.max, .min, nil])
    func `A request without a usable time is of now`(_ milliseconds: Int64?) throws {
        var context = HTTPAPIRequestContext()
        context.timeEpoch = milliseconds
        let before = Instant(seconds: Int64(Date().timeIntervalSince1970) - 1)
        let query = try ForecastQuery(HTTPAPIRequest(rawPath: "/", requestContext: context, pathParameters: ["symbol": "AAPL"]))
        #expect(query.asOf > before && query.asOf < before.adding(seconds: 600))
    }

    @Test func `A date means its end and today means now`() throws {
        #expect(try parse("AAPL", ["as_of": "2013-03-01"]).asOf.description == "2013-03-01T23:00:00Z")
        #expect(try parse("AAPL", ["as_of": "2012-02-29"]).asOf.description == "2012-02-29T23:59:59.999999Z")
    }

    @Test(arguments: [
        ["horizon": "3"], ["horizon": "one"], ["as_of": "2012-02-30"], ["as_of": "2013-03-02"], ["as_of": "2013-03-01T23:00:01Z"],
        ["include": "everything"], ["explain": "yes"],
    ])
    func `An invalid parameter is a problem that names it`(_ query: [String: String]) {
        let problem = #expect(throws: ProblemDetails.self) { try parse("AAPL", query) }
        #expect(problem?.status == 400)
        #expect(problem?.parameter == query.keys.first)
    }

    @Test(arguments: ["", String(repeating: "A", count: 33)])
    func `An impossible symbol is not found`(_ symbol: String) {
        #expect(throws: ProblemDetails.unknownSymbol(symbol)) { try parse(symbol) }
    }
}
