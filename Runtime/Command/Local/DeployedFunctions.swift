import AWS
import ArgumentParser
import Emulator
import Foundation

/// Which deployment a command talks to.
struct DeploymentOptions: ParsableArguments {
    @Option(help: "The name of a stack in AWS, by the environment's credentials and region; this machine's deployment when absent.")
    var stack: String?
    @Flag(help: "Print the answer as JSON.") var json = false

    func functions() async throws -> DeployedFunctions {
        if let stack { return .inCloud(stack) }
        return try await .onThisMachine(try Home.find())
    }
}

/// The functions of a deployment, called by Lambda invoke: in AWS as on this machine.
struct DeployedFunctions: Sendable {
    let stack: String
    /// Business time there: the virtual clock's on this machine.
    let now: VirtualTime
    private let client: LambdaClient

    static func inCloud(_ stack: String) -> DeployedFunctions {
        DeployedFunctions(
            stack: stack, now: VirtualTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)),
            client: LambdaClient(environment: ProcessInfo.processInfo.environment))
    }

    static func onThisMachine(_ home: Home) async throws -> DeployedFunctions {
        let deployment = try LocalDeployment.required(home)
        guard let now = await deployment.machine.status().flatMap({ VirtualTime($0.clock.now) }) else {
            throw CommandFailure("the emulator does not answer; its log is \(home.emulator)/serve.log")
        }
        let environment = [
            "AWS_ENDPOINT_URL_LAMBDA": "http://127.0.0.1:\(deployment.record.apiPort)", "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": deployment.secrets.s3AccessKey, "AWS_SECRET_ACCESS_KEY": deployment.secrets.s3SecretKey,
        ]
        return DeployedFunctions(stack: LocalTemplate.stack, now: now, client: LambdaClient(environment: environment))
    }

    /// Calls a function, named by the part after the stack's name; the event gets the business time.
    func invoke(_ function: String, _ event: [String: Any]) async throws -> Data {
        var event = event
        if event["requestContext"] == nil { event["time"] = "\(now)" }
        let payload = try JSONSerialization.data(withJSONObject: event, options: [.sortedKeys, .withoutEscapingSlashes])
        let answer: LambdaClient.Answer
        do { answer = try await client.invoke("\(stack)-\(function)", payload: Array(payload)) } catch {
            throw CommandFailure("\(stack)-\(function) was not invoked", error)
        }
        guard answer.functionError == nil else {
            struct Failure: Decodable { let errorMessage: String? }
            let failure = try? JSONDecoder().decode(Failure.self, from: Data(answer.payload))
            throw CommandFailure(failure?.errorMessage ?? String(decoding: answer.payload, as: UTF8.self))
        }
        return Data(answer.payload)
    }

    /// A read of the API behind the page, as the gateway would ask for it; whoever may invoke needs no key.
    func get(_ path: String) async throws -> Data {
        let context: [String: Any] = [
            "accountId": "", "apiId": "", "domainName": "", "domainPrefix": "", "requestId": UUID().uuidString, "time": "",
            "timeEpoch": now.milliseconds,
            "http": ["method": "GET", "path": path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "bellwether"],
        ]
        let answer = try await invoke("Dashboard", ["version": "2.0", "rawPath": path, "requestContext": context])
        struct Response: Decodable {
            let statusCode: Int
            let body: String?
        }
        let response = try JSONDecoder().decode(Response.self, from: answer)
        let body = Data((response.body ?? "").utf8)
        guard response.statusCode == 200 else {
            throw CommandFailure(LoopbackAnswer(status: response.statusCode, headers: [:], body: body).problem)
        }
        return body
    }
}
