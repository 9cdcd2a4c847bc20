import ArgumentParser

/// `bellwether environment`: prints variables for AWS's clients.
struct PrintEnvironment: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "environment",
        abstract: "Print environment variables with which AWS's clients use this machine's stack.",
        discussion: """
            The addresses of the Lambda and the S3 API, and the key that both require. Keep them to yourself: the key may invoke every \
            function and change every object.

              eval "$(Runtime/bellwether environment)"
              aws lambda list-functions
              aws s3 ls s3://bellwether/raw/
            """)

    func run() async throws {
        let deployment = try LocalDeployment.required(try ProjectPaths.find())
        var variables = deployment.emulator.environment
        variables["AWS_ENDPOINT_URL_S3"] = deployment.s3Endpoint
        for (name, value) in variables.sorted(by: { $0.key < $1.key }) { Console.output("export \(name)=\(value)") }
        // AWS's clients would send the token of other credentials along, or use the keys of a profile.
        Console.output("unset AWS_SESSION_TOKEN AWS_PROFILE")
    }
}
