import Testing

@testable import LambdaRuntime

@Suite struct `The loop's decisions` {
    private func invocation(_ id: String) -> Invocation? {
        Invocation(RuntimeAPIResponse(status: .ok, headers: [.init(name: .requestId, value: id)]))
    }

    @Test func `An invocation is run, its response posted and followed by a poll without a pause`() throws {
        var state = LoopState(RuntimeSettings())
        let invocation = try #require(self.invocation("a"))
        let response = EncodedResponse(body: [1], contentType: "x")
        #expect(state.polled(.invocation(invocation)) == .run(invocation))
        #expect(state.handled("a", .response(response)) == .respond("a", response))
        #expect(state.posted() == .poll(after: .zero))
    }

    @Test func `Pauses after failed polls double and the fifth failure stops`() {
        var state = LoopState(RuntimeSettings())
        let pauses = (0..<5).map { _ in state.polled(.unusable("status 500")) }
        #expect(pauses == [50, 100, 200, 400].map { .poll(after: .milliseconds($0)) } + [.stop(.runtimeAPIBroken)])
    }

    @Test func `A refused connection stops wherever it happens, another lost response does not`() {
        var state = LoopState(RuntimeSettings())
        #expect(state.polled(.failed(.refused)) == .stop(.runtimeAPIGone))
        #expect(state.notPosted(.refused) == .stop(.runtimeAPIGone))
        #expect(state.notPosted(.timedOut) == .poll(after: .zero))
    }

    @Test func `Empty polls never stop but slow down`() {
        var state = LoopState(RuntimeSettings())
        let actions = (0..<40).map { _ in state.polled(.nothing) }
        #expect(actions.first == .poll(after: .zero) && actions.last == .poll(after: .seconds(2)))
    }

    @Test(arguments: [1, 2, 3, 7, 1000])
    func `A response is read the same in pieces of any size`(_ size: Int) throws {
        let text =
            "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id:  a \r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"
        var parser = RuntimeAPIResponseParser()
        var complete = false
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            #expect(!complete)
            complete = try parser.receive(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        #expect(
            complete && parser.response.body == Array("hello world".utf8) && parser.response[.requestId] == "a"
                && parser.response.keepsAlive)
    }

    @Test(arguments: [
        ("unknownSymbol", "UnknownSymbol"), ("HTTPError2", "HTTPError"), ("a", "Unknown"), ("", "Unknown"), ("über_fluss", "Berfluss"),
    ])
    func `Error names keep to the form that Lambda knows`(_ name: String, _ expected: String) {
        #expect(ErrorName.capitalised(name) == expected)
    }
}
