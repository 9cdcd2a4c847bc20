import AWS
import ArgumentParser
import Emulator
import Foundation

/// Selects the deployment that a command uses: the one on this machine, or one in AWS.
struct TargetStackOptions: ParsableArguments {
    @Flag(name: .customLong("aws"), help: "Use the deployment in AWS instead of the one on this machine.") var isRemote = false
    @Option(help: "The name of the stack in AWS; implies --aws.") var stack: String?
    @Option(help: "The stack's region, else AWS_REGION; implies --aws.") var region: String?
    @Option(help: "The address of a Lambda and SQS API to use instead of AWS's; implies --aws.") var endpoint: String?

    private var isAWS: Bool { isRemote || stack != nil || region != nil || endpoint != nil }

    /// A client of the selected deployment.
    func client() async throws -> StackClient { isAWS ? try remote() : try await local() }

    /// The failed events of the selected deployment.
    func failedEvents() async throws -> any FailedEvents {
        guard isAWS else { return EmulatorFailedEvents(emulator: try LocalDeployment.required(try ProjectPaths.find()).emulator) }
        let stack = try remote()
        return QueueFailedEvents(
            sqs: SQSClient(LoopbackHTTP.client, environment: try environment()), lambda: stack.client, stackName: stack.stackName)
    }

    /// The environment variables of AWS's clients, with the options' values.
    func environment(_ process: [String: String] = ProcessInfo.processInfo.environment) throws -> [String: String] {
        var environment = process
        if let region { environment["AWS_REGION"] = region }
        if let endpoint {
            guard endpoint.hasPrefix("http://") || endpoint.hasPrefix("https://") else {
                throw CommandError("--endpoint has to be an address such as http://127.0.0.1:4566")
            }
            environment["AWS_ENDPOINT_URL_LAMBDA"] = endpoint
            // `failed` must not take events from AWS's queue of the same name.
            environment["AWS_ENDPOINT_URL_SQS"] = endpoint
            environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = nil
        }
        let hasKeys = environment["AWS_ACCESS_KEY_ID"] != nil && environment["AWS_SECRET_ACCESS_KEY"] != nil
        guard hasKeys || environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] != nil else {
            throw CommandError(
                "there are no AWS credentials: set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, for temporary ones, AWS_SESSION_TOKEN "
                    + "(`aws configure export-credentials --format env` prints them)")
        }
        return environment
    }

    private func remote() throws -> StackClient {
        let environment = try environment()
        guard let place = endpoint ?? environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] else {
            throw CommandError("the region is not known: set --region or AWS_REGION")
        }
        return StackClient(
            client: LambdaClient(environment: environment), stackName: stack ?? LocalTemplate.stack,
            now: VirtualTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)), place: place, functions: nil)
    }

    private func local() async throws -> StackClient {
        let paths = try ProjectPaths.find()
        let deployment = try LocalDeployment.required(paths)
        guard let status = await deployment.emulator.status(), let now = VirtualTime(status.clock.now) else {
            throw CommandError("the emulator does not respond; see its log, \(paths.emulator)/serve.log")
        }
        return StackClient(
            client: deployment.emulator.lambda, stackName: LocalTemplate.stack, now: now, place: "this machine",
            functions: status.functions.map(\.name))
    }
}
