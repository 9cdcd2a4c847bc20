import AWS
import Emulator
import Foundation
import HTTP

/// Invokes the functions of one deployed stack, in AWS or on this machine.
struct StackClient: Sendable {
    let client: LambdaClient
    let stackName: String
    /// The stack's business time: the virtual clock's on this machine, the present in AWS.
    let now: VirtualTime
    /// Where the stack runs, for messages.
    let place: String
    /// The names of the stack's functions; nil in AWS, where they are not listed.
    let functions: [String]?

    /// The full name of a function that is given by name, by ARN, or by the part after the stack's name.
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

    /// The same for an option that may be missing.
    func name(ofOptional function: String?) throws(CommandError) -> String? {
        guard let function else { return nil }
        return try name(of: function)
    }

    /// Invokes a function and returns its response; an event without `time` gets the stack's business time.
    func invoke(_ function: String, _ event: [String: Any]) async throws -> Data {
        var event = event
        if event["time"] == nil, event["requestContext"] == nil { event["time"] = "\(now)" }
        let payload = try JSONSerialization.data(withJSONObject: event, options: [.sortedKeys, .withoutEscapingSlashes])
        let name = try name(of: function)
        let response: LambdaClient.Response
        do { response = try await client.invoke(name, payload: Array(payload)) } catch {
            throw CommandError("\(name) was not invoked in \(place)", error)
        }
        guard response.functionError == nil else { throw CommandError("\(name) failed: \(FunctionFailure.summary(response.payload))") }
        return Data(response.payload)
    }

    /// Reads a document of the dashboard's API by invoking its function directly; no API key is needed.
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
            throw CommandError(HTTPResponse(status: response.statusCode, headers: [], body: Array(body)).problem)
        }
        return body
    }

    /// Reads and decodes a document of the dashboard's API.
    func get<T: Decodable>(_ path: String, query: [String: String] = [:], as type: T.Type) async throws -> T {
        try JSONDecoder().decode(T.self, from: try await get(path, query: query))
    }
}
