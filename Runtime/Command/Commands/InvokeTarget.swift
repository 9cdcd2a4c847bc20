import AWS
import ArgumentParser
import Emulator
import Foundation

/// Which deployment a command speaks to: the one on this machine, or one in AWS.
struct InvokeTarget: ParsableArguments {
    @Flag(name: .customLong("aws"), help: "Call the deployment in AWS instead of the one on this machine.") var isRemote = false
    @Option(help: "The name of the stack in AWS; implies --aws.") var stack: String?
    @Option(help: "The stack's region, else AWS_REGION; implies --aws.") var region: String?
    @Option(help: "An address to use in place of AWS's Lambda API; implies --aws.") var endpoint: String?

    /// A deployment that answers: its Lambda API, the name of a function there, and the time that events without one get.
    struct Deployment {
        let client: LambdaClient
        let function: String
        let now: String
        /// For sentences.
        let place: String
    }

    func find(_ function: String) async throws -> Deployment {
        isRemote || stack != nil || region != nil || endpoint != nil ? try remote(function) : try await local(function)
    }

    private func remote(_ function: String) throws -> Deployment {
        var environment = ProcessInfo.processInfo.environment
        if let region { environment["AWS_REGION"] = region }
        if let endpoint {
            guard endpoint.hasPrefix("http://") || endpoint.hasPrefix("https://") else {
                throw CommandFailure("--endpoint wants an address such as http://127.0.0.1:4566")
            }
            environment["AWS_ENDPOINT_URL_LAMBDA"] = endpoint
            environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = nil
        }
        let hasKeys = environment["AWS_ACCESS_KEY_ID"] != nil && environment["AWS_SECRET_ACCESS_KEY"] != nil
        guard hasKeys || environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] != nil else {
            throw CommandFailure(
                "there are no AWS credentials: set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, for temporary ones, AWS_SESSION_TOKEN "
                    + "(`aws configure export-credentials --format env` prints them)")
        }
        guard let place = endpoint ?? environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] else {
            throw CommandFailure("the region is not known: name it with --region or in AWS_REGION")
        }
        let prefix = "\(stack ?? LocalTemplate.stack)-"
        let isWhole = function.contains(":") || function.hasPrefix(prefix)
        return Deployment(
            client: LambdaClient(environment: environment), function: isWhole ? function : prefix + function,
            now: Date.now.formatted(.iso8601), place: place)
    }

    private func local(_ function: String) async throws -> Deployment {
        let deployment = try LocalDeployment.required(try Home.find())
        guard let status = await deployment.machine.status() else { throw CommandFailure("the emulator does not answer") }
        let names = status.functions.map(\.name)
        let wanted = function.lowercased()
        guard let name = names.first(where: { $0.lowercased() == wanted || $0.lowercased().hasSuffix("-" + wanted) }) else {
            throw CommandFailure("there is no function “\(function)”; there are \(names.sorted().joined(separator: ", "))")
        }
        let environment = [
            "AWS_ENDPOINT_URL_LAMBDA": "http://127.0.0.1:\(deployment.record.apiPort)", "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
        ]
        return Deployment(client: LambdaClient(environment: environment), function: name, now: status.clock.now, place: "this machine")
    }
}
