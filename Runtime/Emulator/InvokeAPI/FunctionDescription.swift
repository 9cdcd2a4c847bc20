/// The `FunctionConfiguration` document of the Lambda API, with the fields that apply to the emulator.
struct FunctionDescription: Encodable {
    struct Variables: Encodable {
        let variables: [String: String]
        private enum CodingKeys: String, CodingKey { case variables = "Variables" }
    }

    let functionName: String
    let functionArn: String
    let handler: String
    let timeout: Int
    let memorySize: Int
    let environment: Variables
    let runtime = "provided.al2023"
    let role = "arn:aws:iam::000000000000:role/local"
    let codeSize = 0
    let version = "$LATEST"
    let packageType = "Zip"
    let state = "Active"
    let lastUpdateStatus = "Successful"
    let architectures = ["x86_64"]

    private enum CodingKeys: String, CodingKey {
        case functionName = "FunctionName", functionArn = "FunctionArn", handler = "Handler", timeout = "Timeout", memorySize = "MemorySize"
        case environment = "Environment", runtime = "Runtime", role = "Role", codeSize = "CodeSize", version = "Version"
        case packageType = "PackageType", state = "State", lastUpdateStatus = "LastUpdateStatus", architectures = "Architectures"
    }

    /// Values of variables with names like secrets are masked.
    init(_ function: FunctionDefinition, arn: String) {
        functionName = function.name
        functionArn = arn
        handler = function.handler
        timeout = function.timeout
        memorySize = function.memorySize
        let secret = /(?i)(password|secret|token|key)/
        environment = Variables(
            variables: function.environment.reduce(into: [:]) { $0[$1.key] = $1.key.contains(secret) ? "****" : $1.value })
    }
}

/// The document of `GET /2015-03-31/functions`.
struct FunctionList: Encodable {
    let functions: [FunctionDescription]
    private enum CodingKeys: String, CodingKey { case functions = "Functions" }
}

/// The document of `GET /2015-03-31/functions/{name}`.
struct FunctionDetail: Encodable {
    struct Concurrency: Encodable {
        let reserved: Int
        private enum CodingKeys: String, CodingKey { case reserved = "ReservedConcurrentExecutions" }
    }

    let configuration: FunctionDescription
    let concurrency: Concurrency?
    private enum CodingKeys: String, CodingKey { case configuration = "Configuration", concurrency = "Concurrency" }
}
