import Testing

@testable import Emulator

@Suite struct RouteTests {
    static let matcher = RouteMatcher(
        [
            "GET /", "GET /pets/dog/1", "GET /pets/dog/{id}", "GET /pets/{proxy+}", "ANY /pets/cat", "POST /pets/cat",
            "GET /assets/{proxy+}",
            "GET /v1/bars/{symbol}", "ANY /{proxy+}", "GET /v1/{a}/x/{b}",
        ].map { text in
            let parts = text.split(separator: " ")
            return RouteDefinition(method: String(parts[0]), path: String(parts[1]), function: text)
        })

    @Test(
        arguments: [
            ("GET", "/", "GET /", [:]),
            ("GET", "/pets/dog/1", "GET /pets/dog/1", [:]),
            ("GET", "/pets/dog/2", "GET /pets/dog/{id}", ["id": "2"]),
            ("GET", "/pets/dog/2/3", "GET /pets/{proxy+}", ["proxy": "dog/2/3"]),
            ("GET", "/pets/cat", "ANY /pets/cat", [:]),
            ("POST", "/pets/cat", "POST /pets/cat", [:]),
            ("POST", "/pets/dog/1", "ANY /{proxy+}", ["proxy": "pets/dog/1"]),
            ("GET", "/v1/bars/BRK%2EB", "GET /v1/bars/{symbol}", ["symbol": "BRK.B"]),
            ("GET", "/v1/bars/%5EGSPC", "GET /v1/bars/{symbol}", ["symbol": "^GSPC"]),
            ("GET", "/v1/bars/a+b", "GET /v1/bars/{symbol}", ["symbol": "a+b"]),
            ("GET", "/v1/bars/", "ANY /{proxy+}", ["proxy": "v1/bars/"]),
            ("GET", "/assets/js/app.js", "GET /assets/{proxy+}", ["proxy": "js/app.js"]),
            ("GET", "/v1/q/x/y", "GET /v1/{a}/x/{b}", ["a": "q", "b": "y"]),
            ("DELETE", "/anything", "ANY /{proxy+}", ["proxy": "anything"]),
        ] as [(String, String, String, [String: String])])
    func `The most specific route wins`(_ method: String, _ path: String, _ route: String, _ parameters: [String: String]) throws {
        let match = try #require(Self.matcher.match(method: method, path: path))
        #expect(match.routeKey == route)
        #expect(match.parameters == parameters)
    }

    @Test func `A request without a route matches only a default route`() {
        #expect(Self.matcher.match(method: "POST", path: "/") == nil)
        let withDefault = RouteMatcher([RouteDefinition(method: "ANY", path: nil, function: "F")])
        #expect(withDefault.match(method: "PATCH", path: "/x/y")?.routeKey == "$default")
    }

    @Test(
        arguments: [
            ("", nil), ("a=1", ["a": "1"]), ("a=1&a=2&b=", ["a": "1,2", "b": ""]), ("a", ["a": ""]), ("a=b+c%20d%2Be", ["a": "b c d+e"]),
            ("%C3%A9=%zz&x=%4", ["é": "%zz", "x": "%4"]), ("a=b=c", ["a": "b=c"]), ("&&", nil),
        ] as [(String, [String: String]?)])
    func `Queries decode and repeated ones join`(_ query: String, _ parameters: [String: String]?) {
        #expect(QueryString.parameters(query) == parameters)
    }
}
