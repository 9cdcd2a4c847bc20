import Foundation
import LambdaEvents
import Market
import Testing

@testable import DashboardFunction

@Suite struct StaticFilesTests {
    private let folder: String
    private let files: StaticFiles

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "web-\(UUID().uuidString)/web").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try "<p>page</p>".write(toFile: "\(folder)/index.html", atomically: true, encoding: .utf8)
        try "secret".write(toFile: "\(folder)/../secret.txt", atomically: true, encoding: .utf8)
        files = StaticFiles(folder: folder)
    }

    private func get(_ path: String, headers: [String: String] = [:]) throws -> HTTPAPIResponse {
        let context = HTTPAPIRequestContext(http: .init(method: "GET", path: path), requestId: "1", time: "", timeEpoch: 0)
        return try files.response(to: HTTPAPIRequest(rawPath: path, headers: headers, requestContext: context))
    }

    @Test func `The root is the page with a tight content policy`() throws {
        let page = try get("/")
        #expect(page.statusCode == 200)
        #expect(page.body == "<p>page</p>")
        #expect(page.headers["content-security-policy"]?.contains("default-src 'none'") == true)
    }

    @Test func `A known tag gets a response without a body`() throws {
        let tag = try #require(try get("/").headers["etag"])
        let again = try get("/", headers: ["if-none-match": "W/\(tag), \"other\""])
        #expect(again.statusCode == 304)
        #expect(again.body == nil)
    }

    @Test(arguments: [
        "/assets/../secret.txt", "/assets/..%2Fsecret.txt", "/assets/", "/assets/index", "/assets/.html", "/secret.txt", "/etc/passwd",
    ])
    func `Nothing outside the folder is served`(_ path: String) throws {
        let answer = try get(path)
        #expect(answer.statusCode == 404)
        #expect(answer.headers["content-type"] == "application/problem+json")
    }
}

@Suite struct ParametersTests {
    private func parameters(_ query: [String: String]) throws(ProblemDetails) -> QueryParameters {
        let context = HTTPAPIRequestContext(http: .init(method: "GET", path: "/"), requestId: "1", time: "", timeEpoch: 1_362_178_800_000)
        return try QueryParameters(HTTPAPIRequest(rawPath: "/", queryStringParameters: query, requestContext: context))
    }

    @Test func `Business time is the requests own unless it names one`() throws {
        #expect(try parameters([:]).asOf.description == "2013-03-01T23:00:00Z")
        #expect(try parameters(["as_of": "2012-06-29"]).asOf.utcDate.description == "2012-06-29")
    }

    @Test(arguments: [["as_of": "soon"], ["limit": "0"], ["limit": "many"], ["from": "2012-13-01"], ["adjustment": "total"]])
    func `An invalid parameter is a problem that names it`(_ query: [String: String]) throws {
        let problem = #expect(throws: ProblemDetails.self) {
            let parameters = try parameters(query)
            _ = try parameters.number("limit", in: 1...10)
            _ = try parameters.date("from")
            _ = try parameters.choice("adjustment", of: ["split", "none"])
        }
        #expect(problem?.status == 400)
        #expect(problem?.parameter == query.keys.first)
    }
}
