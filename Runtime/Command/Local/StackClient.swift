import AWS
import Emulator
import Foundation

/// A deployment as its functions, called by Lambda invoke: in AWS as on this machine.
struct StackClient: Sendable {
    let client: LambdaClient
    let stackName: String
    /// Business time there: the virtual clock's on this machine, the present in AWS.
    let now: VirtualTime
    /// For sentences.
    let place: String
    /// The names there are, where that is known.
    let functions: [String]?

    /// The whole name of a function that is given by it, its ARN, or the part after the stack's name.
    func name(of function: String) throws(CommandError) -> String {
        guard let functions else {
            return function.contains(":") || function.hasPrefix("\(stackName)-") ? function : "\(stackName)-\(function)"
        }
        let wanted = (function.split(separator: ":").last.map(String.init) ?? function).lowercased()
        guard let name = functions.first(where: { $0.lowercased() == wanted || $0.lowercased().hasSuffix("-" + wanted) }) else {
            throw CommandError("there is no function “\(function)”; there are \(functions.sorted().joined(separator: ", "))")
        }
        return name
    }

    /// Calls a function and waits for its answer; an event without a time gets the business time.
    func invoke(_ function: String, _ event: [String: Any]) async throws -> Data {
        var event = event
        if event["time"] == nil, event["requestContext"] == nil { event["time"] = "\(now)" }
        let payload = try JSONSerialization.data(withJSONObject: event, options: [.sortedKeys, .withoutEscapingSlashes])
        let name = try name(of: function)
        let answer: LambdaClient.Answer
        do { answer = try await client.invoke(name, payload: Array(payload)) } catch {
            throw CommandError("\(name) was not invoked in \(place)", error)
        }
        guard answer.functionError == nil else { throw CommandError("\(name) failed: \(FunctionFailure.sentence(answer.payload))") }
        return Data(answer.payload)
    }

    /// Asks the read-only API behind the page, past its gateway: the caller's right to invoke the function is the key.
    func get(_ path: String, query: [String: String] = [:]) async throws -> Data {
        let event: [String: Any] = [
            "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": "", "headers": [String: String](),
            "queryStringParameters": query, "isBase64Encoded": false,
            "requestContext": [
                "accountId": "", "apiId": "", "domainName": "", "domainPrefix": "", "requestId": UUID().uuidString,
                "routeKey": "$default", "stage": "$default", "time": "", "timeEpoch": now.milliseconds,
                "http": ["method": "GET", "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "bellwether"],
            ],
        ]
        struct Response: Decodable {
            let statusCode: Int
            let body: String?
        }
        let response = try JSONDecoder().decode(Response.self, from: try await invoke("Dashboard", event))
        let body = Data((response.body ?? "").utf8)
        guard response.statusCode == 200 else {
            throw CommandError(LoopbackResponse(status: response.statusCode, headers: [:], body: body).problem)
        }
        return body
    }

    /// The same, read as a document.
    func get<T: Decodable>(_ path: String, query: [String: String] = [:], as type: T.Type) async throws -> T {
        try JSONDecoder().decode(T.self, from: try await get(path, query: query))
    }
}
