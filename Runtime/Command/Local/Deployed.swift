import AWS
import ArgumentParser
import Emulator
import Foundation

/// Where a deployment is: on this machine, or a stack in AWS.
struct DeploymentOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A stack in AWS instead of this machine.",
            discussion: "AWS_REGION and credentials come from the environment, as for the AWS command line.", valueName: "name"))
    var stack: String?
}

/// A deployment as its functions: what can be invoked works here as in AWS.
struct Deployed: Sendable {
    private enum Place: Sendable {
        case machine(MachineClient, stack: String)
        case aws(LambdaClient, stack: String)
    }

    private let place: Place
    /// Business time there, RFC 3339: the virtual clock's, or the real one's.
    let now: String

    static func find(_ options: DeploymentOptions) async throws -> Deployed {
        if let stack = options.stack {
            let client = LambdaClient(environment: ProcessInfo.processInfo.environment)
            return Deployed(
                place: .aws(client, stack: stack), now: "\(VirtualTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)))")
        }
        let deployment = try LocalDeployment.required(try Home.find())
        guard let status = await deployment.machine.status() else {
            throw CommandFailure("the emulator does not answer; its log is \(deployment.home.emulator)/serve.log")
        }
        return Deployed(place: .machine(deployment.machine, stack: LocalTemplate.stack), now: status.clock.now)
    }

    /// Invokes a function, such as `Ingest`, and waits for its answer.
    func invoke(_ function: String, _ event: [String: Any]) async throws -> Data {
        let payload = try JSONSerialization.data(withJSONObject: event, options: [.sortedKeys, .withoutEscapingSlashes])
        let outcome: (status: Int, body: Data, isError: Bool)
        switch place {
        case .machine(let machine, let stack):
            let answer = try await machine.invoke("\(stack)-\(function)", payload: payload)
            outcome = (answer.status, answer.payload, answer.functionError != nil)
        case .aws(let client, let stack):
            let answer = try await client.invoke("\(stack)-\(function)", payload: Array(payload))
            outcome = (answer.status, Data(answer.payload), answer.functionError != nil)
        }
        guard outcome.status < 300, !outcome.isError else {
            let document = try? JSONSerialization.jsonObject(with: outcome.body) as? [String: Any]
            let text = document?["errorMessage"] as? String ?? String(decoding: outcome.body, as: UTF8.self)
            throw CommandFailure("\(function) failed: \(text)")
        }
        return outcome.body
    }

    /// Asks the read-only API behind the page, past its gateway: the caller's right to invoke the function is the key.
    func get<T: Decodable>(_ path: String, query: [String: String] = [:], as type: T.Type = T.self) async throws -> T {
        try JSONDecoder().decode(T.self, from: try await body(path, query: query))
    }

    /// The same, as the JSON that came.
    func body(_ path: String, query: [String: String]) async throws -> Data {
        guard let milliseconds = VirtualTime(now)?.milliseconds else { throw CommandFailure("the clock says \(now), which is no time") }
        let event: [String: Any] = [
            "version": "2.0", "routeKey": "$default", "rawPath": path, "rawQueryString": "", "headers": [String: String](),
            "queryStringParameters": query, "isBase64Encoded": false,
            "requestContext": [
                "accountId": "", "apiId": "", "domainName": "", "domainPrefix": "", "requestId": "command", "routeKey": "$default",
                "stage": "$default", "time": "", "timeEpoch": milliseconds,
                "http": ["method": "GET", "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "bellwether"],
            ],
        ]
        struct Response: Decodable {
            let statusCode: Int
            let body: String?
        }
        struct Problem: Decodable { let title, detail: String? }
        let response = try JSONDecoder().decode(Response.self, from: try await invoke("Dashboard", event))
        let body = Data((response.body ?? "").utf8)
        guard response.statusCode == 200 else {
            let problem = try? JSONDecoder().decode(Problem.self, from: body)
            throw CommandFailure(problem?.detail ?? problem?.title ?? "the API answered \(response.statusCode)")
        }
        return body
    }
}
