/// The limits of the machine that runs the functions.
package struct EnvironmentLimits: Sendable {
    /// The most environments of one function without reserved concurrency; more jobs than this wait.
    package var environmentsPerFunction = 10
    /// The most invocations that run or wait at once over all functions; callers beyond it are throttled.
    package var concurrentInvocations = 1000
    /// Seconds after which an idle environment is ended.
    package var idleSeconds = 300
    /// Seconds that a process has to ask for its first event, as on Lambda.
    package var initSeconds = 10

    package init() {}
}

/// Where function processes get their names, variables and log files from.
struct PoolSettings: Sendable {
    let variables: EnvironmentVariables
    let accountID: String
    let logFolder: String
    let limits: EnvironmentLimits

    func arn(_ function: String) -> String { "arn:aws:lambda:\(variables.region):\(accountID):function:\(function)" }
}

/// What `GET /emulator/status` says of one function.
package struct FunctionStatus: Sendable, Codable, Hashable {
    package let name: String
    package let handler: String
    package let environments: Int
    package let running: Int
    package let waiting: Int
    package let invocations: Int
    package let coldStarts: Int
    /// Megabytes; the largest peak among the living environments.
    package let peakMemory: Int
}
